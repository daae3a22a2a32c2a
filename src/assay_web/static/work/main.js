// A candidate at work. The server holds the truth; this page shows it, and keeps what has not arrived there yet.

import { Clock } from "./clock.js";
import { answerOf } from "./dialog.js";
import { Deliverable } from "./deliverable.js";
import { Flags } from "./flags.js";
import { Kept, tabName } from "./kept.js";
import { Log } from "./log.js";
import { Busy, Refused, Server } from "./server.js";
import { watchSignals } from "./signals.js";
import { countWords } from "./words.js";

const LOOK_EVERY = 15_000; // ms
const RETRY = 3_000; // ms

const root = document.getElementById("work");
const find = (name) => root.querySelector(`[data-${name}]`);
const phrases = JSON.parse(document.getElementById("phrases").textContent);
const server = new Server(root.dataset.base, root.dataset.csrf, await tabName());
const kept = new Kept(root.dataset.session);
const message = document.getElementById("message");
let state = null;
let talking = false;

const speak = (text) => (find("spoken").textContent = text);
const note = (text) => (find("note").textContent = text);

const clock = new Clock(find("clock"), phrases, (left) => speak(phrases.warned.replace("%1", left)), look);
const flags = "flags" in root.dataset ? new Flags(find("flag-dialog"), phrases, flag) : null;
const log = new Log(find("log"), phrases, { onInsert: insert, onFlag: flags && ((turn) => flags.ask(turn)) });
const deliverable = new Deliverable(document.getElementById("deliverable"), kept, save, showSaved);

function draw(next) {
  state = next;
  if (state.ended && !state.retake_offered) return leave();
  clock.set(state);
  deliverable.set(state);
  log.draw(state, kept.messages.filter((queued) => queued.attempt === state.attempt));
  const over = Boolean(state.ended);
  const roundsLeft = state.rounds - state.rounds_used;
  find("rounds").textContent = phrases.round.replace("%1", Math.min(state.rounds_used + (state.waiting ? 0 : 1), state.rounds)).replace("%2", state.rounds);
  find("elsewhere").hidden = state.writes || over;
  find("stop").hidden = !state.waiting || !state.writes;
  find("again").hidden = !state.unanswered || !state.writes || over;
  find("send").disabled = find("submit").disabled = !state.writes || over;
  message.readOnly = !state.writes || over;
  find("insert").disabled = !log.lastReply || !state.writes || over;
  if (roundsLeft < 1 && !state.waiting && !state.unanswered) note(phrases.norounds);
  const dialog = find("over-dialog");
  if (over && state.retake_offered && !dialog.open) dialog.showModal();
}

function leave() {
  kept.forget();
  location.reload();
}

// Ask the server where the session stands.
async function look() {
  try {
    const next = await server.state();
    online(true);
    draw(next);
    if (state.writes && !talking) deliver();
  } catch (error) {
    troubled(error);
  }
}

function online(is) {
  find("offline").hidden = is;
}

function troubled(error) {
  if (error instanceof Refused) {
    note(error.remedy ? `${error.message}. ${error.remedy}.` : error.message);
    if (error.status === 404) location.reload();
    if (error.kind === "over" || error.kind === "elsewhere") look();
  } else if (error instanceof Busy) note(phrases.busy);
  else online(false);
}

async function save(text) {
  if (!state?.writes) throw new TypeError("read-only");
  try {
    await server.call("deliverable", { text });
    online(true);
  } catch (error) {
    troubled(error);
    throw error;
  }
}

function showSaved(status) {
  find("saved").textContent = phrases[status];
  const words = countWords(deliverable?.field.value ?? "");
  find("words").textContent = phrases.words.replace("%1", words);
}

function insert(text) {
  deliverable.insert(text);
  show("deliverable");
}

// Send what waits, in order, and follow the reply that is due.
async function deliver() {
  if (talking) return;
  talking = true;
  try {
    while (state.writes && !state.ended) {
      const next = kept.messages.find((queued) => queued.attempt === state.attempt);
      if (state.waiting) await follow(server.stream("reply"));
      else if (next) await send(next);
      else break;
    }
  } catch (error) {
    log.stopStreaming();
    troubled(error);
    const pause = error instanceof Busy ? error.seconds * 1000 : RETRY;
    if (!(error instanceof Refused)) setTimeout(look, pause);
    else if (state) draw(state);
  } finally {
    talking = false;
  }
}

