// Training curves: the fold nearest to the cursor stands out in every chart of its run.

for (const group of document.querySelectorAll(".training")) {
  const charts = [...group.querySelectorAll("svg")].map((svg) => chartOf(svg));
  const folds = [...new Set(charts[0].lines.map((line) => line.fold))];
  let fold = null,
    epoch = charts[0].epochs[1];

  function show(chosen, at) {
    [fold, epoch] = [chosen, Math.min(Math.max(at, charts[0].epochs[0]), charts[0].epochs[1])];
    const values = charts.flatMap((chart) => chart.light(fold, epoch));
    epoch = values[0]?.epoch ?? epoch;
    group.querySelector(".lit-values").textContent = values.length
      ? `${fold}, epoch ${epoch}: ${values.map((value) => value.text).join(" · ")}`
      : "";
  }

  group.addEventListener("pointermove", (event) => {
    const chart = charts.find(({ svg }) => svg.contains(event.target));
    if (chart) show(...chart.nearest(event));
  });
  group.addEventListener("pointerleave", ({ pointerType }) => {
    if (pointerType === "mouse") show(null, epoch);
  });
  group.addEventListener("blur", () => show(null, epoch));
  group.addEventListener("keydown", (event) => {
    const at = folds.indexOf(fold);
    const next = (step) => (at < 0 ? folds[0] : folds.at((at + step) % folds.length));
    const actions = {
      ArrowDown: () => show(next(1), epoch),
      ArrowUp: () => show(next(-1), epoch),
      ArrowRight: () => show(fold ?? folds[0], epoch + charts[0].every),
      ArrowLeft: () => show(fold ?? folds[0], epoch - charts[0].every),
      Escape: () => show(null, epoch),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });
}

// The lines of a chart in the units of its axes, and what lights one of them up.
function chartOf(svg) {
  const ends = (name) => svg.dataset[name].split(" ").map(Number);
  const [epochs, values] = [ends("epochs"), ends("values")];
  const area = svg.querySelector(".area").getBBox();
  const toEpoch = (x) => epochs[0] + ((x - area.x) / area.width) * (epochs[1] - epochs[0]);
  const toValue = (y) => values[1] - ((y - area.y) / area.height) * (values[1] - values[0]);
  const lines = [...svg.querySelectorAll(".fold")].map((element) => ({
    element,
    fold: element.dataset.fold,
    points: Array.from(element.points, ({ x, y }) => ({ x, y, epoch: Math.round(toEpoch(x)) })),
  }));
  const closest = (points, distance) =>
    points.reduce((best, point) => (distance(point) < distance(best) ? point : best), points[0]);

  return {
    svg,
    epochs,
    lines,
    every: lines[0].points.length > 1 ? lines[0].points[1].epoch - lines[0].points[0].epoch : 1,

    // The fold of the point next to a pointer, and its epoch.
    nearest(event) {
      const inside = svg.getScreenCTM().inverse();
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(inside);
      const found = lines
        .filter(({ points }) => points.length)
        .map(({ fold, points }) => ({ fold, ...closest(points, (p) => Math.abs(p.x - at.x)) }));
      const { fold, epoch } = closest(found, (p) => Math.hypot(p.x - at.x, p.y - at.y));
      return [fold, epoch];
    },

    // Mark the lines of a fold; returns their values at an epoch.
    light(fold, epoch) {
      svg.querySelectorAll(".marker").forEach((marker) => marker.remove());
      lines.forEach(({ element, fold: own }) => element.classList.toggle("lit", own === fold));
      return lines
        .filter((line) => line.fold === fold && line.points.length)
        .map(({ element, points }) => {
          const point = closest(points, (p) => Math.abs(p.epoch - epoch));
          const marker = document.createElementNS(svg.namespaceURI, "circle");
          const place = { class: "marker", cx: point.x, cy: point.y, r: 3.5 };
          for (const [name, value] of Object.entries(place)) marker.setAttribute(name, value);
          svg.append(element, marker);
          const value = toValue(point.y).toPrecision(3);
          return { epoch: point.epoch, text: `${element.dataset.name} ${value}` };
        });
    },
  };
}
