/**
 * Asks the question of the state "asking", by voice or by leaving time to read it, and says `asked` when it is asked.
 *
 *   const asking = new Asking(live, speaker, "en");
 *   asking.addEventListener("speaking", ({ detail }) => scene.speaks(detail.speaking, detail.how));
 *   asking.follow(state);       // with every state and welcome
 */
export class Asking extends EventTarget {
  /** Counts the tellings: one that was overtaken says nothing more. */
  #turn = 0;
  #isTelling = false;

  /**
   * @param {import("../live.js").LiveConnection} live
   * @param {import("../speech.js").Speaker} speaker
   * @param {string} language
   */
  constructor(live, speaker, language) {
    super();
    this.live = live;
    this.speaker = speaker;
    this.language = language;
  }

  /** @param {import("../live.js").PracticeState} state */
  follow(state) {
    if (state.name !== "asking") this.stop();
    else if (!this.#isTelling) this.#tell(state.question.text);
  }

  /** Be silent at once. */
  stop() {
    this.#turn += 1;
    if (!this.#isTelling) return;
    this.speaker.cancel();
    this.#end();
  }

  /** @param {string} text */
  async #tell(text) {
    const turn = ++this.#turn;
    this.#isTelling = true;
    const how = await this.speaker.mode(this.language);
    if (turn !== this.#turn) return;
    this.dispatchEvent(new CustomEvent("speaking", { detail: { speaking: true, how } }));
    await this.speaker.say(text, this.language);
    if (turn !== this.#turn) return;
    this.#end();
    // Whoever began to answer meanwhile has moved on: then there is nothing to say.
    this.live.do("asked").catch(() => undefined);
  }

  #end() {
    this.#isTelling = false;
    this.dispatchEvent(new CustomEvent("speaking", { detail: { speaking: false } }));
  }
}
