// One video: its heading, plots that share zoom and cursor, its faces and its table.

const STEP = 1.6; // factor of one zoom
const AROUND = 3; // seconds before and after an interval that is jumped to

class VideoView {
  constructor(video, index, manifest, settings) {
    Object.assign(this, { video, index, manifest, settings, plots: [], at: null });
    this.key = `video-${index}`;
    this.last = video.first + (video.frames - 1) * video.skip;
    this.digits = Math.ceil(Math.log10(video.fps)); // of seconds, so that two frames differ
    this.intervals = intervalsOf(this);
    this.readout = new Readout(this);
    this.element = this.build();
    listen(this);
    rove(this);
  }

  named(title, run) {
    return this.manifest.runs.length > 1 ? `${title}, ${this.manifest.runs[run]}` : title;
  }

  // Own number of a sub-sampled frame, and the time of an own number in seconds.
  number(index) {
    return this.video.first + index * this.video.skip;
  }

  time(number, digits = this.digits) {
    return ((number - this.video.first) / this.video.fps).toFixed(digits);
  }

  span({ onset, offset }) {
    return `${this.time(onset)} to ${this.time(offset)} s`;
  }

  // Text of a tick; `distance` is that of two ticks.
  tick(number, distance) {
    const seconds = distance / this.video.fps;
    const digits = Math.min(this.digits, seconds < 1 ? 2 : seconds < 10 ? 1 : 0);
    return Number.isInteger(number) ? `${number}\n${this.time(number, digits)} s` : "";
  }

  build() {
    const { video } = this,
      name = `${video.subject} / ${video.video}`;
    const element = make("article", { className: "video", id: this.key });
    const head = make(
      "header",
      {},
      make("h3", { textContent: name }),
      this.tally(),
      this.tools(name),
    );
    this.stage = make("div", { className: "plots" });
    this.stage.setAttribute("role", "group");
    this.stage.setAttribute("aria-label", describe(this));
    this.stage.addEventListener("pointermove", (event) => this.pointed(event));
    const stage = make("div", { className: "stage" }, this.stage, this.readout.element);
    element.append(head, stage);
    if (this.intervals.some((row) => row.faces))
      element.append(this.folded("Faces: onset, apex, difference", faceGallery));
    element.append(this.folded("Intervals as a table", intervalTable));
    this.reserve();
    return element;
  }

  // Something that is made when it is opened first.
  folded(title, content) {
    const details = make("details", {}, make("summary", { textContent: title }));
    details.addEventListener(
      "toggle",
      () => {
        details.append(content(this));
        rove(this, document.activeElement?.closest("summary") ?? this.stage);
      },
      { once: true },
    );
    return details;
  }

  tally() {
    const list = make("ul", { className: "tally" });
    this.video.counts.forEach((c, run) => {
      const entries = [
        ["tp", `${c.tp} found`],
        ["fp", `${c.fp} false`],
        ["fn", `${c.fn} missed`],
        ["wrong", `${c.wrong} wrong emotion`],
      ];
      const prefix = this.manifest.runs.length > 1 ? `${this.manifest.runs[run]}: ` : "";
      entries
        .filter(([kind]) => kind !== "wrong" || c.wrong)
        .forEach(([kind, text], i) =>
          list.append(
            make("li", {
              className: c[kind] ? kind : "none",
              textContent: (i ? "" : prefix) + text,
            }),
          ),
        );
    });
    return list;
  }

  tools(name) {
    const bar = make("div", { className: "tools" });
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", `View of ${name}`);
    const actions = [
      ["◂", "Previous interval", () => this.jump(-1)],
      ["▸", "Next interval", () => this.jump(1)],
      ["+", "Zoom in", () => this.zoom(1 / STEP)],
      ["−", "Zoom out", () => this.zoom(STEP)],
      ["whole", "Show the whole video", () => this.whole()],
    ];
    for (const [text, title, action] of actions) {
      const button = make("button", { type: "button", textContent: text, title, onclick: action });
      button.setAttribute("aria-label", title);
      bar.append(button);
    }
    return bar;
  }

