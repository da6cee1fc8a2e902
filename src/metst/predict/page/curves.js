// The curves of the video over its frames, drawn by the panels of the report, and what lies on them.

const ZOOM = 1.6; // factor of one step
const HEIGHT = 170; // CSS pixels of a plot

class Curves {
  // hovered: called with the frame under the cursor, null where there is none; clicked: with a frame.
  constructor(stage, manifest, times, curves, { hovered, clicked }) {
    Object.assign(this, { stage, times, curves, hovered, clicked, plots: [], key: "curves" });
    this.range = [0.5, times.count + 0.5]; // a frame reaches half a number to both sides
    this.manifest = { ...manifest, runs: [""] };
    const bands = manifest.intervals.map((e) => ({ ...e, outcome: "found" }));
    this.video = { annotated: bands, thresholds: [manifest.threshold] };
    this.bars = manifest.intervals.map((e, i) => this.bar(e, i));
    this.strip = make("div", { className: "strip" }, ...this.marks(), ...this.bars, playhead());
    this.strip.setAttribute("aria-hidden", "true"); // the table is for keyboards and screen readers
    this.stage.append(this.strip);
    this.draw();
    new ResizeObserver(() => this.width !== this.room() && this.draw()).observe(stage);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  bar(e, number) {
    const name = e.emotion || "micro-expression";
    const title = `${number + 1}: ${name}, frames ${e.onset} to ${e.offset}, apex ${e.apex}`;
    const bar = make("div", { className: "me", title }, make("span", { textContent: name }));
    bar.dataset.class = e.emotion;
    bar.onclick = () => this.clicked(e.onset, number);
    return span(bar, e.onset, e.offset);
  }

  marks() {
    const { blanks, cuts } = this.manifest;
    const blank = ([first, last]) =>
      span(make("div", { className: "blank", title: "not analyzed" }), first, last);
    const cut = (frame) => span(make("div", { className: "cut", title: "cut" }), frame, frame);
    return [...blanks.map(blank), ...cuts.map(cut)];
  }

  // What the report's panels ask of a view.

  named(title) {
    return title;
  }

  curve(kind, _, name) {
    const place = { score: 0, smoothed: 1 }[kind];
    return this.curves[place ?? 2 + this.manifest.classes.indexOf(name)];
  }

  tick(frame, frames) {
    if (!Number.isInteger(frame) || frame < 1 || frame > this.times.count) return "";
    const seconds = frames * this.times.step; // from one tick to the next
    const digits = seconds < 1 ? this.manifest.digits : seconds < 10 ? 1 : 0;
    return `${frame}\n${this.times.of(frame).toFixed(digits)} s`;
  }

  moved(u) {
    this.hovered(u.cursor.idx == null || u.cursor.left < 0 ? null : u.data[0][u.cursor.idx]);
  }

  zoomed(u) {
    const { min, max } = u.scales.x;
    if (min == null) return;
    this.range = [min, max];
    this.stage.style.setProperty("--min", min);
    this.stage.style.setProperty("--max", max);
    for (const { scales } of this.plots) {
      if (scales.x.min !== min || scales.x.max !== max) this.show(min, max);
    }
    this.name();
  }

  // Names stand beside the bars where there is room up to the next one.
  name() {
    const [min, max] = this.range,
      width = this.strip.clientWidth / (max - min);
    this.bars.forEach((bar, i) => {
      const { offset } = this.manifest.intervals[i];
      const next = Math.min(this.manifest.intervals[i + 1]?.onset ?? max, max);
      const label = bar.firstChild;
      label.classList.toggle("cramped", (next - offset) * width < label.offsetWidth);
    });
  }

  // Drawing

  room() {
    return Math.max(280, this.stage.clientWidth);
  }

  draw() {
    const range = this.range;
    this.plots.forEach((u) => u.destroy());
    this.plots = [];
    this.width = this.room();
    const panels = [scorePanel(this, 0)];
    if (this.manifest.classes.length) panels.push(classPanel(this, 0));
    panels.forEach((panel) => (panel.height = HEIGHT));
    Object.assign(panels[panels.length - 1], { numbered: true, height: HEIGHT + 42 });
    this.gutter = gutterOf(panels, this.width);
    const x = Float64Array.from({ length: this.times.count }, (_, i) => i + 1);
    this.stage.replaceChildren(this.strip);
    this.plots = panels.map((panel) => this.plot(panel, x));
    this.show(...range);
    requestAnimationFrame(() => this.align());
  }

  // The strip lies over the plots, which know where they are when they are drawn.
  align() {
    const { over } = this.plots[0];
    this.stage.style.setProperty("--left", `${over.offsetLeft}px`);
    this.stage.style.setProperty("--room", `${over.offsetWidth}px`);
    this.name();
  }

  plot(panel, x) {
    const caption = make("figcaption", {}, panel.title, keyOf(panel.key));
    const figure = make("figure", { className: "panel" }, caption);
    this.stage.append(figure);
    const gaps = (curve) => Array.from(curve, (v) => (Number.isNaN(v) ? null : v));
    const u = new uPlot(options(this, panel), [x, ...panel.data.map(gaps)], figure);
    u.over.append(playhead());
    u.over.addEventListener("click", ({ clientX }) => {
      const { left } = u.over.getBoundingClientRect();
      this.clicked(Math.round(u.posToVal(clientX - left, "x")));
    });
    return u;
  }

  // What is shown

  show(from, to) {
    const length = Math.min(Math.max(to - from, 10), this.times.count);
    const min = Math.min(Math.max(from, 0.5), this.times.count + 0.5 - length);
    this.plots.forEach((u) => u.setScale("x", { min, max: min + length }));
  }

  whole() {
    this.show(0.5, this.times.count + 0.5);
  }

  zoom(factor, frame) {
    const [min, max] = this.range;
    this.show(frame - (frame - min) * factor, frame + (max - frame) * factor);
  }

  // Puts the playhead on a frame, and the frame into what is shown.
  point(frame) {
    this.stage.style.setProperty("--now", frame);
    const [min, max] = this.range,
      length = max - min;
    if (frame < min || frame > max) this.show(frame - 0.1 * length, frame + 0.9 * length);
  }

  mark(number) {
    this.bars.forEach((bar, i) => bar.classList.toggle("current", i === number));
  }
}

// Places are computed by the style sheet, from the frames at both ends of what is shown.
function span(element, first, last) {
  element.style.setProperty("--first", first);
  element.style.setProperty("--last", last);
  return element;
}

function playhead() {
  return make("div", { className: "playhead" });
}
