// Rating: words selected in the session become quotes, and what is typed is kept as a draft.

const PAUSE_MS = 1200;
const RETRY_MS = 5000;
const form = document.getElementById("rating");
const bar = document.querySelector("[data-bar]");
const button = bar.querySelector("button");
const saved = form.querySelector("[data-saved]");
const outdated = form.querySelector("[data-outdated]");
const sections = [...form.querySelectorAll("[data-criterion]")];

let current = sections[0];
let chosen = null;
let timer = 0;
let leaving = false;

for (const hint of form.querySelectorAll("[data-with-script]")) hint.hidden = false;

form.addEventListener("focusin", (event) => {
  current = event.target.closest("[data-criterion]") ?? current;
  showBar();
});

function selected() {
  const selection = getSelection();
  if (!selection || selection.isCollapsed) return null;
  const words = selection.toString().replace(/\s+/g, " ").trim();
  const start = selection.anchorNode?.parentElement?.closest("[data-turn]");
  const end = selection.focusNode?.parentElement?.closest("[data-turn]");
  return words && start && start === end ? { turn: start.dataset.turn, words } : null;
}

function showBar() {
  chosen = selected() ?? chosen;
  const live = selected() !== null;
  bar.hidden = !live;
  if (live) button.textContent = bar.dataset.label.replace("%1", current.dataset.criterion);
}

function quote() {
  if (!chosen) return;
  const field = current.querySelector("[data-quotes]");
  const line = `[${chosen.turn}] ${chosen.words}`;
  field.value = field.value.trim() ? `${field.value.trimEnd()}\n${line}` : line;
  field.rows = Math.min(12, field.value.split("\n").length + 2);
  chosen = null;
  getSelection()?.removeAllRanges();
  bar.hidden = true;
  field.focus();
  changed();
}

document.addEventListener("selectionchange", showBar);
// The button must not take the selection away before it is read.
button.addEventListener("pointerdown", (event) => event.preventDefault());
button.addEventListener("click", quote);

async function keep() {
  if (leaving) return;
  try {
    const response = await fetch(form.dataset.draft, { method: "POST", body: new FormData(form) });
    if (!response.ok && response.status !== 409) throw new Error(String(response.status));
    const answer = await response.json();
    saved.textContent = answer.problem ?? bar.dataset.kept;
    outdated.hidden = !answer.outdated;
  } catch {
    saved.textContent = bar.dataset.failed;
    timer = setTimeout(keep, RETRY_MS);
  }
}

function changed() {
  clearTimeout(timer);
  timer = setTimeout(keep, PAUSE_MS);
}

form.addEventListener("input", changed);
form.addEventListener("submit", () => {
  leaving = true;
  clearTimeout(timer);
});
// The form of the other version shows what is kept, so the last words are to be kept before it is made.
outdated.querySelector("a").addEventListener("click", async (event) => {
  event.preventDefault();
  clearTimeout(timer);
  await keep();
  location.assign(event.target.href);
});
addEventListener("pagehide", () => {
  if (!leaving && timer) navigator.sendBeacon(form.dataset.draft, new FormData(form));
});
