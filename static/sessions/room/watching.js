/**
 * The one or two cues that a drill watches, each with its value of the last seconds and whether that is where the person
 * wants it. A value that is read out every second would talk over the answer: only a change of that state is said.
 *
 *   const watching = new Watching(page.drill);   // [] where the session is no drill: then nothing is shown
 *   watching.cues(message);                      // once a second
 *   watching.rest();                             // between question and answer
 */
import { gettext, interpolate } from "../../greenroom/i18n.js";
import { absentText } from "./noticed.js";

/** Values of one second are averaged over so many. */
const CALM_OVER = 10;
/** A state is shown once it has lasted so many seconds. */
const SURE_AFTER = 3;

/** @typedef {{code: string, name: string, low: number | null, high: number | null, unit: string, scale: number,
 *   decimals: number, calm: boolean, live: boolean}} Watched */

export class Watching {
  /** @param {Watched[]} watched */
  constructor(watched) {
    this.said = document.getElementById("watching-said");
    this.rows = watched.filter(({ live }) => live).map((one) => new Row(one));
  }

  /** @param {{cues: Record<string, {v?: number, absent?: string}>}} message */
  cues({ cues }) {
    const changed = this.rows.filter((row) => row.show(cues[row.watched.code]));
    if (this.said && changed.length > 0) this.said.textContent = changed.map((row) => row.spoken()).join(" ");
  }

  /** What was seen before belongs to what was said before. */
  rest() {
    for (const row of this.rows) row.forget();
  }
}

class Row {
  /** @type {number[]} */
  #last = [];
  #state = "";
  #candidate = "";
  #held = 0;

  /** @param {Watched} watched */
  constructor(watched) {
    this.watched = watched;
    const row = /** @type {HTMLElement} */ (document.querySelector(`[data-watched="${watched.code}"]`));
    this.row = row;
    this.value = /** @type {HTMLElement} */ (row.querySelector(".watched-value"));
    this.where = /** @type {HTMLElement} */ (row.querySelector(".watched-state"));
  }

  /**
   * @param {{v?: number, absent?: string} | undefined} found
   * @returns {boolean} whether the state is another one now
   */
  show(found) {
    if (found?.v === undefined) {
      this.value.textContent = found ? absentText(found.absent) : "";
      this.row.toggleAttribute("data-absent", true);
      return false;
    }
    const { calm } = this.watched;
    this.#last = [...this.#last, found.v].slice(calm ? -CALM_OVER : -1);
    const mean = this.#last.reduce((sum, value) => sum + value, 0) / this.#last.length;
    this.value.textContent = this.#amount(mean);
    this.row.toggleAttribute("data-absent", false);
    this.row.dataset.value = String(mean);
    return this.#judge(mean);
  }

  forget() {
    this.#last = [];
    this.#candidate = "";
    this.#held = 0;
  }

  spoken() {
    return `${this.watched.name}: ${this.where.textContent}.`;
  }

  /** @param {number} value */
  #judge(value) {
    const { low, high } = this.watched;
    if (low === null && high === null) return false;
    const now = low !== null && value < low ? "more" : high !== null && value > high ? "less" : "there";
    this.#held = now === this.#candidate ? this.#held + 1 : 1;
    this.#candidate = now;
    if (now === this.#state || this.#held < SURE_AFTER) return false;
    this.#state = now;
    this.row.dataset.state = now;
    this.where.textContent = stateText(now);
    return true;
  }

  /** @param {number} value */
  #amount(value) {
    const { scale, decimals, unit } = this.watched;
    const n = (value * scale).toLocaleString(document.documentElement.lang, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
    const text = n.replace("-", "\u2212");
    return unit === "" ? text : interpolate(gettext("%(n)s %(unit)s"), { n: text, unit });
  }
}

/** @param {string} state */
function stateText(state) {
  if (state === "more") return gettext("a little more");
  return state === "less" ? gettext("a little less") : gettext("where you want it");
}
