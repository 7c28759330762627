// Confirmation by <dialog> without inline handlers.
//   <button type="button" data-opens="delete-dialog">…</button>  opens the dialog of that id;
//   <form method="post" data-confirm="delete-dialog"> asks in that dialog before it is sent.
// Buttons with data-closes inside a dialog close it. Without scripts a form is simply sent.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog")?.close("no");
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const dialog = document.getElementById(form.dataset?.confirm ?? "");
  if (!dialog || form.dataset.confirmed) return;
  event.preventDefault();
  const { submitter } = event;
  if ((await answerOf(dialog)) !== "yes") return;
  form.dataset.confirmed = "yes";
  form.requestSubmit(submitter);
  delete form.dataset.confirmed;
});

/** @returns {Promise<string>} "yes" when the dialog's confirming button was used */
function answerOf(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}
