/**
 * Landmarks from a playing <video>: ten to fifteen times a second, in a Worker where that works, else on the page.
 *
 *   const perception = new Perception();
 *   perception.addEventListener("frame", ({ detail }) => connection.pushFrame(detail));
 *   perception.addEventListener("status", ({ detail }) => show(detail));
 *   perception.addEventListener("failed", ({ detail }) => goOnByVoice(detail.code, detail.text));
 *   await perception.start(video);      // resolves to true, or to false after "failed"
 *   perception.stop();                  // may be started again
 *
 * Events:
 * - "frame": {at, bytes, seen, ran, tookMs, width, height}: `at` is performance.now() of the picture, `bytes` the frame
 *   for the wire, `seen` the Observation (for drawing the face in the lobby; normalized 0..1, not mirrored).
 * - "status", once a second: {fps, skipped, faces, face, light, luma, thread, costs, poseEvery, handEvery, refused}:
 *   `fps` are the landmark frames of the last second, `skipped` the pictures that came while the detector was busy (all
 *   together), `face` is "found", "none" or "several", `light` is "ok", "dark" or "glare", `thread` "worker" or "page".
 * - "failed": {code, text}: no_wasm, no_webgl, load_failed, detector_failed. Practice goes on by voice alone.
 *
 * @typedef {import("./landmarks.js").Observation} Observation
 */
import { gettext } from "../greenroom/i18n.js";
import { Detector, DetectorError } from "./detector.js";
import { FASTEST_MS } from "./schedule.js";

const LOAD_TIMEOUT_MS = 60000;
const PICTURE_TIMEOUT_MS = 10000;
const PICTURE_WAIT_MS = 15;
const MAX_WIDTH = 640;
/** Mean luma below which landmarks get unreliable, and above which the picture is washed out. */
const DARK = 45;
const GLARE = 225;
const FACE_LOST_MS = 1000;
const UNCOUNTED_AFTER_MS = 1500;

/**
 * @param {string} code
 * @returns {string}
 */
function failureText(code) {
  if (code === "no_wasm" || code === "no_webgl") {
    return gettext("This browser cannot read the camera picture itself. You can practise by voice alone.");
  }
  if (code === "load_failed") {
    return gettext(
      "The part that reads the camera picture could not be loaded. Reload the page, or practise by voice.",
    );
  }
  return gettext(
    "Reading the camera picture stopped. Your voice is still heard; reload the page to try again.",
  );
}

/** The detector in a module Worker, one picture at a time. */
class WorkerDetector {
  thread = "worker";
  #worker;
  /** @type {{resolve: (data: any) => void, reject: (error: Error) => void} | null} */
  #waiting = null;

  /** @param {import("./detector.js").Where} where */
  static async create(where) {
    const detector = new WorkerDetector();
    await detector.#ask({ type: "load", where: { ...where, inWorker: true } }, [], LOAD_TIMEOUT_MS);
    return detector;
  }

  constructor() {
    this.#worker = new Worker(new URL("./perception-worker.js", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#settle(data);
    this.#worker.onerror = (event) => {
      this.#waiting?.reject(new DetectorError("load_failed", event.message || "The Worker did not start."));
    };
  }

  /**
   * @param {ImageBitmap} bitmap
   * @param {number} at
   */
  detect(bitmap, at) {
    return this.#ask({ type: "picture", bitmap, at }, [bitmap], PICTURE_TIMEOUT_MS);
  }

  close() {
    this.#waiting = null;
    this.#worker.onmessage = () => this.#worker.terminate();
    this.#worker.postMessage({ type: "close" });
  }

  /** @param {any} data */
  #settle(data) {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (data.type === "failed") waiting?.reject(new DetectorError(data.code, data.message));
    else waiting?.resolve(data);
  }

  /**
   * @param {object} message
   * @param {Transferable[]} transfer
   * @param {number} timeoutMs
   * @returns {Promise<any>}
   */
  #ask(message, transfer, timeoutMs) {
    return new Promise((resolve, reject) => {
      const late = () => reject(new DetectorError("load_failed", "The Worker did not answer."));
      const timer = setTimeout(late, timeoutMs);
      const settle = (/** @type {(value: any) => void} */ then) => (/** @type {any} */ value) => {
        clearTimeout(timer);
        then(value);
      };
      this.#waiting = { resolve: settle(resolve), reject: settle(reject) };
      this.#worker.postMessage(message, transfer);
    });
  }
}

