/**
 * Brings the waiting chunks of one recording to the server, in order, from where the server stands, until all is there.
 *
 *   const upload = new Upload({ url, store, csrfToken });
 *   upload.addEventListener("progress", ({ detail }) => detail.offset);
 *   upload.addEventListener("waiting", ({ detail }) => detail.retryMs);   // the line is broken; it goes on by itself
 *   upload.addEventListener("failed", ({ detail }) => detail.code);       // final: nothing more is sent
 *   upload.more();              // something new lies in the store
 *   await upload.finish();      // all is there and completed; true, or false after "failed"
 *   upload.stop();              // leave the rest in the store
 *
 * The server: PUT <url>?offset=N appends and answers {"offset": M}; 409 with {"offset": M} says where to go on;
 * GET <url> gives {"offset": M}; POST <url>complete/ finishes. 401, 403, 404, 413, 415 and 422 are final.
 */
import { gettext } from "../greenroom/i18n.js";
import { backoffMs, waitOrOnline } from "./backoff.js";

const PIECE_BYTES = 1024 * 1024;
const FINAL = new Set([400, 401, 403, 404, 410, 413, 415, 422]);

export class Upload extends EventTarget {
  #stopped = new AbortController();
  #isWorking = false;
  /** Something was added since the last look into the store. */
  #hasMore = false;
  #isFinished = false;
  #attempt = 0;
  /** @type {number | null} what the server has; null until it was asked */
  #offset = null;
  /** @type {((isComplete: boolean) => void)[]} */
  #waiters = [];
  /** @type {boolean | null} true complete, false failed or stopped */
  #outcome = null;

  /** @param {{url: string, store: import("./chunk-store.js").ChunkStore, csrfToken: string}} options */
  constructor({ url, store, csrfToken }) {
    super();
    this.url = url;
    this.store = store;
    this.csrfToken = csrfToken;
  }

  /** Bytes that the server has, as far as we know. */
  get offset() {
    return this.#offset ?? 0;
  }

  more() {
    this.#hasMore = true;
    if (!this.#isWorking && this.#outcome === null) this.#work();
  }

  /** @returns {Promise<boolean>} */
  finish() {
    this.#isFinished = true;
    this.more();
    return new Promise((resolve) => {
      if (this.#outcome === null) this.#waiters.push(resolve);
      else resolve(this.#outcome);
    });
  }

  stop() {
    this.#settle(false);
  }

  async #work() {
    this.#isWorking = true;
    while (this.#outcome === null && this.#hasMore) {
      this.#hasMore = false;
      const step = await this.#step().catch(() => this.#wait());
      if (step === "again") this.#hasMore = true;
    }
    this.#isWorking = false;
  }

  /** @returns {Promise<"again" | "idle">} */
  async #step() {
    if (this.#offset === null) return this.#take(await this.#ask("GET", ""));
    const piece = await this.store.from(this.url, this.#offset, PIECE_BYTES);
    if (piece !== null) return this.#take(await this.#ask("PUT", `?offset=${this.#offset}`, piece));
    if (!this.#isFinished) return "idle";
    const answer = await this.#ask("POST", "complete/");
    if (!answer.ok) return this.#take(answer);
    await this.store.forget(this.url);
    this.#settle(true);
    return "idle";
  }

  /**
   * @param {Response} answer
   * @returns {Promise<"again" | "idle">}
   */
  async #take(answer) {
    const body = await answer.json().catch(() => ({}));
    const isOffset = (answer.ok || answer.status === 409) && Number.isInteger(body.offset);
    if (isOffset) {
      if (answer.status === 409 && body.offset === this.#offset) throw new Error("The server repeats itself");
      this.#attempt = 0;
      this.#offset = body.offset;
      await this.store.drop(this.url, body.offset);
      this.#tell("progress", { offset: body.offset });
      return "again";
    }
    if (!FINAL.has(answer.status)) throw new Error(`The server answered ${answer.status}`);
    await this.store.forget(this.url);
    this.#tell("failed", { code: body.code ?? String(answer.status), text: body.text ?? refusedText() });
    this.#settle(false);
    return "idle";
  }

  /** @returns {Promise<"again">} */
  async #wait() {
    const retryMs = backoffMs(this.#attempt++, { baseMs: 1000, capMs: 30000 });
    this.#tell("waiting", { retryMs });
    await waitOrOnline(retryMs, this.#stopped.signal);
    // A piece may have arrived although its answer did not.
    this.#offset = null;
    return "again";
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Blob} [body]
   */
  #ask(method, path, body) {
    /** @type {Record<string, string>} */
    const headers = { "X-CSRFToken": this.csrfToken, Accept: "application/json" };
    if (body) headers["Content-Type"] = "application/octet-stream";
    return fetch(this.url + path, {
      method,
      headers,
      body,
      credentials: "same-origin",
      signal: this.#stopped.signal,
    });
  }

  /** @param {boolean} isComplete */
  #settle(isComplete) {
    if (this.#outcome !== null) return;
    this.#outcome = isComplete;
    this.#stopped.abort();
    for (const resolve of this.#waiters.splice(0)) resolve(isComplete);
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function refusedText() {
  return gettext("The server did not take the recording. Your answer itself is safe.");
}
