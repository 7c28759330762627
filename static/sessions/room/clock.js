/**
 * Two quiet lines: time to think, and the answer's length against what is expected. Neither counts down, and neither
 * is announced: nobody should feel hurried.
 *
 *   const clock = new Clock(live);
 *   clock.start();
 */
const EVERY_MS = 500;
/** The expected length ends at four fifths of the line: going on is possible. */
const ROOM_BEYOND = 1.25;

export class Clock {
  /** @param {import("../live.js").LiveConnection} live */
  constructor(live) {
    this.live = live;
    this.thinking = /** @type {HTMLElement} */ (document.getElementById("thinking"));
    this.answering = /** @type {HTMLElement} */ (document.getElementById("answering"));
  }

  start() {
    setInterval(() => this.draw(), EVERY_MS);
  }

  draw() {
    const state = /** @type {any} */ (this.live.state);
    const name = state?.name === "paused" ? state.resumes : state?.name;
    this.thinking.hidden = name !== "thinking";
    this.answering.hidden = name !== "answering";
    if (!state?.answer || !state.question) return;
    const { asked_ms: asked, speech_ms: speech } = state.answer;
    if (name === "thinking") this.#think((this.live.streamMs - (asked ?? 0)) / 1000, state.question.thinking_s);
    if (name === "answering") this.#answer((this.live.streamMs - (speech ?? asked ?? 0)) / 1000, state.question.expected_s);
  }

  /**
   * @param {number} seconds
   * @param {number} offered
   */
  #think(seconds, offered) {
    this.thinking.style.setProperty("--part", share(seconds, offered));
  }

  /**
   * @param {number} seconds
   * @param {[number, number]} expected
   */
  #answer(seconds, [low, high]) {
    const whole = high * ROOM_BEYOND;
    this.answering.style.setProperty("--part", share(seconds, whole));
    this.answering.style.setProperty("--low", share(low, whole));
    this.answering.style.setProperty("--high", share(high, whole));
  }
}

/**
 * @param {number} part
 * @param {number} whole
 */
function share(part, whole) {
  return String(Math.min(1, Math.max(0, whole > 0 ? part / whole : 1)));
}
