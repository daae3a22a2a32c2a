// Showing each part of a draft as the model makes it. Without script the form waits and then shows the draft.
const words = document.querySelector("[data-words]")?.dataset;
const making = document.querySelector("[data-making]");
const said = making?.querySelector("[data-said]");
const bar = making?.querySelector("[data-progress]");

async function* events(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    held += value;
    const whole = held.split("\n\n");
    held = whole.pop();
    for (const one of whole) {
      const [name, data] = one.split("\n");
      yield [name.replace("event: ", ""), JSON.parse(data.replace("data: ", ""))];
    }
  }
}

function title(part) {
  const place = making.querySelector(`[data-made="${part}"] h3`) ?? document.getElementById(`${part}-title`);
  return place?.textContent.trim() ?? words.levels.replace("%1", part.replace("criterion-", "").replaceAll("_", " "));
}

function show(part, shown) {
  const criterion = part.startsWith("criterion-");
  const place = making.querySelector(`[data-made="${criterion ? "rubric" : part}"]`);
  if (!place) return;
  const text = place.querySelector("[data-text]");
  if (!criterion) text.replaceChildren();
  const lines = criterion ? [["", title(part)], ...shown] : shown;
  for (const [label, words_] of lines) {
    const line = document.createElement("p");
    line.textContent = label ? `${label} · ${words_}` : words_;
    text.append(line);
  }
  place.classList.add("fresh");
}

async function follow(address, body, then) {
  making.hidden = false;
  said.textContent = words.started;
  let problem = "";
  try {
    const answer = await fetch(address, { method: "POST", body, headers: { Accept: "text/event-stream" } });
    if (!answer.ok) {
      const refusal = await answer.json();
      throw new Error(refusal.problem ? `${refusal.problem}. ${refusal.remedy}.` : words.broken);
    }
    for await (const [name, data] of events(answer)) {
      if (name === "part") {
        show(data.part, data.shown);
        // Once the criteria are chosen, it is known how many sets of levels are still to come.
        if (bar && data.part === "rubric") bar.max += data.shown.length;
        if (bar) bar.value += 1;
        said.textContent = words.writing.replace("%1", title(data.part));
      } else if (name === "failed") problem = data.problem;
      else if (name === "over" && !problem) {
        said.textContent = words.done;
        if (location.href.split("#")[0] === new URL(then, location.href).href.split("#")[0]) location.reload();
        else location.assign(then);
        return;
      }
    }
    throw new Error(problem || words.broken);
  } catch (error) {
    said.textContent = error instanceof TypeError ? words.broken : error.message;
    said.classList.add("note", "error");
  }
}

function given(form, what) {
  return new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value, ...what });
}

if (making) {
  for (const form of document.querySelectorAll("form[data-drafting]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      form.querySelector("button").disabled = true;
      follow(form.action, given(form, { part: form.elements.part.value }), form.dataset.then);
    });
    if (form.dataset.running !== undefined) {
      form.querySelector("button").disabled = true;
      follow(form.action, given(form, { follow: "1" }), form.dataset.then);
    }
  }
  for (const button of document.querySelectorAll("button[data-redraft]")) {
    button.form.addEventListener("submit", (event) => {
      if (event.submitter !== button || event.defaultPrevented) return;
      event.preventDefault();
      for (const other of document.querySelectorAll("button[data-redraft]")) other.disabled = true;
      for (const field of button.form.querySelectorAll("input, textarea")) field.readOnly = true;
      follow(button.formAction, given(button.form, { part: button.value }), location.pathname);
    });
  }
  const running = document.querySelector("[data-follow]");
  const form = document.querySelector("form[data-part]");
  if (running && form) follow(running.dataset.follow, given(form, { follow: "1" }), location.pathname);
}
