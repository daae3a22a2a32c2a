// The deliverable's editor: on this device at once, on the server within seconds.

const PAUSE = 1200; // ms without a keystroke
const LONGEST = 4000; // ms that anything waits at most

export class Deliverable {
  constructor(field, kept, save, onStatus) {
    Object.assign(this, { field, kept, save, onStatus });
    this.attempt = 0;
    this.onServer = null;
    field.addEventListener("input", () => this.#changed());
  }

  // What the server holds. Text that only this device has goes before it.
  set(state) {
    const draft = this.kept.draft;
    if (state.attempt !== this.attempt) {
      this.attempt = state.attempt;
      this.onServer = null;
    }
    const mine = draft && draft.attempt === state.attempt && state.writes ? draft.text : null;
    const untouched = this.onServer === null || this.field.value === this.onServer;
    this.onServer = state.deliverable;
    if (mine !== null && mine !== state.deliverable) {
      if (this.field.value !== mine && untouched) this.field.value = mine;
      this.#later();
    } else if (untouched && this.field.value !== state.deliverable) {
      this.field.value = state.deliverable;
    }
    this.field.readOnly = !state.writes || Boolean(state.ended);
    this.onStatus(this.dirty ? "saving" : state.writes ? "saved" : "readonly");
  }

  get dirty() {
    return this.onServer !== null && this.field.value !== this.onServer;
  }

  insert(text) {
    const { selectionStart: start, selectionEnd: end, value } = this.field;
    const before = value.slice(0, start);
    const gap = before && !before.endsWith("\n\n") ? (before.endsWith("\n") ? "\n" : "\n\n") : "";
    this.field.setRangeText(`${gap}${text}`, start, end, "end");
    this.#changed();
  }

  // Save now; true when the server has everything.
  async flush() {
    clearTimeout(this.timer);
    this.waitingSince = null;
    if (!this.dirty) return true;
    if (this.saving) return this.saving.then(() => this.flush());
    const text = this.field.value;
    this.onStatus("saving");
    this.saving = this.save(text)
      .then(() => {
        this.onServer = text;
        if (this.field.value === text) this.kept.draft = null;
        this.onStatus(this.dirty ? "saving" : "saved");
        return true;
      })
      .catch(() => {
        this.onStatus("kept");
        return false;
      })
      .finally(() => {
        this.saving = null;
        if (this.dirty) this.#later();
      });
    return this.saving;
  }

  #changed() {
    this.kept.draft = { attempt: this.attempt, text: this.field.value };
    this.onStatus("saving");
    this.#later();
  }

  #later() {
    clearTimeout(this.timer);
    const now = Date.now();
    this.waitingSince ??= now;
    this.timer = setTimeout(() => this.flush(), Math.max(0, Math.min(PAUSE, this.waitingSince + LONGEST - now)));
  }
}
