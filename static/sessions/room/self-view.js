/**
 * The own picture, small and mirrored as people know themselves. Hiding it hides it from the person only: it is still
 * read, and the page says so.
 */
import { gettext } from "../../greenroom/i18n.js";

export class SelfView {
  /** @param {{camera: boolean}} options */
  constructor({ camera }) {
    this.element = /** @type {HTMLElement} */ (document.getElementById("self"));
    this.video = /** @type {HTMLVideoElement} */ (document.getElementById("self-video"));
    this.meter = /** @type {HTMLElement} */ (document.getElementById("self-level"));
    this.note = /** @type {HTMLElement} */ (document.getElementById("self-note"));
    this.toggle = /** @type {HTMLButtonElement} */ (document.getElementById("self-toggle"));
    this.toggle.addEventListener("click", () => this.#switch());
    if (!camera) this.isGone();
  }

  shows() {
    delete this.element.dataset.gone;
  }

  /** There is no picture to show. */
  isGone() {
    this.element.dataset.gone = "";
  }

  /** @param {number} level 0..1 */
  level(level) {
    this.meter.style.setProperty("--part", level.toFixed(2));
  }

  #switch() {
    const hides = !this.element.hasAttribute("data-hidden");
    this.element.toggleAttribute("data-hidden", hides);
    this.toggle.textContent = hides ? gettext("Show picture") : gettext("Hide picture");
    this.note.textContent = hides ? gettext("Hidden from you only. Your camera stays on.") : "";
  }
}
