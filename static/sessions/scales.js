// Levels by keyboard: with the focus in a row, 1 to 5 choose its level and the focus goes on to the next row.

function chosen(row) {
  return row.querySelector("input:checked") ?? row.querySelector("input");
}

document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("[data-scale]");
  if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
  const radio = row.querySelector(`input[value="${CSS.escape(event.key)}"]`);
  if (!radio) return;
  event.preventDefault();
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  const rows = [...document.querySelectorAll("[data-scale]")];
  const next = rows[rows.indexOf(row) + 1];
  (next ? chosen(next) : radio).focus();
});
