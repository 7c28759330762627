/**
 * The one quiet hint above the question, and the panel that shows what is being noticed. What could not be measured
 * says so, with the reason.
 *
 *   const noticed = new Noticed();
 *   noticed.cues(message);      // once a second
 *   noticed.event(message);
 */
import { gettext, interpolate } from "../../greenroom/i18n.js";
import { byId } from "../page-data.js";

const HINT_MS = 6000;
const EVENT_MS = 4000;

/**
 * How a value is written and how far its bar reaches (0..1).
 * @type {Record<string, {text: (v: number) => string, part: (v: number) => number}>}
 */
const ROWS = {
  GZ_DR: { text: percent, part: (v) => v },
  SMILE_SHARE: { text: percent, part: (v) => v },
  HD_AC: { text: (v) => interpolate(gettext("%(n)s °/s"), { n: Math.round(v) }), part: (v) => v / 40 },
  LOUD: { text: (v) => interpolate(gettext("%(n)s dB"), { n: whole(v) }), part: (v) => (v + 60) / 50 },
  F0_SD: { text: (v) => interpolate(gettext("%(n)s semitones"), { n: decimal(v) }), part: (v) => v / 6 },
  PAUSE_N: { text: (v) => String(Math.round(v)), part: (v) => v / 20 },
};

/** Whole numbers with a true minus sign, as on the pages. @param {number} v */
function whole(v) {
  return String(Math.round(v)).replace("-", "\u2212");
}

export class Noticed {
  #hintTimer = 0;
  #eventTimer = 0;

  constructor() {
    this.chip = byId("chip");
    this.seen = byId("noticed-event");
    this.rows = new Map(
      [...document.querySelectorAll("[data-cue]")].map((row) => [
        /** @type {HTMLElement} */ (row).dataset.cue ?? "",
        /** @type {HTMLElement} */ (row),
      ]),
    );
  }

  /** @param {{cues: Record<string, {v?: number, absent?: string}>, hint: {code: string, text: string} | null}} message */
  cues({ cues, hint }) {
    for (const [code, row] of this.rows) this.#fill(row, code, cues[code]);
    if (hint) this.#hint(hint.text);
  }

  /** @param {{code: string, phase: string}} message */
  event({ code, phase }) {
    if (phase === "end") return;
    const text = eventText(code);
    if (text === "") return;
    this.seen.textContent = text;
    clearTimeout(this.#eventTimer);
    this.#eventTimer = setTimeout(() => {
      this.seen.textContent = "";
    }, EVENT_MS);
  }

  /** Take the hint away: it belongs to a moment that is over. */
  quiet() {
    this.chip.dataset.hidden = "";
  }

  /** @param {string} text */
  #hint(text) {
    this.chip.textContent = text;
    delete this.chip.dataset.hidden;
    clearTimeout(this.#hintTimer);
    this.#hintTimer = setTimeout(() => this.quiet(), HINT_MS);
  }

  /**
   * @param {HTMLElement} row
   * @param {string} code
   * @param {{v?: number, absent?: string} | undefined} value
   */
  #fill(row, code, value) {
    const number = value?.v;
    const words = /** @type {HTMLElement} */ (row.querySelector(".noticed-value"));
    const bar = /** @type {HTMLElement} */ (row.querySelector(".noticed-bar"));
    // What the student left out is not sent at all.
    row.hidden = value === undefined;
    row.toggleAttribute("data-absent", number === undefined);
    if (number === undefined) {
      words.textContent = absentText(value?.absent);
      bar.style.setProperty("--part", "0");
      return;
    }
    words.textContent = ROWS[code].text(number);
    bar.style.setProperty("--part", String(Math.min(1, Math.max(0, ROWS[code].part(number)))));
    row.dataset.value = String(number);
  }
}

/** @param {number} share */
function percent(share) {
  return `${Math.round(share * 100)} %`;
}

/** @param {number} value One decimal, in the notation of the page's language. */
function decimal(value) {
  return value.toLocaleString(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/** @param {string} [reason] of scoring/cues/values.py */
export function absentText(reason) {
  const texts = /** @type {Record<string, string>} */ ({
    no_camera: gettext("without camera"),
    no_face: gettext("no face seen"),
    face_too_small: gettext("too far away"),
    too_dark: gettext("too dark"),
    no_sound: gettext("no sound"),
    no_voice: gettext("no voice yet"),
    noisy: gettext("too noisy"),
  });
  return texts[reason ?? ""] ?? gettext("not enough signal");
}

/** @param {string} code */
function eventText(code) {
  const texts = /** @type {Record<string, string>} */ ({
    NOD: gettext("A nod"),
    SHAKE: gettext("A shake of the head"),
    SMILE: gettext("A smile"),
    GAZE_AWAY: gettext("You looked away"),
    HAND_FACE: gettext("A hand at the face"),
    ARMS_CROSSED: gettext("Arms crossed"),
  });
  return texts[code] ?? "";
}
