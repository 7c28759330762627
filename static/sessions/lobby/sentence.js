/**
 * A test sentence, judged by its level against the room alone: nothing of it is sent, kept or understood.
 *
 *   const sentence = new Sentence();
 *   sentence.begin();
 *   sentence.add(level);        // every "level" of sound.js
 *   sentence.verdict()          // null while listening, else "clear" | "quiet" | "noisy" | "clipping" | "silent"
 */
const LISTEN_LEVELS = 50;
const CLEAR_DB = -45;
const SILENT_DB = -75;
const ABOVE_NOISE_DB = 12;
const LOUD_SHARE = 0.8;

export class Sentence {
  /** @type {number[] | null} */
  #levels = null;
  #noiseDb = -96;
  #clipped = 0;

  get isListening() {
    return this.#levels !== null;
  }

  begin() {
    this.#levels = [];
    this.#clipped = 0;
  }

  /** @param {{db: number, noiseDb: number, peakDb: number}} level */
  add({ db, noiseDb, peakDb }) {
    this.#levels?.push(db);
    this.#noiseDb = noiseDb;
    if (peakDb > -0.1) this.#clipped += 1;
  }

  /** @returns {"clear" | "quiet" | "noisy" | "clipping" | "silent" | null} */
  verdict() {
    if (this.#levels === null || this.#levels.length < LISTEN_LEVELS) return null;
    const sorted = [...this.#levels].sort((a, b) => a - b);
    this.#levels = null;
    const speech = sorted[Math.floor(sorted.length * LOUD_SHARE)];
    if (speech < SILENT_DB) return "silent";
    if (this.#clipped > LISTEN_LEVELS / 10) return "clipping";
    if (speech < CLEAR_DB) return "quiet";
    return speech - this.#noiseDb < ABOVE_NOISE_DB ? "noisy" : "clear";
  }
}
