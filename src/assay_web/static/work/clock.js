// Shows the server's clock. This device's own clock only measures how long ago the server was heard.

function inWords(seconds, phrases) {
  if (seconds > 120) return phrases.minutes.replace("%1", Math.ceil(seconds / 60));
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

export class Clock {
  constructor(place, phrases, onWarn, onOver) {
    Object.assign(this, { place, phrases, onWarn, onOver });
    this.warned = false;
    setInterval(() => this.show(), 1000);
  }

  set(state) {
    this.left = state.seconds_left;
    this.runs = state.clock_runs;
    this.warning = state.warning_seconds;
    this.ended = state.ended;
    this.credited = state.credited_seconds;
    this.heard = performance.now();
    this.asked = false;
    this.show();
  }

  get seconds() {
    const since = this.runs ? (performance.now() - this.heard) / 1000 : 0;
    return Math.max(0, this.left - since);
  }

  show() {
    if (this.left === undefined) return;
    const seconds = this.seconds;
    const shown = inWords(seconds, this.phrases);
    const waits = this.runs || this.ended ? "" : ` · ${this.phrases.paused}`;
    const credited = this.credited >= 1 ? ` · ${this.phrases.credited.replace("%1", inWords(this.credited, this.phrases))}` : "";
    this.place.textContent = this.phrases.left.replace("%1", shown) + waits + credited;
    this.place.classList.toggle("soon", seconds <= this.warning);
    if (seconds <= this.warning && !this.warned && !this.ended && seconds > 0) {
      this.warned = true;
      this.onWarn(shown);
    }
    if (seconds === 0 && !this.ended && !this.asked) {
      this.asked = true;
      this.onOver();
    }
  }
}
