/**
 * The interviewer's voice: the browser's speech synthesis where it has a voice for the language on this machine, else
 * silence for as long as reading the text takes. Which of the two it was is always said.
 *
 *   const speaker = new Speaker();
 *   await speaker.mode("en")                       // "voice" or "reading", before anything is said
 *   const told = await speaker.say(text, "en");    // Told, below
 *   speaker.cancel();                              // "repeat", "done": stops at once, `say` resolves with "cancelled"
 *   readingMs(text)                                // the estimate
 *
 * Only voices of this machine are used: the others send the text to their maker.
 * Synthesis that does not begin, or does not end in time (as happens in Chromium), counts as "stuck": it is cancelled,
 * the rest of the reading time is waited for, and `how` is then "reading".
 *
 * @typedef {{how: "voice" | "reading", ended: "end" | "cancelled" | "stuck", ms: number}} Told
 */

const VOICES_WAIT_MS = 1500;
const BEGIN_WITHIN_MS = 4000;
/** Slow readers of a second language: some 170 words a minute, and a moment to find the text. */
const READING_MS_PER_CHARACTER = 60;
const READING_START_MS = 1500;
const READING_LEAST_MS = 3000;
/** Speech takes longer than reading; a voice that takes thrice the estimate hangs. */
const STUCK_FACTOR = 3;

/**
 * @param {string} text
 * @returns {number} milliseconds that reading the text takes
 */
export function readingMs(text) {
  return Math.max(READING_LEAST_MS, READING_START_MS + READING_MS_PER_CHARACTER * text.trim().length);
}

export class Speaker {
  /** @type {(() => void) | null} */
  #cancelled = null;

  /** @param {{synthesis?: SpeechSynthesis | null, rate?: number}} [options] null: never speak */
  constructor({ synthesis = globalThis.speechSynthesis ?? null, rate = 0.95 } = {}) {
    this.synthesis = synthesis;
    this.rate = rate;
  }

  /**
   * @param {string} language such as "en" or "de-AT"
   * @returns {Promise<"voice" | "reading">}
   */
  async mode(language) {
    return (await this.#voiceFor(language)) === null ? "reading" : "voice";
  }

  /**
   * @param {string} text
   * @param {string} language
   * @returns {Promise<Told>}
   */
  async say(text, language) {
    this.cancel();
    const began = performance.now();
    const isCancelled = new Promise((resolve) => {
      this.#cancelled = () => resolve("cancelled");
    });
    const since = () => Math.round(performance.now() - began);
    const voice = await Promise.race([this.#voiceFor(language), isCancelled]);
    if (voice === "cancelled") return { how: "reading", ended: "cancelled", ms: since() };
    if (voice === null) return { how: "reading", ended: await this.#read(text, isCancelled), ms: since() };
    const ended = await Promise.race([this.#speak(text, voice), isCancelled]);
    if (ended !== "end") this.synthesis?.cancel();
    if (ended !== "stuck") return { how: "voice", ended, ms: since() };
    await Promise.race([wait(readingMs(text) - since()), isCancelled]);
    return { how: "reading", ended, ms: since() };
  }

  /** Stop at once. */
  cancel() {
    this.#cancelled?.();
    this.#cancelled = null;
  }

  /**
   * @param {string} text
   * @param {Promise<any>} isCancelled
   * @returns {Promise<"end" | "cancelled">}
   */
  #read(text, isCancelled) {
    return Promise.race([wait(readingMs(text)).then(() => /** @type {"end"} */ ("end")), isCancelled]);
  }

  /**
   * @param {string} text
   * @param {SpeechSynthesisVoice} voice
   * @returns {Promise<"end" | "stuck">}
   */
  async #speak(text, voice) {
    const synthesis = /** @type {SpeechSynthesis} */ (this.synthesis);
    // Chromium keeps a queue that hung before, and a paused state, until it is told otherwise.
    synthesis.cancel();
    synthesis.resume();
    for (const sentence of sentencesOf(text)) {
      if ((await this.#utter(sentence, voice)) === "stuck") return "stuck";
    }
    return "end";
  }

  /**
   * One sentence at a time: Chromium's synthesis stops in the middle of a text that takes longer than some 15 s.
   * @param {string} sentence
   * @param {SpeechSynthesisVoice} voice
   * @returns {Promise<"end" | "stuck">}
   */
  #utter(sentence, voice) {
    const utterance = new SpeechSynthesisUtterance(sentence);
    Object.assign(utterance, { voice, lang: voice.lang, rate: this.rate });
    return new Promise((resolve) => {
      const late = () => resolve("stuck");
      let timer = setTimeout(late, BEGIN_WITHIN_MS);
      utterance.onstart = () => {
        clearTimeout(timer);
        timer = setTimeout(late, STUCK_FACTOR * readingMs(sentence));
      };
      const settle = (/** @type {"end" | "stuck"} */ how) => () => {
        clearTimeout(timer);
        resolve(how);
      };
      utterance.onend = settle("end");
      utterance.onerror = settle("stuck");
      this.synthesis?.speak(utterance);
    });
  }

  /**
   * @param {string} language
   * @returns {Promise<SpeechSynthesisVoice | null>}
   */
  async #voiceFor(language) {
    if (this.synthesis === null) return null;
    const wanted = language.toLowerCase().split(/[-_]/)[0];
    const fitting = (await voicesOf(this.synthesis)).filter(
      (voice) => voice.localService && voice.lang.toLowerCase().split(/[-_]/)[0] === wanted,
    );
    const exact = fitting.filter(
      (voice) => voice.lang.toLowerCase().replace("_", "-") === language.toLowerCase(),
    );
    return exact[0] ?? fitting.find((voice) => voice.default) ?? fitting[0] ?? null;
  }
}

/**
 * The list of voices is empty until the browser has asked the system for it.
 * @param {SpeechSynthesis} synthesis
 * @returns {Promise<SpeechSynthesisVoice[]>}
 */
async function voicesOf(synthesis) {
  if (synthesis.getVoices().length > 0) return synthesis.getVoices();
  const changed = new Promise((resolve) =>
    synthesis.addEventListener?.("voiceschanged", resolve, { once: true }),
  );
  await Promise.race([changed, wait(VOICES_WAIT_MS)]);
  return synthesis.getVoices();
}

/**
 * @param {string} text
 * @returns {string[]}
 */
export function sentencesOf(text) {
  return text.match(/[^.!?…]+(?:[.!?…]+["'”’)]*|$)\s*/g)?.map((sentence) => sentence.trim()) ?? [text];
}

/** @param {number} ms */
function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
