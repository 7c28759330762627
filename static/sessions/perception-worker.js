/**
 * The Worker in which landmarks are found: a thin shell around detector.js. Only perception.js talks to it.
 *
 * in:  {type: "load", where}            -> out: {type: "ready"} or {type: "failed", code, message}
 *      {type: "picture", bitmap, at}    -> out: {type: "found", at, seen, frame, ran, tookMs, costs, intervalMs,
 *                                                poseEvery, handEvery, refused}
 *                                               or {type: "failed", code: "detector_failed", message}
 *      {type: "close"}                  -> out: {type: "closed", refused}; the page then ends the Worker
 */
import { Detector, DetectorError } from "./detector.js";

// MediaPipe writes its progress ("INFO: Created ...", "W1121 09:36 ...") to the console as warnings and errors.
for (const method of /** @type {("log" | "warn" | "error")[]} */ (["log", "warn", "error"])) {
  const write = console[method].bind(console);
  console[method] = (...words) => {
    if (!/^(INFO:|[IW]\d{4} |Graph )/.test(String(words[0]))) write(...words);
  };
}

/** @type {Detector | null} */
let detector = null;

const handlers = {
  async load(/** @type {{where: import("./detector.js").Where}} */ { where }) {
    detector = await Detector.create(where);
    postMessage({ type: "ready" });
  },

  async picture(/** @type {{bitmap: ImageBitmap, at: number}} */ { bitmap, at }) {
    if (detector === null) return bitmap.close();
    try {
      const found = detector.detect(bitmap, at);
      const { costs, intervalMs, poseEvery, handEvery } = detector.schedule;
      const { refused } = detector.network;
      const answer = { type: "found", at, ...found, costs, intervalMs, poseEvery, handEvery, refused };
      postMessage(answer, { transfer: [found.frame.buffer] });
    } finally {
      bitmap.close();
    }
  },

  async close() {
    detector?.close();
    postMessage({ type: "closed", refused: detector?.network.refused ?? [] });
    detector = null;
  },
};

addEventListener("message", async ({ data }) => {
  try {
    await handlers[/** @type {keyof typeof handlers} */ (data.type)](data);
  } catch (error) {
    const code = error instanceof DetectorError ? error.code : "detector_failed";
    postMessage({ type: "failed", code, message: String(error instanceof Error ? error.message : error) });
  }
});
