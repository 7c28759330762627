/**
 * Keeps a recording of each answer, where the student chose to. It never stops the practice: what fails is only said.
 *
 *   const recordings = new Recordings({ answers: "/api/v1/answers/", csrfToken });
 *   recordings.addEventListener("failed", ({ detail }) => say(detail.text));
 *   recordings.follow(state, live.streamMs, devices.media.stream);
 *   await recordings.finish();       // the last uploads
 */
import { gettext } from "../../greenroom/i18n.js";
import { beginRecording, Recorder, resumeUploads } from "../recorder.js";

const STREAMING = new Set(["asking", "thinking", "answering"]);
const FINISH_WITHIN_MS = 20000;

export class Recordings extends EventTarget {
  /** @type {string | null} the answer that is being recorded */
  #answer = null;
  /** @type {Promise<Recorder | null>} */
  #current = Promise.resolve(null);
  /** @type {Promise<boolean>[]} */
  #finishing = [];
  /** What lies between asking the server and the recorder's first picture; learnt from the last one. */
  #lateMs = 100;

  /** @param {{answers: string, csrfToken: string}} options */
  constructor({ answers, csrfToken }) {
    super();
    this.answers = answers;
    this.csrfToken = csrfToken;
    resumeUploads(csrfToken).catch(() => undefined);
  }

  /**
   * @param {import("../live.js").PracticeState} state
   * @param {number} streamMs
   * @param {MediaStream} stream
   */
  follow(state, streamMs, stream) {
    const id = STREAMING.has(state.name) ? /** @type {any} */ (state.answer).id : null;
    if (id === this.#answer) return;
    // A pause ends the segment: the recording is on the answer's clock, which stands still meanwhile.
    this.stop();
    if (id) this.#begin(id, streamMs, stream);
  }

  /** @returns {Promise<boolean>} false where a part is not on the server yet; it is brought later */
  async finish() {
    this.stop();
    const all = Promise.all(this.#finishing).then((done) => done.every(Boolean));
    const late = new Promise((resolve) => setTimeout(() => resolve(false), FINISH_WITHIN_MS));
    return Boolean(await Promise.race([all, late]));
  }

  /** End the segment; its upload goes on. */
  stop() {
    if (this.#answer === null) return;
    this.#answer = null;
    const current = this.#current;
    this.#finishing.push(current.then((recorder) => recorder?.finish() ?? true).catch(() => false));
  }

  /**
   * @param {string} id
   * @param {number} streamMs
   * @param {MediaStream} stream
   */
  #begin(id, streamMs, stream) {
    this.#answer = id;
    this.#current = this.#record(id, streamMs, stream).catch((error) => {
      this.#fail(error instanceof Error ? error.message : String(error));
      return null;
    });
  }

  /**
   * @param {string} id
   * @param {number} streamMs
   * @param {MediaStream} stream
   */
  async #record(id, streamMs, stream) {
    const { csrfToken } = this;
    const began = performance.now();
    const kind = stream.getVideoTracks().length > 0 ? "video" : "audio";
    const { url, mime } = await beginRecording(`${this.answers}${id}/recording/`, {
      startedMs: streamMs + this.#lateMs,
      csrfToken,
      kind,
    });
    const recorder = new Recorder({ url, mime, csrfToken });
    recorder.addEventListener("failed", (event) => this.#fail(/** @type {CustomEvent} */ (event).detail.text));
    await recorder.start(stream);
    this.#lateMs = performance.now() - began;
    return recorder;
  }

  /** @param {string} text */
  #fail(text) {
    const detail = { text: text || gettext("The recording stopped. Your answer itself goes on.") };
    this.dispatchEvent(new CustomEvent("failed", { detail }));
  }
}
