// What the notice says is noted: pasting, and leaving the page. It never changes a score.

export function watchSignals(fields, tell) {
  for (const field of fields)
    field.addEventListener("paste", (event) => tell("pasted", (event.clipboardData?.getData("text") || "").length));
  let left = null;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) left = performance.now();
    else if (left !== null) {
      tell("left", Math.round((performance.now() - left) / 1000));
      left = null;
    }
  });
}
