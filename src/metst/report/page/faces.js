// Face crops of the micro-expressions and false alarms of a video, decoded when they are looked at.

const PARTS = ["onset", "apex", "difference"];

function faceGallery(view) {
  const cards = view.intervals
    .filter((row) => row.faces)
    .map((row) => {
      const figures = PARTS.filter((part) => row.faces[part]).map((part) => faceOf(row, part));
      const title = `${row.who}, ${row.emotion || row.label || "no emotion"}: ${row.outcome}`;
      const place = `frames ${row.onset} to ${row.offset} (${view.span(row)})`;
      const head = make("p", {}, make("b", { textContent: title }), ` ${place}`);
      return make("div", { className: "faces" }, head, ...figures);
    });
  return make("div", { className: "gallery" }, ...cards);
}

function faceOf(row, part) {
  const text =
    part === "difference" ? `apex − onset, × ${row.faces.gain}` : `${part}, frame ${row[part]}`;
  const late = { loading: "lazy", decoding: "async", width: 200, height: 200 }; // before the source
  const image = make("img", { ...late, alt: `face: ${text}`, src: row.faces[part] });
  return make("figure", {}, image, make("figcaption", { textContent: text }));
}
