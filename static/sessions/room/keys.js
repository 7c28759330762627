/**
 * One-letter shortcuts, which the person can switch off (WCAG 2.1.4). They rest while something is typed, while a dialog
 * or the veil is open, and with a modifier key: Ctrl+P prints.
 *
 *   new Keys({ p: () => ..., r: () => ..., d: () => ... }, checkbox);
 */
const REMEMBERED = "greenroom.shortcuts";

export class Keys {
  /**
   * @param {Record<string, () => void>} actions by letter
   * @param {HTMLInputElement} toggle
   */
  constructor(actions, toggle) {
    this.actions = actions;
    this.toggle = toggle;
    toggle.checked = recall() !== "off";
    toggle.addEventListener("change", () => remember(toggle.checked ? "on" : "off"));
    document.addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (!this.toggle.checked || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (isTyping(event.target) || document.querySelector("dialog[open], #room[inert]")) return;
    const action = this.actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  }
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button"].includes(target.type);
}

function recall() {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}

/** @param {string} value */
function remember(value) {
  try {
    localStorage.setItem(REMEMBERED, value);
  } catch {
    // Then the choice holds for this page.
  }
}
