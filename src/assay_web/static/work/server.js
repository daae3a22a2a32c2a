// Calls to the server: JSON, and streams of events. A refusal is an error with the server's words in it.

export class Refused extends Error {
  constructor(status, body) {
    super(body.problem || "");
    this.status = status;
    this.kind = body.kind || "refused";
    this.remedy = body.remedy || "";
  }
}

export class Busy extends Error {
  constructor(seconds) {
    super("busy");
    this.seconds = seconds;
  }
}

export class Server {
  constructor(base, csrf, tab) {
    this.base = base;
    this.csrf = csrf;
    this.tab = tab;
  }

  async state() {
    const response = await fetch(`${this.base}state?tab=${encodeURIComponent(this.tab)}`, { cache: "no-store" });
    return this.#json(response);
  }

  async call(name, body = {}) {
    return this.#json(await this.#post(name, body));
  }

  // Gives [name, data] for each event. A connection that breaks off ends it with a TypeError.
  async *stream(name, body = {}) {
    const response = await this.#post(name, body);
    if (!response.ok || !response.headers.get("Content-Type").startsWith("text/event-stream")) await this.#json(response);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let waiting = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      waiting += value;
      let end;
      while ((end = waiting.indexOf("\n\n")) >= 0) {
        const [event, data] = waiting.slice(0, end).split("\n");
        waiting = waiting.slice(end + 2);
        yield [event.slice(7), JSON.parse(data.slice(6))];
      }
    }
  }

  farewell() {
    const body = new Blob([JSON.stringify({ tab: this.tab })], { type: "application/json" });
    fetch(`${this.base}release`, { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": this.csrf } }).catch(() => {});
  }

  #post(name, body) {
    return fetch(this.base + name, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.csrf },
      body: JSON.stringify({ tab: this.tab, ...body }),
    });
  }

  async #json(response) {
    if (response.status === 503) throw new Busy(Number(response.headers.get("Retry-After")) || 2);
    if (response.status >= 500) throw new TypeError(`server ${response.status}`);
    const body = await response.json().catch(() => ({}));
    if (!response.ok) throw new Refused(response.status, body);
    return body;
  }
}
