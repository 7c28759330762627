// A button with data-copies="ID" copies that field's text and says so in the element with data-copied.
const said = document.querySelector("[data-copied]");

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copies);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    said.textContent = gettext("Copied.");
  } catch {
    // Without a secure origin there is no clipboard: the text is selected, and the keyboard copies it.
    said.textContent = gettext("Selected. Copy it with your keyboard.");
  }
});
