// What a user does: plays, steps, jumps, looks at values. One frame is current, from 1.

const SPEEDS = "select[name=speed]";

class Player {
  constructor(manifest, times, curves) {
    Object.assign(this, { manifest, times, frame: 1, current: -1, once: false });
    this.video = document.querySelector("video");
    this.reading = new Reading(manifest, times, curves);
    this.curves = new Curves(document.querySelector(".timeline"), manifest, times, curves, {
      hovered: (frame) => this.reading.show(frame ?? this.frame, frame !== null),
      clicked: (frame, number) => this.go(frame, number),
    });
    this.use(this.video ?? new Clock(times.duration));
    this.video?.addEventListener("error", () => this.lost());
    this.video?.addEventListener("click", () => this.toggle());
    if (this.video?.error) this.lost();
    this.paint();
    this.connect();
    this.go(1);
  }

  use(media) {
    this.media?.pause();
    this.media = media;
    media.onplay = () => this.started();
    media.onpause = () => this.stopped();
    media.currentTime = this.times.middle(this.frame);
  }

  // The video was moved, or this browser does not play it: everything else goes on.
  lost() {
    const missing = document.querySelector(".missing");
    missing.hidden = false;
    this.video.hidden = true;
    this.use(new Clock(this.times.duration));
    missing.querySelector("input").onchange = ({ target }) => {
      missing.hidden = true;
      this.video.hidden = false;
      this.video.src = URL.createObjectURL(target.files[0]);
      this.use(this.video);
    };
  }

  // Gives what names a class its color.
  paint() {
    const { classes } = this.manifest;
    for (const element of document.querySelectorAll("[data-class]")) {
      const place = classes.indexOf(element.dataset.class);
      const name = place < 0 ? "accent" : colorOf(classes, place);
      element.style.setProperty("--color", `var(--${name})`);
    }
  }

  connect() {
    for (const button of document.querySelectorAll("[data-action]"))
      button.addEventListener("click", () => this.actions[button.dataset.action]());
    for (const button of document.querySelectorAll("[data-frame]")) {
      const { frame, interval } = button.dataset;
      button.addEventListener("click", () => this.go(Number(frame), Number(interval)));
    }
    document.querySelector(SPEEDS).addEventListener("input", () => this.hurry(0));
    document.addEventListener("keydown", (event) => this.pressed(event));
  }

  actions = {
    toggle: () => this.toggle(),
    interval: () => this.replay(),
    loop: () => this.repeat(),
    back: () => this.step(-1),
    on: () => this.step(1),
    secondBack: () => this.go(this.times.at(this.times.middle(this.frame) - 1)),
    secondOn: () => this.go(this.times.at(this.times.middle(this.frame) + 1)),
    previous: () => this.jump(-1),
    next: () => this.jump(1),
    first: () => this.go(1),
    last: () => this.go(this.times.count),
    slower: () => this.hurry(-1),
    faster: () => this.hurry(1),
    closer: () => this.curves.zoom(1 / ZOOM, this.frame),
    wider: () => this.curves.zoom(ZOOM, this.frame),
    whole: () => this.curves.whole(),
  };

  pressed(event) {
    const { target, key } = event;
    const field = target.closest("select, input"),
      button = target.closest("button, summary, a");
    if (event.altKey || event.metaKey || field || (button && key === " ")) return;
    const name = `${event.ctrlKey ? "Ctrl+" : ""}${event.shiftKey ? "Shift+" : ""}${key}`;
    const action = KEYS[name] ?? (event.ctrlKey ? undefined : KEYS[key.toLowerCase()]);
    if (!action) return;
    event.preventDefault();
    this.actions[action]();
  }

  // Where the video is

  // A number: the interval that was chosen, where several overlap.
  go(frame, number = this.around(frame)) {
    this.frame = Math.min(Math.max(frame, 1), this.times.count);
    this.media.currentTime = this.times.middle(this.frame);
    this.show(number);
  }

