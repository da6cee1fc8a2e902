// What is under the cursor of a timeline: time, score, every class, and the intervals there.

const NEAR = 4; // CSS pixels beside a bar that still mean it
const GAP = 14; // CSS pixels between the cursor and the readout
const MARKS = { found: "tp", false: "fp", missed: "fn", macro: "macro", blink: "blink" };

class Readout {
  constructor(view) {
    this.view = view;
    this.element = make("div", { className: "readout", hidden: true });
    this.element.setAttribute("role", "status");
  }

  hide() {
    this.element.hidden = true;
  }

  // At a sub-sampled frame; `hit` is the interval that is pointed at, `at` the place in the window.
  show(index, hit, at) {
    const { view, element } = this,
      number = view.number(index);
    const covers = (e) => e.onset <= number && number <= e.offset;
    const here = hit ? [hit] : view.intervals.filter(covers);
    const time = make("b", { textContent: `${view.time(number)} s` });
    element.replaceChildren(
      make("p", {}, time, ` frame ${number}`),
      ...this.values(index),
      ...here.map((e) => this.interval(e)),
    );
    element.hidden = false;
    const stage = view.stage.getBoundingClientRect(),
      { offsetWidth, offsetHeight } = element;
    const behind = at.left > stage.left + stage.width / 2;
    const left = Math.max(stage.left, behind ? at.left - GAP - offsetWidth : at.left + GAP);
    const lowest = Math.min(stage.bottom, window.innerHeight) - offsetHeight;
    const top = Math.max(stage.top, Math.min(at.top - GAP, lowest));
    element.style.translate = `${left - stage.left}px ${top - stage.top}px`;
  }

  // Score, threshold and classes of each run, then the action units that move.
  values(index) {
    const { view } = this,
      { curves, runs, classes } = view.manifest;
    const at = (kind, run, label) => view.curve(kind, run, label)?.[index];
    const rows = runs.flatMap((run, i) => {
      const score = at("score", i);
      if (score === undefined) return [];
      const heights = { score, smoothed: at("smoothed", i), threshold: view.video.thresholds[i] };
      const known = classes.slice(0, -1).map((name) => [name, at("class", i, name)]);
      const sum = known.reduce((total, [, share]) => total + share, 0);
      const shares = Object.fromEntries([...known, [classes.at(-1), Math.max(0, 1 - sum)]]);
      const title = runs.length > 1 ? [make("p", { className: "of", textContent: run })] : [];
      const all = known.length && sum >= 0; // else the curves are left out
      return [...title, list(heights), ...(all ? [list(shares, classes)] : [])];
    });
    const units = view.units().map(({ place, name }) => [name, view.curves[place][index]]);
    const moving = Object.fromEntries(units.filter(([, value]) => value > 0));
    return Object.keys(moving).length ? [...rows, list(moving)] : rows;
  }

  interval(e) {
    const { view } = this;
    const title = `${e.who} ${e.emotion || e.label || ""}`.trim();
    const facts = [
      e.iou && `${e.end === "found" ? "" : "highest "}IoU ${e.iou}`,
      e.score !== undefined && `height ${e.score.toFixed(2)}`,
    ];
    const outcome = [e.outcome, ...facts].filter(Boolean).join(", ");
    const parts = ["onset", "apex", "offset"].filter((part) => e[part]);
    const place = `${parts.map((part) => `${part} ${e[part]}`).join(", ")} (${view.span(e)})`;
    return make(
      "p",
      { className: `interval ${MARKS[e.end] ?? "off"}` },
      make("b", { textContent: title }),
      ` ${outcome}`,
      make("br", {}),
      place,
    );
  }
}

// Names with numbers; those of classes with their colors.
function list(values, classes) {
  const items = Object.entries(values).map(([name, value], i) => {
    const style = classes && `background: var(--${colorOf(classes, i)})`;
    const swatch = classes ? [make("i", { className: "swatch", style })] : [];
    const number = make("b", { textContent: value.toFixed(2) });
    return make("span", {}, ...swatch, `${name} `, number, " ");
  });
  return make("p", { className: classes ? "values classes" : "values" }, ...items);
}

// The interval whose bar is pointed at in the lanes of a plot: of several the one whose middle is
// nearest.
function barAt(u, left, top) {
  const { lanes } = u.panel;
  const lane = lanes[Math.floor((top / u.over.clientHeight) * lanes.length)];
  const edges = (e) => [u.valToPos(e.onset - 0.5, "x"), u.valToPos(e.offset + 0.5, "x")];
  const distance = (e) => Math.abs(edges(e)[0] + edges(e)[1] - 2 * left);
  return (lane?.bars ?? [])
    .filter((e) => edges(e)[0] - NEAR <= left && left <= edges(e)[1] + NEAR)
    .sort((a, b) => distance(a) - distance(b))[0];
}
