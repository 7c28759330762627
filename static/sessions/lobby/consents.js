/**
 * The switches by purpose: each is sent the moment it is turned, and turned back where that failed.
 *
 *   const consents = new Consents({ url, csrfToken });
 *   consents.agrees("camera");
 *   consents.addEventListener("change", ({ detail }) => detail.purpose);
 */
import { gettext } from "../../greenroom/i18n.js";

export class Consents extends EventTarget {
  /** @param {{url: string, csrfToken: string}} options */
  constructor({ url, csrfToken }) {
    super();
    this.url = url;
    this.csrfToken = csrfToken;
    this.problem = /** @type {HTMLElement} */ (document.getElementById("consent-problem"));
    for (const block of document.querySelectorAll("[data-purpose]")) {
      this.#input(block)?.addEventListener("change", () => this.#turn(/** @type {HTMLElement} */ (block)));
    }
  }

  /** @param {string} purpose */
  agrees(purpose) {
    return Boolean(this.#input(document.querySelector(`[data-purpose="${purpose}"]`))?.checked);
  }

  /** @param {HTMLElement} block */
  async #turn(block) {
    const input = /** @type {HTMLInputElement} */ (this.#input(block));
    const { purpose = "", version = "" } = block.dataset;
    const refused = await this.#send(purpose, version, input.checked);
    if (refused !== null) input.checked = !input.checked;
    this.problem.textContent = refused ?? "";
    this.dispatchEvent(new CustomEvent("change", { detail: { purpose } }));
  }

  /**
   * @param {string} purpose
   * @param {string} version
   * @param {boolean} agreed
   * @returns {Promise<string | null>} why it failed
   */
  async #send(purpose, version, agreed) {
    const body = new URLSearchParams({ purpose, version, ...(agreed ? { agreed: "on" } : {}) });
    try {
      const answer = await fetch(this.url, { method: "POST", body, headers: { "X-CSRFToken": this.csrfToken } });
      if (answer.ok) return null;
      if (answer.status === 409) return await answer.text();
    } catch {
      // The line is broken: the words below say so.
    }
    return gettext("This choice could not be saved, so it is as it was before. Check your connection and try again.");
  }

  /** @param {Element | null} block @returns {HTMLInputElement | null} */
  #input(block) {
    return block?.querySelector("input[role=switch]") ?? null;
  }
}
