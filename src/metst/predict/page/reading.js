// Values at a frame: that of the video, or that under the cursor.

class Reading {
  constructor(manifest, times, curves) {
    Object.assign(this, { manifest, times, curves });
    this.element = document.querySelector(".reading");
    this.fields = this.element.querySelectorAll("dd");
    this.slider = document.querySelector(".timeline");
  }

  show(frame, hovering) {
    const [score, smoothed, ...shares] = this.curves.map((curve) => curve[frame - 1]);
    const blank = Number.isNaN(score);
    const number = (value) => (blank ? "–" : value.toFixed(2));
    const texts = [
      `${this.times.of(frame).toFixed(this.manifest.digits)} s`,
      String(frame),
      blank ? "not analyzed" : number(smoothed),
      number(score),
      this.found(frame),
    ];
    if (this.manifest.classes.length) shares.push(1 - shares.reduce((sum, share) => sum + share, 0));
    [...texts, ...shares.map(number)].forEach((text, i) => (this.fields[i].textContent = text));
    shares.forEach((share, i) => this.fields[5 + i].parentElement.style.setProperty("--share", share || 0));
    this.element.classList.toggle("hovering", hovering);
    this.element.querySelector("dt").textContent = hovering ? "cursor" : "time";
    if (hovering) return;
    const [time, , height, , interval] = texts;
    this.slider.ariaValueNow = frame;
    this.slider.ariaValueText = `${time}, frame ${frame}, score ${height}, interval: ${interval}`;
  }

  found(frame) {
    const here = this.manifest.intervals.filter((e) => e.onset <= frame && frame <= e.offset);
    return here.map((e) => e.emotion || "micro-expression").join(", ") || "none";
  }
}