  around(frame) {
    const within = (e) => e && e.onset <= frame && frame <= e.offset;
    const { intervals } = this.manifest;
    return within(intervals[this.current]) ? this.current : intervals.findIndex(within);
  }

  show(number) {
    if (number !== this.current) {
      this.current = number;
      this.curves.mark(number);
      for (const row of document.querySelectorAll("tr[data-row]"))
        row.ariaCurrent = Number(row.dataset.row) === number ? "true" : "false";
    }
    this.curves.point(this.frame);
    this.reading.show(this.frame, false);
  }

  step(frames) {
    this.media.pause();
    this.go(this.frame + frames);
  }

  jump(direction) {
    const order = [...this.manifest.intervals.keys()];
    const far = (i) => direction * (this.manifest.intervals[i].onset - this.frame);
    const [nearest] = order.filter((i) => far(i) > 0).sort((a, b) => far(a) - far(b));
    if (nearest === undefined) return;
    this.media.pause();
    this.go(this.manifest.intervals[nearest].onset, nearest);
  }

  // Playing

  toggle() {
    if (!this.media.paused) return this.media.pause();
    if (this.frame === this.times.count) this.go(1);
    this.media.play();
  }

  // Plays the current interval once, or for as long as it is looped.
  replay() {
    const e = this.manifest.intervals[this.current];
    if (!e) return;
    this.go(e.onset, this.current);
    this.once = true;
    this.media.play();
  }

  get looping() {
    return document.querySelector("[data-action=loop]").ariaPressed === "true";
  }

  repeat() {
    document.querySelector("[data-action=loop]").ariaPressed = String(!this.looping);
    if (this.looping && this.media.paused) this.replay();
  }

  hurry(steps) {
    const field = document.querySelector(SPEEDS);
    const last = field.options.length - 1;
    field.selectedIndex = Math.min(Math.max(field.selectedIndex + steps, 0), last);
    this.media.playbackRate = Number(field.value);
  }

  started() {
    this.label("❚❚ pause", "Pause");
    this.hurry(0);
    requestAnimationFrame(() => this.run());
  }

  stopped() {
    this.once = false;
    this.label("▶ play", "Play");
    this.go(this.times.at(this.media.currentTime), this.current);
  }

  run() {
    if (this.media.paused) return;
    const e = this.manifest.intervals[this.current],
      frame = this.times.at(this.media.currentTime);
    if (e && frame > e.offset && this.looping) this.go(e.onset, this.current);
    else if (e && frame > e.offset && this.once) {
      this.media.pause();
      this.go(e.offset, this.current);
    } else {
      this.frame = frame;
      this.show(this.around(frame));
    }
    if (this.media.currentTime >= this.times.duration) this.media.pause();
    requestAnimationFrame(() => this.run());
  }

  label(text, name) {
    const button = document.querySelector("[data-action=toggle]");
    button.textContent = text;
    button.ariaLabel = name;
  }
}

const KEYS = {
  " ": "toggle", "Ctrl+ ": "toggle", "Shift+ ": "interval",
  ArrowLeft: "back", ArrowRight: "on", "Ctrl+ArrowLeft": "back", "Ctrl+ArrowRight": "on",
  "Shift+ArrowLeft": "secondBack", "Shift+ArrowRight": "secondOn",
  p: "previous", n: "next", l: "loop", Home: "first", End: "last", s: "slower", f: "faster",
  "+": "closer", "=": "closer", "-": "wider", 0: "whole",
};

(async function start() {
  const read = (id) => document.getElementById(id).textContent;
  const manifest = JSON.parse(read("manifest"));
  const times = new Times(await ascending(read("times"), manifest.tick), manifest.step);
  const curves = await unpack(read("curves"), manifest.steps);
  for (const [first, last] of manifest.blanks)
    curves.forEach((curve) => curve.fill(NaN, first - 1, last));
  window.PLAYER = new Player(manifest, times, curves); // for the browser's console
  document.documentElement.dataset.ready = "true";
})();
