// Time on the page: when each frame is shown, and a clock that runs where there is no video.

// Ascending whole numbers that metst.predict.html packed as differences.
async function ascending(text, tick) {
  const values = Float64Array.from(new Int32Array((await inflate(text)).buffer));
  for (let i = 1; i < values.length; i++) values[i] += values[i - 1];
  return values.map((value) => value * tick);
}

class Times {
  // starts: seconds at which each frame begins to be shown; step: seconds of a frame on average.
  constructor(starts, step) {
    Object.assign(this, { starts, step, count: starts.length });
    this.duration = starts[this.count - 1] + step;
  }

  of(frame) {
    return this.starts[frame - 1];
  }

  // A player that seeks to the middle of a frame shows this one, however it rounds.
  middle(frame) {
    return (this.of(frame) + (this.starts[frame] ?? this.duration)) / 2;
  }

  // The frame that is shown at a time.
  at(second) {
    let low = 0,
      high = this.count - 1;
    while (low < high) {
      const half = (low + high + 1) >> 1;
      if (this.starts[half] <= second) low = half;
      else high = half - 1;
    }
    return low + 1;
  }
}

// What the page needs of an HTMLMediaElement.
class Clock {
  #at = 0;
  #since = null; // when it was started, on the clock of the page
  #rate = 1;

  constructor(duration) {
    this.duration = duration;
  }

  get paused() {
    return this.#since === null;
  }

  get currentTime() {
    const passed = this.paused ? 0 : ((performance.now() - this.#since) / 1000) * this.#rate;
    return Math.min(this.#at + passed, this.duration);
  }

  set currentTime(second) {
    this.#at = second;
    if (!this.paused) this.#since = performance.now();
  }

  set playbackRate(rate) {
    this.currentTime = this.currentTime;
    this.#rate = rate;
  }

  play() {
    this.#since = performance.now();
    this.onplay();
  }

  pause() {
    if (this.paused) return;
    this.#at = this.currentTime;
    this.#since = null;
    this.onpause();
  }
}
