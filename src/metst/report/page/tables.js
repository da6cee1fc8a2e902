// Sortable tables: a button in each heading; the highest number, or the first name, comes first.

const NUMBER = /^[+-]?\d[\d,]*(\.\d+)?(e[+-]?\d+)?(?=$|[\s%[(–])/i;
const NAMES_IN_ORDER = new Intl.Collator("en", { numeric: true });

document.querySelectorAll("table.sortable").forEach(sortable);

function sortable(table) {
  const heads = [...table.tHead.rows].at(-1).cells;
  const bodies = [...table.tBodies].map((body) => [body, [...body.rows]]);
  [...heads].forEach((head, column) => {
    if (head.tagName !== "TH" || !head.textContent.trim() || head.querySelector("svg")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(heads, bodies, column));
    head.append(button);
  });
}

// Asked once: by this column; again: the other way round; again: as it was.
function sort(heads, bodies, column) {
  const before = heads[column].getAttribute("aria-sort");
  const every = bodies.flatMap(([, rows]) => rows);
  const keys = new Map(every.map((row) => [row, valueOf(row.cells[column])]));
  const known = [...keys.values()].filter((key) => key !== null);
  const numbers = known.every((key) => typeof key === "number");
  const order = numbers ? ["descending", "ascending"] : ["ascending", "descending"];
  const now = before ? order[order.indexOf(before) + 1] : order[0];
  for (const head of heads) head.removeAttribute("aria-sort");
  if (now) heads[column].setAttribute("aria-sort", now);
  for (const [body, rows] of bodies)
    body.append(...(now ? sorted(rows, keys, numbers, now) : rows));
}

// Rows of one part of a table; equal ones stay in their order, and what has no value is last.
function sorted(rows, keys, numbers, direction) {
  const sign = direction === "ascending" ? 1 : -1;
  const compare = numbers ? (a, b) => a - b : (a, b) => NAMES_IN_ORDER.compare(a, b);
  return [...rows].sort((first, second) => {
    const [a, b] = [keys.get(first), keys.get(second)];
    if (a === null || b === null) return (a === null) - (b === null);
    return sign * compare(a, b);
  });
}

// A number where the cell begins with one, else its text; null of an empty cell.
function valueOf(cell) {
  const exact = cell?.querySelector("data")?.value;
  const text = exact ?? cell?.textContent.trim() ?? "";
  if (["", "–", "-"].includes(text)) return null;
  const [number] = text.match(NUMBER) ?? [];
  return number === undefined ? text : Number(number.replaceAll(",", ""));
}
