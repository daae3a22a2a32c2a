// Flagging a passage of a reply: one that is selected, or one whose words are typed, as with a keyboard alone.

import { answerOf } from "./dialog.js";

export class Flags {
  constructor(dialog, phrases, send) {
    Object.assign(this, { dialog, phrases, send });
    this.quote = dialog.querySelector("[data-flag-quote]");
    this.typed = dialog.querySelector("[data-flag-typed]");
    this.passage = dialog.querySelector("#flag-passage");
    this.words = dialog.querySelector("#flag-words");
    this.passage.addEventListener("input", () => this.#check());
  }

  // Ask what is wrong with the passage, and which it is where none is selected; then send it.
  async ask(reply, selected = null) {
    this.text = reply.text;
    this.quote.textContent = selected ? selected.quote : reply.text;
    this.typed.hidden = this.passage.disabled = Boolean(selected);
    this.passage.value = this.words.value = "";
    this.#check();
    if ((await answerOf(this.dialog)) !== "yes") return;
    const { start, end } = selected ?? placeOf(reply.text, this.passage.value);
    await this.send({ turn: reply.index, start, end, words: this.words.value });
  }

  // The browser itself says that a field is empty, and keeps the dialog open.
  #check() {
    const wrong = this.passage.value && !placeOf(this.text, this.passage.value);
    this.passage.setCustomValidity(wrong ? this.phrases.notthere : "");
  }
}

// Where words first stand in a text, in code points; null where they do not. White space may differ.
function placeOf(text, words) {
  const parts = words.trim().split(/\s+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const found = parts[0] && new RegExp(parts.join("\\s+")).exec(text);
  if (!found) return null;
  const points = (offset) => [...text.slice(0, offset)].length;
  return { start: points(found.index), end: points(found.index + found[0].length) };
}
