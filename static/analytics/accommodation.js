// One button per group of cues: leaves all of them out, or takes all of them in again when all are out.

for (const group of document.querySelectorAll("[data-cue-group]")) {
  const button = group.querySelector("[data-all-off]");
  const boxes = [...group.querySelectorAll("input[name=off]")];
  const allOff = () => boxes.every((box) => box.checked);
  const say = () => {
    button.textContent = allOff() ? gettext("Take all of it in") : gettext("Leave all of it out");
  };
  button.addEventListener("click", () => {
    const off = !allOff();
    for (const box of boxes) {
      box.checked = off;
    }
    say();
  });
  group.addEventListener("change", say);
  say();
}
