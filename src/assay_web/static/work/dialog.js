// Opens a dialog and waits for the value of the button that closed it; an empty one when it was dismissed.

export function answerOf(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }));
}
