// The theme switch: three radio buttons named "theme" (system, light, dark), remembered on this device only.
const root = document.documentElement;
const buttons = document.querySelectorAll('input[type="radio"][name="theme"]');

function remember(theme) {
  try {
    if (theme === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // Without storage the choice holds for this page.
  }
}

/** @param {"system" | "light" | "dark"} theme */
export function show(theme) {
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  // Charts are drawn with resolved colours and have to be drawn again.
  document.dispatchEvent(new CustomEvent("greenroom:theme", { detail: { theme } }));
}

for (const button of buttons) {
  button.checked = button.value === (root.dataset.theme ?? "system");
  button.addEventListener("change", () => {
    remember(button.value);
    show(button.value);
  });
}
