// The conversation on the page.

export class Log {
  constructor(place, phrases, { onInsert, onFlag }) {
    Object.assign(this, { place, phrases, onInsert, onFlag });
    this.shown = "";
    // Whoever read the end reads it still when a notice or the keyboard takes some of the place.
    let atEnd = true;
    place.addEventListener("scroll", () => (atEnd = this.#atEnd()), { passive: true });
    new ResizeObserver(() => atEnd && this.#toEnd()).observe(place);
  }

  draw(state, queued) {
    const now = JSON.stringify([state.attempt, state.turns.length, state.flags, queued]);
    if (now === this.shown) return;
    this.shown = now;
    this.lastReply = [...state.turns].reverse().find((turn) => turn.role === "assistant")?.text ?? "";
    const atEnd = this.#atEnd();
    const focused = this.#buttons().indexOf(document.activeElement);
    this.place.replaceChildren(
      ...state.turns.map((turn) => this.#turn(turn, state.flags.filter((flag) => flag.turn === turn.index), state)),
      ...queued.map((message) => this.#queued(message)),
    );
    this.streaming = null;
    // Messages are only added, so the same button has the same place.
    this.#buttons()[focused]?.focus({ preventScroll: true });
    if (atEnd) this.#toEnd();
  }

  // Text of the reply under way, from its beginning on.
  stream(text) {
    if (!this.streaming) {
      this.streaming = element("div", "turn assistant");
      this.streaming.setAttribute("aria-hidden", "true");
      this.streaming.append(element("p", "who", this.phrases.ai), element("div", "body plain typing"));
      this.place.append(this.streaming);
      this.shown = "";
      this.#toEnd();
    }
    const atEnd = this.#atEnd();
    this.streaming.lastElementChild.textContent = text;
    if (atEnd) this.#toEnd();
  }

  stopStreaming() {
    this.streaming?.remove();
    this.streaming = null;
    this.shown = "";
  }

  // The selected passage of a reply, in code points of its text; null when there is none.
  selection() {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const body = closest(range.startContainer, "[data-reply]");
    if (!body || body !== closest(range.endContainer, "[data-reply]") || body.childNodes.length !== 1) return null;
    const text = body.textContent;
    const points = (offset) => [...text.slice(0, offset)].length;
    return { turn: Number(body.dataset.reply), start: points(range.startOffset), end: points(range.endOffset), quote: range.toString() };
  }

  #turn(turn, flags, state) {
    const place = element("article", `turn ${turn.role}`);
    place.append(element("p", "who", turn.role === "user" ? this.phrases.you : this.phrases.ai));
    const body = element("div", "body");
    if (turn.role === "user") body.textContent = turn.text;
    else if (this.onFlag) {
      body.classList.add("plain");
      body.dataset.reply = turn.index;
      body.textContent = turn.text;
    } else {
      body.classList.add("prose");
      body.innerHTML = turn.html; // made safe by the server
    }
    place.append(body);
    const points = [...turn.text];
    for (const flag of flags) {
      const words = this.phrases.flagged.replace("%1", points.slice(flag.start, flag.end).join("")).replace("%2", flag.note);
      place.append(element("p", "flagged", words));
    }
    if (turn.role === "assistant" && state.writes && !state.ended) {
      const after = element("p", "after");
      after.append(button(this.phrases.insert, () => this.onInsert(turn.text)));
      if (this.onFlag) after.append(button(this.phrases.flagpassage, () => this.onFlag(turn)));
      place.append(after);
    }
    return place;
  }

  #queued(message) {
    const place = element("article", "turn user queued");
    place.append(element("p", "who", `${this.phrases.you} · ${this.phrases.queued}`), element("div", "body", message.text));
    return place;
  }

  #buttons() {
    return [...this.place.querySelectorAll("button")];
  }

  #atEnd() {
    return this.place.scrollHeight - this.place.scrollTop - this.place.clientHeight < 120;
  }

  #toEnd() {
    this.place.scrollTop = this.place.scrollHeight;
  }
}

export function element(tag, classes, text) {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  if (text !== undefined) made.textContent = text;
  return made;
}

function button(words, onClick) {
  const made = element("button", "", words);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

function closest(node, selector) {
  return (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(selector);
}
