// Reads what metst.report.packing wrote: curves as differences of whole steps, deflated.

async function inflate(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Curves of a video, one Float32Array (frames) per step; low bytes come first, then high bytes.
async function unpack(text, steps) {
  const bytes = await inflate(text);
  const count = bytes.length / 2;
  const frames = count / steps.length;
  return steps.map((step, row) => {
    const curve = new Float32Array(frames);
    let level = 0;
    for (let t = 0; t < frames; t++) {
      const place = row * frames + t;
      const folded = bytes[place] | (bytes[count + place] << 8);
      level += (folded >>> 1) ^ -(folded & 1);
      curve[t] = level * step;
    }
    return curve;
  });
}
