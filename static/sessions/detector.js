/**
 * MediaPipe's landmark tasks behind one call. Runs in the Worker, or on the page where module Workers fail.
 *
 *   const detector = await Detector.create({ vendor, models, inWorker: true });
 *   const found = await detector.detect(bitmap, performance.now());
 *   found.seen      // Observation of landmarks.js
 *   found.frame     // Uint8Array, ready for the wire
 *   found.ran       // ["face", "pose"]: the tasks that ran on this picture
 *   detector.close();
 *
 * The models run on the CPU: the same numbers on every machine, and none of the faults of graphics drivers. WebGL is
 * still needed, because MediaPipe hands pictures to its graph through it.
 *
 * @typedef {import("./landmarks.js").Observation} Observation
 * @typedef {import("./schedule.js").Task} Task
 * @typedef {object} Where
 * @property {string} vendor address of the folder of tasks-vision (from npm, by MediaPipe), ending in /
 * @property {string} models address of the folder of the .task models, ending in /
 * @property {boolean} inWorker
 * @typedef {{seen: Observation, frame: Uint8Array<ArrayBuffer>, ran: Task[], tookMs: number}} Found
 */
import { encodeFrame, meanLuma, observe } from "./landmarks.js";
import { stayHome } from "./same-origin.js";
import { Schedule } from "./schedule.js";

/** Why landmarks cannot be had here; `code` is no_wasm, no_webgl or load_failed. */
export class DetectorError extends Error {
  /**
   * @param {"no_wasm" | "no_webgl" | "load_failed"} code
   * @param {string} message for the log; the page shows its own words
   */
  constructor(code, message) {
    super(message);
    this.name = "DetectorError";
    this.code = code;
  }
}

const LUMA_SIZE = { width: 32, height: 24 };
/** numFaces is 2 so that a second person in the picture is noticed; blendshapes are not needed for the cues. */
const OPTIONS = {
  face: { numFaces: 2, outputFaceBlendshapes: false, outputFacialTransformationMatrixes: false },
  pose: { numPoses: 1, outputSegmentationMasks: false },
  hand: { numHands: 2 },
};
const CLASSES = { face: "FaceLandmarker", pose: "PoseLandmarker", hand: "HandLandmarker" };

export class Detector {
  /** @type {Partial<Record<Task, any>>} */
  #tasks = {};
  #lastTime = -1;
  /** @type {Promise<void> | null} */
  #loadingHands = null;
  #handsFailed = false;

  /**
   * Load the face and the pose; the hands are loaded later, if the machine has time for them.
   * @param {Where} where
   * @returns {Promise<Detector>}
   * @throws {DetectorError}
   */
  static async create(where) {
    const network = stayHome();
    requireWasm();
    requireWebgl();
    try {
      const library = await import(`${where.vendor}vision_bundle.mjs`);
      const detector = new Detector(where, library, network);
      await detector.#load("face");
      await detector.#load("pose");
      return detector;
    } catch (error) {
      throw new DetectorError("load_failed", String(error instanceof Error ? error.message : error));
    }
  }

  /**
   * Use `create`.
   * @param {Where} where
   * @param {any} library
   * @param {{refused: string[]}} network
   */
  constructor(where, library, network) {
    this.where = where;
    this.library = library;
    this.network = network;
    this.schedule = new Schedule();
    this.lumaCanvas = makeCanvas(LUMA_SIZE.width, LUMA_SIZE.height);
  }

  /**
   * Find landmarks in one picture. The picture is not closed.
   * @param {ImageBitmap} bitmap
   * @param {number} now ms, growing from call to call
   * @returns {Found}
   */
  detect(bitmap, now) {
    const started = performance.now();
    const time = Math.max(now, this.#lastTime + 1);
    this.#lastTime = time;
    const wanted = this.schedule.tasks(time);
    const ran = wanted.filter((task) => this.#isReady(task));
    const results = Object.fromEntries(ran.map((task) => [task, this.#run(task, bitmap, time)]));
    const seen = observe(
      {
        faces: results.face?.faceLandmarks,
        poses: results.pose?.landmarks,
        hands: results.hand?.landmarks,
        labels: results.hand?.handedness.map((/** @type {any} */ names) => names[0].categoryName),
      },
      this.#luma(bitmap),
    );
    const frame = encodeFrame(seen, bitmap.width / bitmap.height);
    return { seen, frame, ran, tookMs: performance.now() - started };
  }

  close() {
    for (const task of Object.values(this.#tasks)) task.close();
    this.#tasks = {};
  }

  /**
   * @param {Task} task
   * @returns {boolean}
   */
  #isReady(task) {
    if (this.#tasks[task]) return true;
    if (task === "hand" && !this.#handsFailed) {
      this.#loadingHands ??= this.#load("hand").catch(() => {
        this.#handsFailed = true;
      });
    }
    return false;
  }

  /**
   * @param {Task} task
   * @param {ImageBitmap} bitmap
   * @param {number} time
   */
  #run(task, bitmap, time) {
    const started = performance.now();
    const result = this.#tasks[task].detectForVideo(bitmap, time);
    this.schedule.took(task, performance.now() - started);
    return result;
  }

  /** @param {Task} task */
  async #load(task) {
    const fileset = await this.#fileset();
    const options = {
      baseOptions: { modelAssetPath: `${this.where.models}${task}.task`, delegate: "CPU" },
      runningMode: "VIDEO",
      ...OPTIONS[task],
    };
    this.#tasks[task] = await this.library[CLASSES[task]].createFromOptions(fileset, options);
    if (task === "hand") this.schedule.handsTriedAt = -Infinity;
  }

  /**
   * A module Worker cannot import scripts, so there the loader is an ES module. The library expects the loader to set
   * a global each time and clears it after use, but a module runs only once: we set the global ourselves.
   */
  async #fileset() {
    const { inWorker, vendor } = this.where;
    const fileset = await this.library.FilesetResolver.forVisionTasks(`${vendor}wasm`, inWorker);
    if (inWorker) {
      const loader = await import(fileset.wasmLoaderPath);
      Object.assign(globalThis, { ModuleFactory: loader.default });
    }
    return fileset;
  }

  /** @param {ImageBitmap} bitmap */
  #luma(bitmap) {
    const context = /** @type {CanvasRenderingContext2D} */ (
      this.lumaCanvas.getContext("2d", { willReadFrequently: true })
    );
    context.drawImage(bitmap, 0, 0, LUMA_SIZE.width, LUMA_SIZE.height);
    return meanLuma(context.getImageData(0, 0, LUMA_SIZE.width, LUMA_SIZE.height).data);
  }
}

function requireWasm() {
  if (typeof WebAssembly !== "object") throw new DetectorError("no_wasm", "This browser has no WebAssembly.");
}

function requireWebgl() {
  let context = null;
  try {
    context = makeCanvas(1, 1).getContext("webgl2");
  } catch {
    // An OffscreenCanvas without WebGL throws in some browsers.
  }
  if (context === null) throw new DetectorError("no_webgl", "WebGL 2 is not available here.");
  /** @type {any} */ (context).getExtension("WEBGL_lose_context")?.loseContext();
}

/**
 * @param {number} width
 * @param {number} height
 * @returns {OffscreenCanvas | HTMLCanvasElement}
 */
function makeCanvas(width, height) {
  if (typeof OffscreenCanvas === "function") return new OffscreenCanvas(width, height);
  if (typeof document === "undefined") throw new DetectorError("no_webgl", "No canvas in this Worker.");
  return Object.assign(document.createElement("canvas"), { width, height });
}
