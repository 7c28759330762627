/**
 * The optional recording of one answer: MediaRecorder in one-second chunks, kept in the browser until the server has
 * them. A recording is one run of the recorder; after a reload a new run is a new recording (with a URL of its own),
 * and what the old one left behind is brought by `resumeUploads`.
 *
 *   Recorder.isSupported()                                                // WebM or MP4
 *   const { url, mime } = await beginRecording(`/api/v1/answers/${id}/recording/`, { startedMs, csrfToken });
 *   const recorder = new Recorder({ url, mime, csrfToken });
 *   await recorder.start(media.stream);
 *   recorder.pause(); recorder.resume();
 *   await recorder.stop();          // recorded to the end; the upload goes on
 *   await recorder.finish();        // stop, and wait until the server has all: true; false where a part is missing
 *   await resumeUploads(csrfToken); // on any page, at its start: what an earlier page left behind
 *
 * Events: "progress" {recorded, uploaded} in bytes; "waiting" {retryMs}; "failed" {code, text}: the server's code, or
 * "recorder", "storage_full", "unsupported". A failed recording never stops the practice.
 */
import { gettext } from "../greenroom/i18n.js";
import { ChunkStore, StoreFull } from "./chunk-store.js";
import { Upload } from "./upload.js";

const CHUNK_MS = 1000;
const VIDEO_BITS_PER_S = 700_000;
const AUDIO_BITS_PER_S = 48_000;
const TYPES = {
  video: ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4;codecs=avc1.42E01E,mp4a.40.2", "video/mp4"],
  audio: ["audio/webm;codecs=opus", "audio/webm", "audio/mp4"],
};

/**
 * The recorder's type for a stream with or without a picture.
 * @param {"video" | "audio"} kind
 * @returns {string | null} null where this browser records nothing that we take
 */
export function supportedType(kind) {
  if (typeof MediaRecorder === "undefined") return null;
  return TYPES[kind].find((type) => MediaRecorder.isTypeSupported(type)) ?? null;
}

/**
 * Ask the server for a recording's URL.
 * @param {string} path of the answer's recordings
 * @param {{startedMs: number, csrfToken: string, kind?: "video" | "audio"}} about stream time at which it begins
 * @returns {Promise<{url: string, mime: string}>}
 * @throws {Error} where the browser cannot record, or the server refuses
 */
export async function beginRecording(path, { startedMs, csrfToken, kind = "video" }) {
  const mime = supportedType(kind);
  if (mime === null) throw new Error(unsupportedText());
  const headers = {
    "X-CSRFToken": csrfToken,
    "Content-Type": "application/json",
    Accept: "application/json",
  };
  const body = JSON.stringify({ mime, started_ms: Math.round(startedMs) });
  const answer = await fetch(path, { method: "POST", headers, body, credentials: "same-origin" });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.text ?? `The server answered ${answer.status}`);
  return { url: told.url, mime };
}

/**
 * Bring what an earlier page recorded and could not upload. What another window is recording now is left to it.
 * @param {string} csrfToken
 * @returns {Promise<number>} how many recordings became whole on the server
 */
export async function resumeUploads(csrfToken) {
  const store = await ChunkStore.open();
  const bring = async (/** @type {string} */ url) => {
    const release = await holdLock(url);
    if (release === null) return false;
    return new Upload({ url, store, csrfToken }).finish().finally(release);
  };
  const done = await Promise.all((await store.waiting()).map(({ url }) => bring(url)));
  return done.filter(Boolean).length;
}

/**
 * One window at a time works on a recording; the lock goes with the window, however it ends.
 * @param {string} url
 * @returns {Promise<(() => void) | null>} null where another holds it
 */
function holdLock(url) {
  if (!navigator.locks) return Promise.resolve(() => undefined);
  return new Promise((resolve) => {
    navigator.locks.request(`greenroom-recording ${url}`, { ifAvailable: true }, (lock) => {
      if (lock === null) return resolve(null);
      return new Promise((/** @type {(value?: unknown) => void} */ release) => resolve(() => release()));
    });
  });
}

