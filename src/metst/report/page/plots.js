// The panels of a timeline, each a uPlot over the same frames. Colors come from page.css.

const FONT = '11px system-ui, "Segoe UI", Roboto, Arial, sans-serif';
const LANE = 26; // CSS pixels of a lane of intervals
const TRACE = 22; // CSS pixels of a flow trace
const UNIT = 15; // CSS pixels of the trace of an action unit
const SOLID = ["found", "macro", "blink"]; // outcomes whose bars are filled
const COLORS = 7; // of classes, in page.css
const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3], [1, 4]];

const color = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// Name of the color of a class; the last one is neutral.
const colorOf = (classes, i) => (i === classes.length - 1 ? "neutral" : `class-${i % COLORS}`);

// Width of the labels beside the plots: no name is cut, but long names of runs are broken.
function gutterOf(panels, width) {
  const { ctx } = gutterOf;
  ctx.font = FONT;
  const labels = panels.flatMap((panel) => panel.axis?.values() ?? []);
  const lines = labels.flatMap((label) => label.split("\n"));
  const widest = Math.max(36, ...lines.map((line) => ctx.measureText(line).width));
  return Math.ceil(Math.min(widest + 14, width * 0.45));
}
gutterOf.ctx = new OffscreenCanvas(1, 1).getContext("2d");

function options(view, panel) {
  const axis = {
    font: FONT,
    stroke: color("soft"),
    grid: { stroke: color("grid"), width: 1 },
    ticks: { show: false },
  };
  return {
    width: view.width,
    height: panel.height,
    padding: [4, 20, panel.numbered ? 0 : 7, 0],
    legend: { show: false },
    cursor: {
      sync: { key: view.key },
      y: false,
      drag: { x: true, y: false },
      points: { show: false },
    },
    scales: { x: { time: false }, y: { range: panel.range } },
    axes: [
      {
        ...axis,
        show: panel.numbered,
        size: panel.numbered ? 42 : 0,
        values: (_, ticks) => ticks.map((n) => view.tick(n, ticks[1] - ticks[0])),
      },
      { ...axis, size: view.gutter, gap: 6, lineGap: 1.15, ...panel.axis },
    ],
    series: [{}, ...panel.series],
    hooks: {
      drawClear: [(u) => drawBands(u, view.video)],
      draw: panel.draw ? [panel.draw] : [],
      setCursor: [(u) => view.moved(u)],
      setScale: [(u, key) => key === "x" && view.zoomed(u)],
      ready: [(u) => u.over.addEventListener("dblclick", () => view.whole())],
    },
  };
}

// Annotated expressions of the judged kind, which have an outcome, behind the curves.
function drawBands(u, video) {
  u.ctx.save();
  u.ctx.fillStyle = color("band");
  for (const e of video.annotated.filter((e) => e.outcome)) {
    const [left, width] = spanOf(u, e);
    u.ctx.fillRect(left, u.bbox.top, width, u.bbox.height);
  }
  u.ctx.restore();
}

// Left edge and width of an interval in canvas pixels, cut at the edges of the plot.
function spanOf(u, e, least = 1) {
  const edge = (x) =>
    Math.min(Math.max(u.valToPos(x, "x", true), u.bbox.left), u.bbox.left + u.bbox.width);
  const left = edge(e.onset - 0.5),
    right = edge(e.offset + 0.5);
  return right > left ? [left, Math.max(right - left, least * uPlot.pxRatio)] : [left, 0];
}

function scorePanel(view, run) {
  const [score, smoothed] = ["score", "smoothed"].map((kind) => view.curve(kind, run));
  const threshold = view.video.thresholds[run];
  const line = (stroke, width, dash) => ({ stroke, width, dash, points: { show: false } });
  return {
    title: view.named("Spotting score", run),
    key: [
      ["score", "raw", "faint"],
      ["smoothed", "smoothed", "text"],
      ["threshold", "threshold", "text", "dash"],
    ],
    height: 130,
    range: (_, low, high) => [0, Math.max(0.1, high * 1.06)],
    data: [score, smoothed, score.map(() => threshold)],
    series: [line(color("faint"), 1), line(color("text"), 1.6), line(color("text"), 1, [5, 4])],
  };
}

