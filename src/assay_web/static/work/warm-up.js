// The warm-up on the page before the start.

import { element } from "./log.js";
import { Server } from "./server.js";

const root = document.getElementById("warm-up");
const form = root.querySelector("[data-form]");
const log = root.querySelector("[data-log]");
const status = root.querySelector("[data-status]");
const csrf = form.querySelector("[name=csrfmiddlewaretoken]").value;
const server = new Server(root.dataset.url.replace(/warm-up$/, ""), csrf, "");

function add(role, who, text) {
  const place = element("div", `turn ${role}`);
  const body = element("p", "body plain", text);
  place.append(element("p", "who", who), body);
  log.append(place);
  return body;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = form.elements.text;
  const text = field.value.trim();
  if (!text || form.dataset.busy) return;
  form.dataset.busy = "yes";
  add("user", root.dataset.you, text);
  field.value = "";
  let reply = null;
  try {
    for await (const [name, data] of server.stream("warm-up", { text })) {
      if (name === "piece") {
        reply ??= add("assistant", root.dataset.ai, "");
        reply.textContent += data.text;
      } else if (name === "failed") status.textContent = data.problem;
    }
    if (reply) status.textContent = "";
  } catch (error) {
    status.textContent = error.remedy ? `${error.message}. ${error.remedy}.` : root.dataset.failed;
  } finally {
    delete form.dataset.busy;
    field.focus();
  }
});
