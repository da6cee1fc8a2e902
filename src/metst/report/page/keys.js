// The keyboard in a video: one tab stop, from which the arrow keys reach everything in it.

// Only what has the focus, or had it last, can be reached with Tab.
function rove(view, current = view.stage) {
  for (const stop of view.element.querySelectorAll(".plots, button, summary, .scroll"))
    stop.tabIndex = stop === current ? 0 : -1;
}

function listen(view) {
  view.element.addEventListener("focusin", ({ target }) => rove(view, target));
  view.element.addEventListener("focusout", () => view.readout.hide());
  view.element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = actionsOf(view, event)[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function actionsOf(view, { shiftKey, target }) {
  const stops = [...view.element.querySelectorAll(".plots, button, summary")].filter(
    (stop) => !stop.closest("details:not([open]) > :not(summary)"),
  );
  const go = (step) => () => stops[stops.indexOf(target) + step]?.focus();
  const around = { ArrowDown: go(1), ArrowUp: go(-1), Escape: () => leave(view, target) };
  if (!view.plots.length) return around;
  const here = view.at ?? view.video.first,
    far = (shiftKey ? 10 : 1) * view.video.skip;
  const plots = {
    "+": () => view.zoom(1 / STEP),
    "=": () => view.zoom(1 / STEP),
    "-": () => view.zoom(STEP),
    0: () => view.whole(),
    n: () => view.jump(1),
    p: () => view.jump(-1),
  };
  const along =
    target === view.stage
      ? {
          ArrowRight: () => view.point(here + far),
          ArrowLeft: () => view.point(here - far),
          Home: () => view.point(view.video.first),
          End: () => view.point(view.last),
        }
      : { ArrowRight: go(1), ArrowLeft: go(-1) };
  return { ...around, ...plots, ...along };
}

function leave(view, target) {
  view.readout.hide();
  if (target !== view.stage) view.stage.focus();
}
