/**
 * The four verdicts of the device check, in words with what to do. A verdict is said to a screen reader only when it has
 * changed and held for a moment.
 */
import { gettext } from "../../greenroom/i18n.js";

const SAID_AFTER_MS = 1500;

/** @typedef {"wait" | "good" | "act"} Kind */

export class Verdicts {
  #timer = 0;
  /** Seconds in a row without a face: one alone is a slow moment of this machine. */
  #secondsWithout = 0;

  constructor() {
    this.list = /** @type {HTMLElement} */ (document.getElementById("verdicts"));
    this.spoken = /** @type {HTMLElement} */ (document.getElementById("spoken"));
    this.bar = /** @type {HTMLElement} */ (document.getElementById("level"));
  }

  /** @param {boolean} camera */
  show(camera) {
    this.list.hidden = false;
    this.list.toggleAttribute("data-voice-only", !camera);
    this.#set("sound", "wait", gettext("Listening."));
    this.#set("noise", "wait", gettext("Listening."));
    if (!camera) return;
    this.#set("face", "wait", gettext("Looking for your face."));
    this.#set("light", "wait", gettext("Looking."));
  }

  /** Nothing is heard: there is nothing to judge. */
  hide() {
    this.list.hidden = true;
  }

  /** @param {{face: string, light: string}} status of perception.js */
  picture({ face, light }) {
    this.#secondsWithout = face === "none" ? this.#secondsWithout + 1 : 0;
    if (this.#secondsWithout !== 1) this.#set("face", ...faceVerdict(face));
    this.#set("light", ...lightVerdict(light));
  }

  /** @param {string} text why the picture cannot be read */
  pictureFailed(text) {
    this.#set("face", "act", text);
    this.#set("light", "wait", "");
  }

  /** @param {{meter: number, verdict: string, db: number, noiseDb: number}} level of sound.js */
  sound({ meter, verdict }) {
    this.bar.style.setProperty("--part", meter.toFixed(2));
    this.#set("sound", ...soundVerdict(verdict));
    this.#set("noise", ...noiseVerdict(verdict));
  }

  /**
   * @param {string} name
   * @param {Kind} kind
   * @param {string} text
   */
  #set(name, kind, text) {
    const row = /** @type {HTMLElement} */ (document.getElementById(`verdict-${name}`));
    const words = /** @type {HTMLElement} */ (row.querySelector(".verdict-text"));
    if (row.dataset.kind === kind && words.textContent === text) return;
    row.dataset.kind = kind;
    words.textContent = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#say(), SAID_AFTER_MS);
  }

  #say() {
    const rows = [...this.list.querySelectorAll(".verdict")].filter((row) => /** @type {HTMLElement} */ (row).offsetParent);
    const texts = rows.map((row) => `${row.querySelector("strong")?.textContent}: ${row.querySelector(".verdict-text")?.textContent}`);
    this.spoken.textContent = texts.join(" ");
  }
}

/**
 * @param {string} face
 * @returns {[Kind, string]}
 */
function faceVerdict(face) {
  if (face === "found") return ["good", gettext("Found.")];
  if (face === "several") return ["act", gettext("More than one face. Only you should be in the picture.")];
  return ["act", gettext("Not found. Sit so that your face is in the middle of the picture.")];
}

/**
 * @param {string} light
 * @returns {[Kind, string]}
 */
function lightVerdict(light) {
  if (light === "ok") return ["good", gettext("Good.")];
  if (light === "dark") return ["act", gettext("Too dark. Switch on a lamp in front of you.")];
  return ["act", gettext("Too bright. Turn away from the window or the lamp.")];
}

/**
 * @param {string} verdict
 * @returns {[Kind, string]}
 */
function soundVerdict(verdict) {
  if (verdict === "listening") return ["wait", gettext("Listening.")];
  if (verdict === "silent") return ["act", gettext("Nothing is heard. Is the microphone switched off?")];
  if (verdict === "clipping") return ["act", gettext("Too loud. Move away from the microphone a little.")];
  return ["good", gettext("It works.")];
}

/**
 * @param {string} verdict
 * @returns {[Kind, string]}
 */
function noiseVerdict(verdict) {
  if (verdict === "listening" || verdict === "silent") return ["wait", gettext("Listening.")];
  if (verdict === "noisy") return ["act", gettext("It is loud around you. A quieter room gives better results.")];
  return ["good", gettext("Enough.")];
}
