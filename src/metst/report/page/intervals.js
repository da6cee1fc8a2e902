// The intervals of a video with what became of them: as text, and as a table.

const NAMES = ["emotion", "label", "outcome", "interval"]; // columns of text

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// The timeline as text, for those who do not see it.
function describe(view) {
  const { video } = view;
  const line = (e) =>
    `${e.emotion || e.label || ""} ${e.onset} to ${e.offset} ${[e.outcome].flat().join(", ")}`.trim();
  const annotated =
    video.annotated
      .filter((e) => e.outcome)
      .map(line)
      .join("; ") || "none";
  const predicted = video.predicted.map(
    (rows, run) => `${view.named("Predicted", run)}: ${rows.map(line).join("; ") || "none"}.`,
  );
  return `Timeline of ${video.frames} frames. Annotated: ${annotated}. ${predicted.join(" ")}`;
}

// Every interval: `who` it is, `end`, what became of it in the first run, which decides how it is
// drawn, `outcome` as text, and `iou`: with its match, or the highest there is.
function intervalsOf(view) {
  const { annotated, predicted } = view.video;
  const judged = annotated.filter((e) => e.outcome);
  return [
    ...annotated.map((e) => ({
      ...e,
      who: `annotated ${e.kind}`,
      end: e.outcome ? e.outcome[0] : e.kind,
      outcome: [e.outcome ?? []].flat().join(", "),
      iou: e.outcome && predicted.map((rows) => highest(e, rows)).join(", "),
    })),
    ...predicted.flatMap((rows, run) =>
      rows.map((e) => ({
        ...e,
        run,
        who: view.named("predicted", run),
        end: e.outcome,
        outcome: e.outcome === "false" && e.over ? `false, over ${e.over}` : e.outcome,
        iou: highest(e, judged),
      })),
    ),
  ].sort((a, b) => a.onset - b.onset);
}

// Overlap (IoU) of an interval with the one of `others` that it shares most with; "" without any.
function highest(e, others) {
  const overlaps = others.map((other) => {
    const shared = Math.min(e.offset, other.offset) - Math.max(e.onset, other.onset) + 1;
    return shared / (e.offset - e.onset + other.offset - other.onset + 2 - shared);
  });
  const best = Math.max(0, ...overlaps);
  return best ? best.toFixed(2) : "";
}

// Every interval as a row.
function intervalTable(view) {
  const columns = { interval: "who", onset: "", apex: "", offset: "", emotion: "", label: "" };
  Object.assign(columns, { outcome: "", IoU: "iou", height: "score" });
  const name = (title) => (NAMES.includes(title) ? "name" : "");
  const head = Object.keys(columns).map((title) =>
    make("th", { scope: "col", className: name(title), textContent: title }),
  );
  const rows = view.intervals.map((row) => {
    const cells = Object.entries(columns).map(([title, key]) =>
      make("td", { className: name(title), textContent: row[key || title] ?? "" }),
    );
    return make("tr", {}, ...cells);
  });
  const table = make(
    "table",
    { className: "numbers sortable" },
    make("caption", { textContent: "IoU: overlap with its match, or the highest there is." }),
    make("thead", {}, make("tr", {}, ...head)),
    make("tbody", {}, ...rows),
  );
  sortable(table);
  return make("div", { className: "scroll" }, table);
}
