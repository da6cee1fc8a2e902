// The list of timelines: filter, order, print, and drawing only what is near the window.

(function start() {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const manifest = read("manifest"),
    videos = read("videos");
  const form = document.querySelector(".filters"),
    list = document.getElementById("list");
  const settings = {};
  // VIEWS: for the browser's console.
  const views = (window.VIEWS = videos.map(
    (video, index) => new VideoView(video, index, manifest, settings),
  ));
  const byElement = new Map(views.map((view) => [view.element, view]));

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const view = byElement.get(target);
        view.near = isIntersecting;
        if (isIntersecting) view.draw();
        else view.erase();
      }
    },
    { rootMargin: "600px 0px" },
  );

  const errors = ({ video }) => video.counts[0].fp + video.counts[0].fn + video.counts[0].wrong;
  const orders = {
    data: (a, b) => a.index - b.index,
    worst: (a, b) =>
      errors(b) - errors(a) || b.video.counts[0].fn - a.video.counts[0].fn || a.index - b.index,
    best: (a, b) =>
      errors(a) - errors(b) || b.video.counts[0].tp - a.video.counts[0].tp || a.index - b.index,
  };

  function matches(view) {
    const { video } = view,
      value = (name) => form.elements[name].value;
    const outcome = value("outcome"),
      emotion = value("emotion");
    const emotions = [
      ...video.annotated.filter((e) => e.outcome),
      ...video.predicted.flat(),
    ].map((e) => e.emotion);
    return (
      (!value("subject") || video.subject === value("subject")) &&
      (!outcome ||
        (outcome === "clean" ? errors(view) === 0 : video.counts.some((c) => c[outcome] > 0))) &&
      (!emotion || emotions.includes(emotion))
    );
  }

  // Show what the form selects.
  function refresh() {
    const before = JSON.stringify(settings);
    for (const box of form.querySelectorAll("[type=checkbox]")) settings[box.name] = box.checked;
    if (JSON.stringify(settings) !== before) retheme();
    const shown = views.filter(matches).sort(orders[form.elements.order.value]);
    list.replaceChildren(...shown.map((view) => view.element));
    form.querySelector(".shown").textContent = `${shown.length} of ${views.length} videos`;
    keepInLinks(form);
    return shown;
  }

  function fill(name, values) {
    form.elements[name].append(
      ...values.map((value) => make("option", { value, textContent: value })),
    );
  }

  function retheme() {
    views.forEach((view) => view.redraw());
  }

  // Everything that is shown, at the width of paper and in light colors; drawing needs time.
  async function print() {
    document.documentElement.dataset.printing = "true";
    observer.disconnect();
    for (const view of refresh()) {
      view.erase();
      await view.draw();
    }
    window.print();
    delete document.documentElement.dataset.printing;
    for (const view of views) {
      view.erase();
      observer.observe(view.element);
    }
  }

  // What is on paper: without `print`, only the timelines that are near the window.
  function nameSelection() {
    const shown = [...list.children].map((element) => byElement.get(element));
    const drawn = shown.filter((view) => view.plots.length).length;
    const some = drawn < shown.length ? `, ${drawn} of them drawn (“Print these” draws all)` : "";
    const count = `${shown.length} of ${views.length} videos${some}`;
    const text = `Timelines: ${selectionOf(form)}; ${count}.`;
    document.querySelectorAll(".selection").forEach((place) => (place.textContent = text));
  }

  function follow() {
    followAddress(form);
    refresh();
  }

  // The browser does not know where an address with filters leads.
  function goThere() {
    document.querySelector(PLACE).scrollIntoView();
  }

  function choose() {
    history.pushState(null, "", addressOf(form));
    refresh();
  }

  fill("subject", [...new Set(videos.map((v) => v.subject))]);
  fill("emotion", manifest.classes);
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", choose);
  form.addEventListener("reset", () => setTimeout(choose));
  form.elements.print.addEventListener("click", print);
  window.addEventListener("hashchange", follow);
  document.addEventListener("click", ({ target }) => {
    if (target.closest(`a[href^="${PLACE}"]`)) goThere();
  });
  window.addEventListener("beforeprint", nameSelection);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", retheme);
  new ResizeObserver(() => views.forEach((view) => view.resize())).observe(list);
  follow();
  if (location.hash.startsWith(`${PLACE}?`)) goThere();
  views.forEach((view) => observer.observe(view.element));
  document.documentElement.dataset.ready = "true";
})();
