/**
 * Shows where the interview stands: the question, what is asked of the person now, which buttons can be pressed, how
 * the interviewer looks. It decides nothing.
 *
 *   const scene = new Scene();
 *   scene.show(state);
 *   scene.speaks(true, "voice");
 *   scene.say("mending", gettext("..."));   scene.unsay("mending");
 *   scene.problem(gettext("..."));
 */
import { gettext, interpolate } from "../../greenroom/i18n.js";
import { byId } from "../page-data.js";

const MOODS = { asking: "listening", thinking: "waiting", answering: "listening", paused: "resting", lobby: "resting" };

export class Scene {
  /** Short remarks beside the state, by name, the newest last. @type {Map<string, string>} */
  #remarks = new Map();

  constructor() {
    this.room = byId("room");
    this.count = byId("count");
    this.question = byId("question");
    this.doing = byId("doing");
    this.interviewer = byId("interviewer");
    this.pause = /** @type {HTMLButtonElement} */ (byId("pause"));
    this.repeat = /** @type {HTMLButtonElement} */ (byId("repeat"));
    this.main = /** @type {HTMLButtonElement} */ (byId("main-action"));
    this.remark = byId("remark");
    this.alert = byId("problem");
    this.isSpeaking = false;
    this.how = "voice";
    /** @type {any} */
    this.state = null;
  }

  /** @param {import("../live.js").PracticeState} state */
  show(state) {
    this.state = state;
    this.room.dataset.state = state.name;
    const { question } = state;
    if (question) {
      this.count.textContent = interpolate(gettext("Question %(no)s of %(of)s"), {
        no: question.no + 1,
        of: question.of,
      });
      this.room.dataset.question = String(question.no);
      // Only a changed text is said again by a screen reader.
      if (this.question.textContent !== question.text) this.question.textContent = question.text;
    }
    this.#draw();
  }

  /**
   * @param {boolean} speaking
   * @param {"voice" | "reading"} [how]
   */
  speaks(speaking, how = "voice") {
    this.isSpeaking = speaking;
    this.how = how;
    if (speaking && how === "reading") this.say("reading", noVoiceText());
    else this.unsay("reading");
    this.#draw();
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  say(name, text) {
    this.#remarks.delete(name);
    this.#remarks.set(name, text);
    this.#remark();
  }

  /** @param {string} name */
  unsay(name) {
    if (this.#remarks.delete(name)) this.#remark();
  }

  /** Something that needs to be known at once; an empty text takes it away. @param {string} text */
  problem(text) {
    this.alert.textContent = text;
    this.alert.hidden = text === "";
  }

  #remark() {
    this.remark.textContent = [...this.#remarks.values()].at(-1) ?? "";
  }

  #draw() {
    const name = this.state?.name ?? "lobby";
    const text = doingText(name, this.isSpeaking && this.how === "voice");
    if (this.doing.textContent !== text) this.doing.textContent = text;
    const isVoice = this.isSpeaking && this.how === "voice";
    this.interviewer.dataset.mood = isVoice ? "speaking" : (MOODS[/** @type {"asking"} */ (name)] ?? "resting");
    enable(this.pause, ["asking", "thinking", "answering"].includes(name));
    enable(this.repeat, ["thinking", "answering"].includes(name));
    enable(this.main, ["asking", "thinking", "answering"].includes(name));
    const label = name === "answering" ? gettext("Done") : gettext("Start answering");
    const words = /** @type {HTMLElement} */ (this.main.querySelector(".label"));
    if (words.textContent !== label) words.textContent = label;
  }
}

/**
 * @param {string} name
 * @param {boolean} isVoice
 */
function doingText(name, isVoice) {
  if (name === "asking") return isVoice ? gettext("Listen to the question.") : gettext("Read the question.");
  if (name === "thinking") return gettext("Take your time. Begin when you are ready.");
  if (name === "answering") return gettext("Press Done when you have said it.");
  if (name === "paused") return gettext("Paused.");
  return "";
}

function noVoiceText() {
  return gettext("This browser has no voice for this language, so the questions are shown only.");
}

/**
 * Not `disabled`: a button that loses its focus in the middle of an interview takes the keyboard's place with it.
 * @param {HTMLButtonElement} button
 * @param {boolean} on
 */
function enable(button, on) {
  if (on) button.removeAttribute("aria-disabled");
  else button.setAttribute("aria-disabled", "true");
}