  // Room for the plots, so that nothing moves when they are drawn.
  reserve() {
    const { runs, curves } = this.manifest,
      { settings } = this;
    const flow = curves.filter((c) => c.kind === "flow").length;
    const heights = [runs.length * 152, (2 + runs.length) * LANE + 50];
    if (settings.classes) heights.push(runs.length * 132);
    const units = this.units().length;
    if (settings.units && units) heights.push(units * UNIT + 34);
    if (settings.flow && flow) heights.push(flow * TRACE + 76);
    if (!this.plots.length) this.stage.style.minHeight = `${heights.reduce((a, b) => a + b)}px`;
  }

  async draw() {
    if (this.plots.length || this.busy) return;
    this.busy = true;
    const packed = document.getElementById(`curves-${this.index}`);
    const steps = this.video.rows.map((row) => this.manifest.curves[row].step);
    this.curves = packed ? await unpack(packed.textContent, steps) : [];
    this.width = Math.max(280, this.stage.clientWidth);
    const frames = this.video.frames,
      x = Float64Array.from({ length: frames }, (_, i) => this.video.first + i * this.video.skip);
    const panels = this.panels();
    panels[panels.length - 1].numbered = true;
    panels[panels.length - 1].height += 42;
    this.gutter = gutterOf(panels, this.width);
    this.stage.replaceChildren();
    this.plots = panels.map((panel) => this.plot(panel, x));
    this.stage.style.minHeight = "";
    this.whole();
    this.busy = false;
  }

  panels() {
    const has = (kind, run) =>
      this.video.rows.some(
        (row) =>
          this.manifest.curves[row].kind === kind &&
          (run === undefined || this.manifest.curves[row].run === run),
      );
    const runs = this.manifest.runs.map((_, run) => run);
    const panels = runs.filter((run) => has("score", run)).map((run) => scorePanel(this, run));
    panels.push(lanesPanel(this));
    if (this.settings.classes)
      panels.push(...runs.filter((run) => has("class", run)).map((run) => classPanel(this, run)));
    if (this.settings.units && has("unit")) panels.push(unitsPanel(this));
    if (this.settings.flow && has("flow")) panels.push(flowPanel(this));
    return panels;
  }

  plot(panel, x) {
    const figure = make(
      "figure",
      { className: "panel" },
      make("figcaption", {}, make("span", { textContent: panel.title }), keyOf(panel.key)),
    );
    this.stage.append(figure);
    const data = [
      x,
      ...panel.data.map((c) => (c.length === x.length ? c : Array.from(x, (_, i) => c[i] ?? null))),
    ];
    const u = new uPlot(options(this, panel), data, figure);
    return Object.assign(u, { panel, caption: figure.querySelector("figcaption span") });
  }

  curve(kind, run, label) {
    const { curves } = this.manifest;
    return this.curves[
      this.video.rows.findIndex(
        (row) =>
          curves[row].kind === kind &&
          curves[row].run === run &&
          (!label || curves[row].label === label),
      )
    ];
  }

  flow() {
    return this.video.rows.flatMap((row, i) =>
      this.manifest.curves[row].kind === "flow" ? [this.curves[i]] : [],
    );
  }

  // Action units that move in this video: place among the video's curves, and name.
  units() {
    const { curves } = this.manifest;
    return this.video.rows.flatMap((row, place) =>
      curves[row].kind === "unit" ? [{ place, name: curves[row].label }] : [],
    );
  }

  erase() {
    if (!this.plots.length) return;
    this.stage.style.minHeight = `${this.stage.offsetHeight}px`;
    this.plots.forEach((u) => u.destroy());
    this.plots = [];
    this.stage.replaceChildren();
  }

  redraw() {
    const drawn = this.plots.length > 0;
    this.erase();
    this.reserve();
    return drawn ? this.draw() : Promise.resolve();
  }

