/**
 * What lies over the room while nothing can be practised: opening, paused, taken over, a lost microphone. One heading,
 * one sentence, at most two buttons. While it is there, the room behind it cannot be reached.
 *
 *   const veil = new Veil(document);
 *   veil.show({ name: "paused", title, text, action: gettext("Go on"), run: () => live.do("resume"), other, runOther });
 *   veil.hide();       // the focus goes back to where it was, or to `focusAfter`
 */
import { byId } from "../page-data.js";

export class Veil {
  /** @type {{run?: () => void, runOther?: () => void}} */
  #doing = {};

  /** @param {{focusAfter: HTMLElement}} options */
  constructor({ focusAfter }) {
    this.element = byId("veil");
    this.title = byId("veil-title");
    this.text = byId("veil-text");
    this.wait = byId("veil-wait");
    this.action = /** @type {HTMLButtonElement} */ (byId("veil-action"));
    this.other = /** @type {HTMLButtonElement} */ (byId("veil-other"));
    this.behind = byId("room");
    this.focusAfter = focusAfter;
    this.action.addEventListener("click", () => this.#doing.run?.());
    this.other.addEventListener("click", () => this.#doing.runOther?.());
  }

  /** The name of what is shown; null where nothing is. @returns {string | null} */
  get name() {
    return this.element.hidden ? null : (this.element.dataset.name ?? null);
  }

  /**
   * @param {{name: string, title: string, text: string, action?: string, run?: () => void, other?: string,
   *   runOther?: () => void, waits?: boolean}} what `waits`: something is under way that needs no act
   */
  show({ name, title, text, action, run, other, runOther, waits = false }) {
    this.#doing = { run, runOther };
    this.element.dataset.name = name;
    this.title.textContent = title;
    this.text.textContent = text;
    this.wait.hidden = !waits;
    fill(this.action, action);
    fill(this.other, other);
    this.element.hidden = false;
    this.behind.inert = true;
    (action ? this.action : this.title).focus();
  }

  hide() {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.behind.inert = false;
    this.focusAfter.focus();
  }
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} [label]
 */
function fill(button, label) {
  button.hidden = !label;
  button.textContent = label ?? "";
}