function classPanel(view, run) {
  const names = view.manifest.classes;
  const known = names.slice(0, -1).map((name) => view.curve("class", run, name));
  const neutral = known[0].map((_, t) => Math.max(0, 1 - known.reduce((sum, c) => sum + c[t], 0)));
  return {
    title: view.named("Class probabilities", run),
    key: names.map((name, i) => [
      name,
      name,
      colorOf(names, i),
      DASHES[i % DASHES.length].join(" "),
    ]),
    height: 110,
    range: () => [0, 1],
    data: [...known, neutral],
    series: names.map((_, i) => ({
      stroke: color(colorOf(names, i)),
      width: 1.6,
      dash: DASHES[i % DASHES.length],
      points: { show: false },
    })),
  };
}

// Intervals as bars: solid found, hatched false, hollow missed or withdrawn; named where there is room.
function lanesPanel(view) {
  const { runs } = view.manifest;
  const of = (test) => view.intervals.filter(test);
  const others = of((e) => e.run === undefined && !e.outcome);
  const lanes = [
    { name: "annotated", bars: of((e) => e.run === undefined && e.outcome) },
    ...runs.map((name, run) => ({
      name: runs.length > 1 ? broken(name) : "predicted",
      bars: of((e) => e.run === run),
    })),
    ...(others.length ? [{ name: kindsOf(others), bars: others }] : []),
  ];
  return {
    title: "Intervals",
    key: [],
    lanes,
    height: lanes.length * LANE + 8,
    range: () => [-lanes.length, 0],
    axis: {
      splits: () => lanes.map((_, i) => -i - 0.5),
      values: () => lanes.map((lane) => lane.name),
      grid: { show: false },
    },
    data: [],
    series: [],
    draw: (u) => lanes.forEach((lane, i) => drawLane(u, lane.bars, i, lanes.length)),
  };
}

function kindsOf(expressions) {
  const kinds = ["micro", "macro", "blink"];
  return kinds.filter((kind) => expressions.some((e) => e.kind === kind)).join(", ");
}

function drawLane(u, bars, index, lanes) {
  const px = uPlot.pxRatio,
    { ctx } = u;
  const height = u.bbox.height / lanes,
    top = u.bbox.top + index * height + 3 * px;
  ctx.save();
  ctx.font = FONT.replace("11px", `${11 * px}px`);
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  const shown = bars.map((bar) => [bar, ...spanOf(u, bar, 3)]).filter(([, , width]) => width);
  shown.forEach(([bar, left, width], i) => {
    paintBar(ctx, bar.end, left, top, width, height - 6 * px);
    const next = shown[i + 1]?.[1] ?? u.bbox.left + u.bbox.width + 20 * px;
    const free = Math.min(width, next - left); // what the next bar does not hide
    const label = labelOf(ctx, bar, free, next - left - width);
    if (!label) return;
    const { text, room, inside } = label;
    ctx.fillStyle = inside && SOLID.includes(bar.end) ? color("on-bar") : color("text");
    const at = inside ? left + (free - room) / 2 : left + width + 2 * px;
    ctx.fillText(text, at, top + height / 2 - 3 * px);
  });
  ctx.restore();
}

// Text of a bar: the whole name where it fits into the bar or the room behind it, else 3 letters.
function labelOf(ctx, bar, width, behind) {
  const name = bar.end === bar.kind ? bar.kind : (bar.emotion ?? `?${bar.label || ""}`);
  const open = bar.end !== "false"; // nothing is readable on the hatching
  const space = 6 * uPlot.pxRatio;
  for (const text of [name, name.slice(0, 3)]) {
    const room = ctx.measureText(text).width;
    if (open && room + space < width) return { text, room, inside: true };
    if (room + space < behind) return { text, room, inside: false };
  }
  return null;
}

function paintBar(ctx, outcome, left, top, width, height) {
  const px = uPlot.pxRatio;
  const fills = {
    found: color("tp"),
    false: hatched(ctx),
    macro: color("macro"),
    blink: color("blink"),
  };
  ctx.lineWidth = 1.5 * px;
  ctx.setLineDash(outcome === "missed" ? [] : [3 * px, 2 * px]);
  ctx.strokeStyle = color(outcome === "missed" ? "text" : "faint");
  if (fills[outcome]) {
    ctx.fillStyle = fills[outcome];
    ctx.fillRect(left, top, width, height);
  } else {
    ctx.strokeRect(left + px, top + px, Math.max(width - 2 * px, px), height - 2 * px);
  }
}

