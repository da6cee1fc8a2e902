// The intervals of a video as text and as a table: what the plots show, for those who cannot see.

const NAMES = ["emotion", "label", "outcome", "who", "onset, apex, offset"]; // columns of text

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

// Every interval as a row, with pictures where the page has them.
function intervalTable(view) {
  const { video } = view,
    named = (row, who, outcome) => ({ ...row, who, outcome });
  const rows = [
    ...video.annotated.map((e) =>
      named(e, `annotated ${e.kind}`, [e.outcome ?? []].flat().join(", ")),
    ),
    ...video.predicted.flatMap((list, run) =>
      list.map((e) =>
        named(
          e,
          view.named("predicted", run),
          e.outcome === "false" && e.over ? `false, over ${e.over}` : e.outcome,
        ),
      ),
    ),
  ].sort((a, b) => a.onset - b.onset);
  const columns = ["who", "onset", "apex", "offset", "emotion", "label", "outcome", "iou", "score"];
  const titles = columns.map((name) => ({ who: "interval", iou: "IoU" })[name] ?? name);
  if (rows.some((row) => row.pictures)) titles.push("onset, apex, offset");
  const head = make(
    "tr",
    {},
    ...titles.map((t) =>
      make("th", { scope: "col", className: NAMES.includes(t) ? "name" : "", textContent: t }),
    ),
  );
  const body = rows.map((row) =>
    make(
      "tr",
      {},
      ...columns.map((c) =>
        make("td", { className: NAMES.includes(c) ? "name" : "", textContent: row[c] ?? "" }),
      ),
      pictures(row),
    ),
  );
  return make(
    "div",
    { className: "scroll" },
    make("table", { className: "numbers" }, make("thead", {}, head), make("tbody", {}, ...body)),
  );
}

function pictures(row) {
  const cell = make("td", { className: "pictures" });
  for (const [part, source] of Object.entries(row.pictures ?? {})) {
    cell.append(
      make("img", { src: source, alt: `face at the ${part}, frame ${row[part]}`, title: part }),
    );
  }
  return cell;
}