async function send(queued) {
  try {
    await follow(server.stream("messages", { text: queued.text, message: queued.id }), queued.id);
  } catch (error) {
    if (error instanceof Refused && error.kind !== "elsewhere") {
      // The server will never take it as it is, so it goes back to where it can be changed.
      kept.drop(queued.id);
      message.value = message.value ? `${queued.text}\n\n${message.value}` : queued.text;
    }
    throw error;
  }
}

async function follow(events, sending) {
  let text = "";
  let problem = "";
  let over = null;
  for await (const [name, data] of events) {
    online(true);
    if (name === "kept" && sending) {
      kept.drop(sending);
      draw({ ...data.state, writes: state.writes });
      note(phrases.writing);
    } else if (name === "piece") {
      text += data.text;
      log.stream(text);
    } else if (name === "failed") problem = (data.limited ? phrases.limited : phrases.failed).replace("%1", data.problem);
    else if (name === "over") over = data;
  }
  if (!over) throw new TypeError("the stream broke off");
  const before = state.turns.length;
  if (over.state) {
    const turns = over.turn ? [...state.turns.slice(0, over.turn.index), over.turn] : state.turns;
    draw({ ...state, ...over.state, turns });
  } else draw(await server.state());
  note(problem || (state.rounds_used >= state.rounds ? phrases.norounds : ""));
  const last = state.turns.at(-1);
  if (state.turns.length > before && last.role === "assistant") speak(phrases.answered.replace("%1", last.text));
}

function say() {
  const text = message.value;
  if (!text.trim() || !state?.writes) return;
  kept.add({ id: crypto.randomUUID?.() ?? String(Math.random()), text, attempt: state.attempt });
  message.value = "";
  deliverable.flush();
  draw(state);
  deliver();
}

async function act(call) {
  try {
    draw(await call());
  } catch (error) {
    troubled(error);
  }
}

function show(part) {
  root.dataset.view = part;
  for (const button of root.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", String(button.dataset.show === part));
}

async function handIn() {
  const text = deliverable.field.value;
  const words = countWords(text);
  find("submit-words").textContent = text.trim() ? phrases.handinwords.replace("%1", words) : phrases.handinempty;
  if ((await answerOf(find("submit-dialog"))) !== "yes") return;
  await act(() => server.call("submit", { text: deliverable.field.value }));
}

function flag(passage) {
  return act(() => server.call("flags", passage));
}

find("say").addEventListener("submit", (event) => {
  event.preventDefault();
  say();
});
message.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    say();
  }
});
for (const button of root.querySelectorAll("[data-show]")) button.addEventListener("click", () => show(button.dataset.show));
find("stop").addEventListener("click", () => server.call("stop").catch(troubled));
find("again").addEventListener("click", async () => {
  if (talking) return;
  talking = true;
  try {
    await follow(server.stream("reply"));
  } catch (error) {
    troubled(error);
  } finally {
    talking = false;
  }
});
find("submit").addEventListener("click", handIn);
find("claim").addEventListener("click", () => act(() => server.call("claim")).then(deliver));
find("insert").addEventListener("click", () => insert(log.lastReply));
find("retake").addEventListener("click", () => {
  find("over-dialog").close();
  kept.forget();
  act(() => server.call("retake"));
});
find("over-dialog").addEventListener("cancel", (event) => event.preventDefault());
if (flags) {
  document.addEventListener("selectionchange", () => (find("flag").hidden = !state?.writes || Boolean(state.ended) || !log.selection()));
  find("flag").addEventListener("mousedown", (event) => event.preventDefault());
  find("flag").addEventListener("click", () => {
    const passage = log.selection();
    if (passage) flags.ask({ index: passage.turn }, passage);
  });
}
watchSignals([message, deliverable.field], (kind, amount) => state?.writes && server.call("signals", { kind, amount }).catch(() => {}));
addEventListener("online", look);
addEventListener("focus", look);
addEventListener("pagehide", () => server.farewell());
setInterval(look, LOOK_EVERY);
look();