/** The detector on the page: slower for everything else on it, but it works where module Workers do not. */
class PageDetector {
  thread = "page";

  /** @param {import("./detector.js").Where} where */
  static async create(where) {
    return new PageDetector(await Detector.create({ ...where, inWorker: false }));
  }

  /** @param {Detector} detector */
  constructor(detector) {
    this.detector = detector;
  }

  /**
   * @param {ImageBitmap} bitmap
   * @param {number} at
   */
  async detect(bitmap, at) {
    try {
      const found = this.detector.detect(bitmap, at);
      const { costs, intervalMs, poseEvery, handEvery } = this.detector.schedule;
      return { ...found, costs, intervalMs, poseEvery, handEvery, refused: this.detector.network.refused };
    } finally {
      bitmap.close();
    }
  }

  close() {
    this.detector.close();
  }
}

export class Perception extends EventTarget {
  /** @type {WorkerDetector | PageDetector | null} */
  #detector = null;
  /** @type {AbortController | null} */
  #running = null;

  /**
   * @param {{vendor?: string, models?: string, thread?: "auto" | "worker" | "page"}} [options] addresses of
   *   @mediapipe/tasks-vision and of the models, by default beside this module's folder
   */
  constructor({ vendor = "../vendor/mediapipe/", models = "../models/", thread = "auto" } = {}) {
    super();
    this.where = {
      vendor: new URL(vendor, import.meta.url).href,
      models: new URL(models, import.meta.url).href,
      inWorker: false,
    };
    this.wantedThread = thread;
  }

  /**
   * @param {HTMLVideoElement} video playing the camera
   * @returns {Promise<boolean>} false when landmarks cannot be had; "failed" has then said why
   */
  async start(video) {
    this.stop();
    const running = new AbortController();
    this.#running = running;
    try {
      const detector = await this.#makeDetector();
      if (running.signal.aborted) {
        detector.close();
        return false;
      }
      this.#detector = detector;
    } catch (error) {
      if (!running.signal.aborted) this.#fail(error, "load_failed");
      return false;
    }
    this.#loop(video, running.signal);
    return true;
  }

  stop() {
    this.#running?.abort();
    this.#running = null;
    this.#detector?.close();
    this.#detector = null;
  }