  resize() {
    const width = Math.max(280, this.stage.clientWidth);
    if (this.plots.length && width !== this.width) this.redraw();
  }

  // Zoom and cursor

  range() {
    const { min, max } = this.plots[0].scales.x;
    return [min, max];
  }

  show(from, to) {
    const length = Math.min(
      Math.max(to - from, 10 * this.video.skip),
      this.last - this.video.first,
    );
    const min = Math.min(Math.max(from, this.video.first), this.last - length);
    this.plots[0].setScale("x", { min, max: min + length });
  }

  whole() {
    this.show(this.video.first, this.last);
  }

  zoom(factor) {
    if (!this.plots.length) return;
    const [min, max] = this.range(),
      middle = this.at === null ? (min + max) / 2 : this.at;
    this.show(middle - (middle - min) * factor, middle + (max - middle) * factor);
  }

  zoomed(u) {
    const { min, max } = u.scales.x;
    if (min == null || this.following) return;
    this.following = true;
    for (const other of this.plots) {
      if (other !== u && (other.scales.x.min !== min || other.scales.x.max !== max))
        other.setScale("x", { min, max });
      if (other.panel.fit && other.fitted !== `${min} ${max}`) this.fit(other, min, max);
    }
    this.following = false;
  }

  fit(u, min, max) {
    const place = (n) =>
      Math.min(
        Math.max(Math.round((n - this.video.first) / this.video.skip), 0),
        this.video.frames - 1,
      );
    u.fitted = `${min} ${max}`;
    const { data, note } = u.panel.fit(place(min), place(max));
    u.setData([u.data[0], ...data], false);
    u.redraw(true, true);
    u.caption.textContent = `${u.panel.title} (${note})`;
  }

  moved(u) {
    const index = u.cursor.idx;
    if (index == null) return this.readout.hide();
    this.at = u.data[0][index];
    const { u: where, left, top } = this.pointer ?? { u: this.plots.at(-1), ...u.cursor };
    if (where !== u) return; // the plots share the cursor: one of them is enough
    const hit = this.pointer && u.panel.lanes ? barAt(u, left, top) : undefined;
    const corner = u.over.getBoundingClientRect();
    this.readout.show(index, hit, { left: corner.left + left, top: corner.top + top });
  }

  // Where the pointer is; a finger that is drawn over a plot moves the cursor, as a mouse does.
  pointed({ target, clientX, clientY, pointerType }) {
    const u = this.plots.find(({ over }) => over.contains(target));
    if (!u) return;
    const corner = u.over.getBoundingClientRect();
    this.pointer = { u, left: clientX - corner.left, top: clientY - corner.top };
    const { left, top } = this.pointer;
    if (pointerType === "touch") this.plots.forEach((each) => each.setCursor({ left, top }));
  }

  // Scales change after the running script: a cursor that is set at once would miss.
  point(number) {
    this.pointer = null;
    this.at = Math.min(Math.max(number, this.video.first), this.last);
    const [min, max] = this.range(),
      half = (max - min) / 2;
    if (this.at < min || this.at > max) this.show(this.at - half, this.at + half);
    setTimeout(() =>
      this.plots.forEach((u) => u.setCursor({ left: u.valToPos(this.at, "x"), top: 10 })),
    );
  }

  jump(direction) {
    if (!this.plots.length) return;
    const every = [...this.video.annotated, ...this.video.predicted.flat()].map(
      (e) => e.apex || Math.round((e.onset + e.offset) / 2),
    );
    const places = [...new Set(every)].sort((a, b) => a - b),
      from = this.at ?? this.video.first - 1;
    const next = direction > 0 ? places.find((n) => n > from) : places.findLast((n) => n < from);
    if (next === undefined) return;
    const around = AROUND * this.video.fps;
    this.show(next - around, next + around);
    setTimeout(() => this.point(next));
  }
}
