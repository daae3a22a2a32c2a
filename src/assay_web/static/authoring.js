// Saving a part of the draft while its author goes on, with the remarks and the preview brought up to date.
// Without script each part has its own Save button and the page loads anew.
const script = document.querySelector("#authoring-script");
const words = script.dataset;
const PAUSE = 1200;
const waiting = new Map();
const dirty = new Set();

function say(form, text) {
  const place = form.closest(".part").querySelector("[data-saved]");
  if (place) place.textContent = text;
}

async function save(form) {
  clearTimeout(waiting.get(form));
  waiting.delete(form);
  if (!dirty.has(form)) return;
  dirty.delete(form);
  say(form, words.saving);
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (!answer.ok) throw new Error(String(answer.status));
    refresh(new DOMParser().parseFromString(await answer.text(), "text/html"));
    if (!dirty.has(form)) say(form, words.saved);
  } catch {
    dirty.add(form);
    say(form, words.failed);
  }
}

// What is swapped holds no field, so that nothing is taken from under the author's hands.
function refresh(page) {
  for (const place of document.querySelectorAll("[data-swap], [data-remarks], [data-count]")) {
    const { swap, remarks, count } = place.dataset;
    const wanted = swap ? `[data-swap="${swap}"]` : remarks ? `[data-remarks="${remarks}"]` : `[data-count="${count}"]`;
    const fresh = page.querySelector(wanted);
    if (!fresh || fresh.innerHTML === place.innerHTML) continue;
    const open = [...place.querySelectorAll("details")].map((one) => one.open);
    place.innerHTML = fresh.innerHTML;
    place.querySelectorAll("details").forEach((one, at) => { one.open = open[at] ?? one.open; });
  }
}

for (const form of document.querySelectorAll("form[data-part]")) {
  // What is typed is saved by itself, so that the button is only for pages without script.
  form.querySelector("[data-save]")?.setAttribute("hidden", "");
  if (form.dataset.part.indexOf("criterion-")) say(form, words.kept);
  form.addEventListener("input", () => {
    dirty.add(form);
    say(form, words.unsaved);
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(() => save(form), PAUSE));
  });
  form.addEventListener("focusout", () => save(form));
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button && (button.dataset.plain !== undefined || button.dataset.redraft !== undefined)) {
      dirty.delete(form);
      return;
    }
    event.preventDefault();
    dirty.add(form);
    save(form);
  });
}

// A form that is sent as it is takes what is unsaved elsewhere along first.
document.addEventListener("submit", async (event) => {
  const others = [...dirty];
  if (event.defaultPrevented || !others.length) return;
  event.preventDefault();
  const { target, submitter } = event;
  await Promise.all(others.map(save));
  if (!dirty.size) target.requestSubmit(submitter);
});

addEventListener("beforeunload", (event) => { if (dirty.size) event.preventDefault(); });

// A link to a remark opens the criterion that it leads to.
function reveal() {
  const place = location.hash && document.getElementById(location.hash.slice(1));
  if (place instanceof HTMLDetailsElement) place.open = true;
}
addEventListener("hashchange", reveal);
reveal();
