// What this device keeps until the server has it: the deliverable, and messages in the order they were written.

export class Kept {
  constructor(session) {
    this.key = `assay:${session}`;
  }

  get draft() {
    return this.#read("draft");
  }

  set draft(value) {
    this.#write("draft", value);
  }

  get messages() {
    return this.#read("messages") || [];
  }

  add(message) {
    this.#write("messages", [...this.messages, message]);
  }

  drop(id) {
    this.#write("messages", this.messages.filter((message) => message.id !== id));
  }

  forget() {
    for (const name of ["draft", "messages"]) localStorage.removeItem(`${this.key}:${name}`);
  }

  #read(name) {
    try {
      return JSON.parse(localStorage.getItem(`${this.key}:${name}`));
    } catch {
      return null;
    }
  }

  #write(name, value) {
    try {
      if (value === null) localStorage.removeItem(`${this.key}:${name}`);
      else localStorage.setItem(`${this.key}:${name}`, JSON.stringify(value));
    } catch {
      // A device without storage still works; it only has nothing to fall back on.
    }
  }
}

// A name for this tab that survives a reload, and is not shared with a copy of the tab.
export async function tabName() {
  const fresh = () => crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  let name = sessionStorage.getItem("tab") || fresh();
  const channel = new BroadcastChannel("assay-tabs");
  const taken = new Promise((resolve) => {
    channel.onmessage = ({ data }) => data.taken === name && resolve(true);
    channel.postMessage({ asks: name });
    setTimeout(() => resolve(false), 120);
  });
  if (await taken) name = fresh();
  sessionStorage.setItem("tab", name);
  channel.onmessage = ({ data }) => data.asks === name && channel.postMessage({ taken: name });
  return name;
}