export class Recorder extends EventTarget {
  /** @type {MediaRecorder | null} */
  #recorder = null;
  /** @type {Upload | null} */
  #upload = null;
  /** @type {ChunkStore | null} */
  #store = null;
  /** Chunks are kept one after the other. */
  #saving = Promise.resolve();
  /** @type {(() => void) | null} */
  #release = null;
  /** The recorder or the disk gave up: what was kept until then is still brought. */
  #isBroken = false;
  /** The server does not want it. */
  #isRefused = false;

  static isSupported() {
    return supportedType("video") !== null;
  }

  /** @param {{url: string, mime: string, csrfToken: string}} options `url` ends in / */
  constructor({ url, mime, csrfToken }) {
    super();
    this.url = new URL(url, location.href).href;
    this.mime = mime;
    this.csrfToken = csrfToken;
    this.recorded = 0;
  }

  /** @param {MediaStream} stream */
  async start(stream) {
    this.#store = await ChunkStore.open();
    this.#release = await holdLock(this.url);
    await this.#store.note(this.url, { mime: this.mime, isFinished: false, size: 0 });
    this.#upload = this.#makeUpload(this.#store);
    try {
      this.#recorder = new MediaRecorder(stream, {
        mimeType: this.mime,
        videoBitsPerSecond: VIDEO_BITS_PER_S,
        audioBitsPerSecond: AUDIO_BITS_PER_S,
      });
    } catch {
      return this.#break("unsupported", unsupportedText());
    }
    this.#recorder.ondataavailable = ({ data }) => this.#keep(data);
    this.#recorder.onerror = () => this.#break("recorder", stoppedText());
    this.#recorder.start(CHUNK_MS);
  }

  pause() {
    if (this.#recorder?.state === "recording") this.#recorder.pause();
  }

  resume() {
    if (this.#recorder?.state === "paused") this.#recorder.resume();
  }

  /** The end of the recording; what is recorded is safe in the browser then. */
  async stop() {
    const recorder = this.#recorder;
    if (recorder !== null && recorder.state !== "inactive") {
      const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
      recorder.stop();
      await stopped;
    }
    await this.#saving;
    if (this.#store === null || this.#isRefused) return;
    await this.#store.note(this.url, { mime: this.mime, isFinished: true, size: this.recorded });
  }

  /** @returns {Promise<boolean>} */
  async finish() {
    await this.stop();
    const isWhole = this.#upload !== null && !this.#isRefused && (await this.#upload.finish());
    this.#release?.();
    return isWhole && !this.#isBroken;
  }

  /** @param {ChunkStore} store */
  #makeUpload(store) {
    const upload = new Upload({ url: this.url, store, csrfToken: this.csrfToken });
    upload.addEventListener("progress", () => {
      this.#tell("progress", { recorded: this.recorded, uploaded: upload.offset });
    });
    upload.addEventListener("waiting", (event) => this.#tell("waiting", detailOf(event)));
    upload.addEventListener("failed", (event) => {
      const { code, text } = detailOf(event);
      this.#isRefused = true;
      this.#break(code, text);
    });
    return upload;
  }

  /** @param {Blob} blob */
  #keep(blob) {
    if (blob.size === 0) return;
    const offset = this.recorded;
    this.recorded += blob.size;
    this.#saving = this.#saving.then(() => this.#save(offset, blob));
  }

  /**
   * @param {number} offset
   * @param {Blob} blob
   */
  async #save(offset, blob) {
    // After a chunk that could not be kept there must be no other: the file would have a hole.
    if (this.#isBroken) return;
    try {
      await this.#store?.add(this.url, { offset, blob });
      this.#upload?.more();
    } catch (error) {
      if (error instanceof StoreFull) this.#break("storage_full", storageText());
      else this.#break("recorder", stoppedText());
    }
  }

  /**
   * @param {string} code
   * @param {string} text
   */
  #break(code, text) {
    if (this.#isBroken) return;
    this.#isBroken = true;
    if (this.#recorder !== null && this.#recorder.state !== "inactive") this.#recorder.stop();
    this.#tell("failed", { code, text });
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** @param {Event} event */
function detailOf(event) {
  return /** @type {CustomEvent} */ (event).detail;
}

function unsupportedText() {
  return gettext("This browser cannot record. You can practise without a recording.");
}

function stoppedText() {
  return gettext("The recording stopped. Your answer itself goes on.");
}

function storageText() {
  return gettext("The recording stopped because this device has no room left. Your answer itself goes on.");
}