  async #makeDetector() {
    if (this.wantedThread === "page") return PageDetector.create(this.where);
    try {
      return await WorkerDetector.create(this.where);
    } catch (error) {
      if (this.wantedThread === "worker") throw error;
      return PageDetector.create(this.where);
    }
  }

  /**
   * @param {HTMLVideoElement} video
   * @param {AbortSignal} signal
   */
  async #loop(video, signal) {
    const status = new Status(this);
    const news = new PictureNews(video);
    let interval = FASTEST_MS;
    while (!signal.aborted) {
      const started = performance.now();
      if (!news.isNew(started)) {
        await pause(PICTURE_WAIT_MS);
        status.tick(performance.now(), interval);
        continue;
      }
      try {
        const found = await this.#see(video);
        if (signal.aborted) return;
        interval = found.intervalMs;
        status.add(found);
      } catch (error) {
        if (!signal.aborted) this.#fail(error, "detector_failed");
        return;
      }
      await pause(interval - (performance.now() - started));
      status.tick(performance.now(), interval);
    }
  }

  /**
   * @param {HTMLVideoElement} video
   * @returns {Promise<any>}
   */
  async #see(video) {
    const at = performance.now();
    const bitmap = await pictureOf(video);
    const { width, height } = bitmap;
    const found = await /** @type {WorkerDetector | PageDetector} */ (this.#detector).detect(bitmap, at);
    const { frame, seen, ran, tookMs } = found;
    this.#tell("frame", { at, bytes: frame, seen, ran, tookMs, width, height });
    return { ...found, thread: this.#detector?.thread };
  }

  /**
   * @param {unknown} error
   * @param {string} otherwise
   */
  #fail(error, otherwise) {
    const code = error instanceof DetectorError ? error.code : otherwise;
    this.stop();
    this.#tell("failed", { code, text: failureText(code), message: String(error) });
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/**
 * Says whether the video shows a picture that was not read yet. A camera in a dark room gives seven pictures a second,
 * and the same one read twice would look like a head that does not move.
 */
class PictureNews {
  #count = 0;
  #newAt = performance.now();
  /** False where the browser does not count the pictures of a camera. */
  #isCounted = true;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.video = video;
  }

  /** @param {number} now */
  isNew(now) {
    const { video } = this;
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return false;
    const count = video.getVideoPlaybackQuality?.().totalVideoFrames ?? 0;
    if (count === this.#count && this.#isCounted) {
      if (now - this.#newAt < UNCOUNTED_AFTER_MS || document.hidden || video.paused) return false;
      this.#isCounted = false;
    }
    this.#count = count;
    this.#newAt = now;
    return true;
  }
}

/** Counts what was seen and says it once a second. */
class Status {
  #times = /** @type {number[]} */ ([]);
  #last = /** @type {any} */ (null);
  #faceSeenAt = -Infinity;
  #toldAt = performance.now();
  skipped = 0;

  /** @param {EventTarget} target */
  constructor(target) {
    this.target = target;
  }

  /** @param {any} found */
  add(found) {
    const now = performance.now();
    this.#times.push(now);
    this.#last = found;
    if (found.seen.faces > 0) this.#faceSeenAt = now;
    // Pictures that a machine fast enough for 15 a second would have read meanwhile.
    this.skipped += Math.max(0, Math.round(found.tookMs / FASTEST_MS) - 1);
  }

  /**
   * @param {number} now
   * @param {number} interval ms that the loop aims at
   */
  tick(now, interval) {
    if (now - this.#toldAt < 1000) return;
    this.#times = this.#times.filter((time) => now - time <= 2000);
    this.#toldAt = now;
    const { seen, costs, poseEvery, handEvery, refused, thread } = this.#last ?? {};
    const detail = { fps: this.#times.length / 2, aimedFps: 1000 / interval, skipped: this.skipped, thread };
    Object.assign(detail, { faces: seen?.faces ?? 0, face: this.#face(now), luma: seen?.luma ?? 0 });
    Object.assign(detail, {
      light: lightOf(seen?.luma),
      costs,
      poseEvery,
      handEvery,
      refused: refused ?? [],
    });
    this.target.dispatchEvent(new CustomEvent("status", { detail }));
  }

  /** @param {number} now */
  #face(now) {
    if (now - this.#faceSeenAt > FACE_LOST_MS) return "none";
    return this.#last.seen.faces > 1 ? "several" : "found";
  }
}

/**
 * @param {number | undefined} luma
 * @returns {"ok" | "dark" | "glare"}
 */
function lightOf(luma = 0) {
  if (luma < DARK) return "dark";
  return luma > GLARE ? "glare" : "ok";
}

/**
 * @param {HTMLVideoElement} video
 * @returns {Promise<ImageBitmap>} at most MAX_WIDTH wide
 */
function pictureOf(video) {
  if (video.videoWidth <= MAX_WIDTH) return createImageBitmap(video);
  const resizeHeight = Math.round((video.videoHeight * MAX_WIDTH) / video.videoWidth);
  return createImageBitmap(video, { resizeWidth: MAX_WIDTH, resizeHeight, resizeQuality: "low" });
}

/**
 * @param {number} ms
 * @returns {Promise<void>}
 */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