function hatched(ctx) {
  const size = 6 * uPlot.pxRatio,
    tile = new OffscreenCanvas(size, size),
    brush = tile.getContext("2d");
  brush.fillStyle = color("fp-back");
  brush.fillRect(0, 0, size, size);
  brush.strokeStyle = color("fp");
  brush.lineWidth = size / 2.4;
  for (const shift of [-size, 0, size]) {
    brush.beginPath();
    brush.moveTo(shift - size, size * 2);
    brush.lineTo(shift + size * 2, -size);
    brush.stroke();
  }
  return ctx.createPattern(tile, "repeat");
}

// Flow traces one below the other; `fit` centers and scales them to the frames that are shown.
function flowPanel(view) {
  const curves = view.flow();
  const names = view.manifest.curves.filter((c) => c.kind === "flow").map((c) => c.label);
  return {
    title: "Flow",
    key: [],
    height: curves.length * TRACE + 12,
    range: () => [-curves.length, 0],
    axis: {
      splits: () => names.map((_, i) => -i - 0.5),
      values: () => names,
    },
    data: curves,
    series: curves.map((_, i) => ({
      stroke: color(i % 2 ? "soft" : "text"),
      width: 1.2,
      points: { show: false },
    })),
    fit: (from, to) => laneData(curves, from, to),
  };
}

// Traces in units of lanes, and the displacement that fills one. It follows from what most traces do
// most of the time, so that a blink does not flatten everything else; what leaves its lane is cut.
function laneData(curves, from, to) {
  const quantile = (values, share) =>
    values.sort((a, b) => a - b)[Math.round(share * (values.length - 1))];
  const shown = curves.map((curve) => Array.from(curve.subarray(from, to + 1)));
  const middles = shown.map((values) => quantile(values, 0.5));
  const reach = shown.map((values, i) =>
    quantile(
      values.map((v) => Math.abs(v - middles[i])),
      0.98,
    ),
  );
  const unit = Math.max(0.5, 1.6 * quantile(reach, 0.6));
  const cut = (value) => Math.min(Math.max(value, -0.8), 0.8);
  // y grows downward in images: a trace that falls moves down in the face as well.
  const data = curves.map((curve, i) =>
    Array.from(curve, (v) => cut(((i % 2 ? -1 : 1) * (v - middles[i])) / unit) - i - 0.5),
  );
  return { data, note: `distance of two lines: ${unit.toFixed(1)} px` };
}

// Intensities one below the other, each as high as its lane; the number beside it is its highest.
function unitsPanel(view) {
  const units = view.units(),
    curves = units.map(({ place }) => view.curves[place]);
  let tops = units.map(() => 0);
  return {
    title: "Action units",
    key: [],
    height: units.length * UNIT + 12,
    range: () => [-units.length, 0],
    axis: {
      splits: () => units.map((_, i) => -i - 0.5),
      values: () => units.map(({ name }, i) => `${name} ${tops[i].toFixed(2).replace(/^0/, "")}`),
      grid: { show: false },
    },
    data: curves,
    series: curves.map(() => ({ stroke: color("text"), width: 1.2, points: { show: false } })),
    fit: (from, to) => {
      tops = curves.map((curve) => curve.subarray(from, to + 1).reduce((a, b) => Math.max(a, b), 0));
      const data = curves.map((curve, i) =>
        Array.from(curve, (v) => 0.85 * Math.min(v / (tops[i] || 1), 1) - i - 0.95),
      );
      return { data, note: "true intensities, each to its highest" };
    },
  };
}

// A long name in two lines, between two words where it has some.
function broken(name) {
  if (name.length <= 18) return name;
  const places = [...name.matchAll(/[-_ .]/g)].map(({ index }) => index + 1);
  const middle = name.length / 2;
  const place = places.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0] ?? middle;
  return `${name.slice(0, place)}\n${name.slice(place)}`;
}

function keyOf(entries) {
  const items = entries.map(([, text, stroke, dash]) => {
    const item = make("li", {});
    item.innerHTML =
      '<svg width="26" height="10" aria-hidden="true"><line x1="0" x2="26" y1="5" y2="5" stroke-width="2"/></svg>';
    const line = item.querySelector("line");
    line.style.stroke = `var(--${stroke})`;
    line.setAttribute("stroke-dasharray", dash === "dash" ? "5 4" : (dash ?? ""));
    item.append(text);
    return item;
  });
  return make("ul", { className: "key" }, ...items);
}
