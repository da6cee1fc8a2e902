// The list of timelines: filter, order, and drawing only what is near the window.

(function start() {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const manifest = read("manifest"),
    videos = read("videos");
  const form = document.querySelector(".filters"),
    list = document.getElementById("list");
  const settings = { classes: true, units: true, flow: true };
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

  function refresh() {
    const shown = views.filter(matches).sort(orders[form.elements.order.value]);
    list.replaceChildren(...shown.map((view) => view.element));
    form.querySelector(".shown").textContent = `${shown.length} of ${views.length} videos`;
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

  fill("subject", [...new Set(videos.map((v) => v.subject))]);
  fill("emotion", manifest.classes);
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    const { name, type, checked } = event.target;
    if (type === "checkbox") {
      settings[name] = checked;
      retheme();
    } else refresh();
  });
  form.addEventListener("reset", () =>
    setTimeout(() => {
      Object.assign(settings, { classes: true, units: true, flow: true });
      refresh();
      retheme();
    }),
  );
  form.elements.print.addEventListener("click", print);
  for (const link of document.querySelectorAll("a[data-subject]")) {
    link.addEventListener("click", () => {
      form.elements.subject.value = link.dataset.subject;
      refresh();
    });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", retheme);
  new ResizeObserver(() => views.forEach((view) => view.resize())).observe(list);
  refresh();
  views.forEach((view) => observer.observe(view.element));
  document.documentElement.dataset.ready = "true";
})();
