/**
 * The microphone as blocks of 16 kHz mono sound, with a level meter and the noise of the room.
 *
 *   const sound = new Sound();
 *   sound.addEventListener("block", ({ detail }) => connection.pushSound(detail.samples, detail.at));
 *   sound.addEventListener("level", ({ detail }) => meter.value = detail.meter);
 *   sound.addEventListener("halted", ({ detail }) => ...);     // the system took the sound away; call resume()
 *   await sound.start(audioTrack);      // after a click: browsers start sound only then; throws SoundError
 *   await sound.resume();
 *   await sound.stop();
 *
 * Events:
 * - "block", every 50 ms: {samples: Int16Array(800), at}: `at` is performance.now() when the block arrived.
 * - "level", every 100 ms: {meter, db, noiseDb, peakDb, clipped, verdict, lost}: `db` is the level in dBFS (-96: none),
 *   `noiseDb` the noise of the room (the tenth percentile of the last 10 s), `meter` 0..1 for a bar, `lost` the samples
 *   the browser skipped, all together, and `verdict` one of "listening" (under 2 s heard), "silent" (no sound at all: a
 *   muted microphone), "noisy" (the room is louder than a voice should have to be), "clipping", "ok".
 * - "halted": {state}: the AudioContext is suspended or interrupted (a telephone call, another app).
 * - "resumed".
 */

const RATE = 16000;
const SILENCE_DB = -96;
const SILENT_BELOW_DB = -80;
const NOISY_ABOVE_DB = -38;
const METER_FLOOR_DB = -60;
const HISTORY_BLOCKS = 200;
const VERDICT_AFTER_BLOCKS = 40;
const CLIPPING_SHARE = 0.002;
const BLOCK = 800;

/** Sound cannot be had; `code` is no_worklet, not_started or failed. */
export class SoundError extends Error {
  /**
   * @param {"no_worklet" | "not_started" | "failed"} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = "SoundError";
    this.code = code;
  }
}

export class Sound extends EventTarget {
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {MediaStreamAudioSourceNode | null} */
  #source = null;
  #meter = new SoundMeter();

  /** The rate that the browser gave; other than 16000 it is resampled. @returns {number | null} */
  get contextRate() {
    return this.#context?.sampleRate ?? null;
  }

  /**
   * @param {MediaStreamTrack} track of a microphone
   * @returns {Promise<void>}
   * @throws {SoundError}
   */
  async start(track) {
    await this.stop();
    const stream = new MediaStream([track]);
    this.#meter = new SoundMeter();
    try {
      await this.#connect(stream, { sampleRate: RATE, latencyHint: "interactive" });
    } catch (error) {
      if (error instanceof SoundError) throw error;
      // Some browsers refuse a microphone in a context of another rate than its own: take theirs and resample.
      await this.stop();
      await this.#connect(stream, { latencyHint: "interactive" }).catch((reason) => {
        throw new SoundError("failed", String(reason));
      });
    }
    await this.resume();
  }

  /** Go on after "halted", or after a start without a click. Throws SoundError where the browser still refuses. */
  async resume() {
    const context = this.#context;
    if (context === null || context.state === "running") return;
    await Promise.race([
      context.resume().catch(() => undefined),
      new Promise((resolve) => setTimeout(resolve, 2000)),
    ]);
    if (/** @type {string} */ (context.state) !== "running") {
      throw new SoundError("not_started", "The browser starts sound only after a click.");
    }
  }

  async stop() {
    const context = this.#context;
    this.#source?.disconnect();
    this.#source = null;
    this.#context = null;
    if (context !== null && context.state !== "closed") await context.close();
  }

  /**
   * @param {MediaStream} stream
   * @param {AudioContextOptions} options
   */
  async #connect(stream, options) {
    const context = new AudioContext(options);
    this.#context = context;
    if (!context.audioWorklet) throw new SoundError("no_worklet", "This browser has no AudioWorklet.");
    await context.audioWorklet.addModule(new URL("./sound-worklet.js", import.meta.url));
    this.#source = context.createMediaStreamSource(stream);
    const node = new AudioWorkletNode(context, "greenroom-sound", { numberOfInputs: 1, numberOfOutputs: 1 });
    node.port.onmessage = ({ data }) => {
      if (this.#context === context) this.#hear(data);
    };
    // The output is silence. Without a way to the speakers some browsers do not run the node at all.
    this.#source.connect(node).connect(context.destination);
    context.onstatechange = () => this.#changed(context);
  }

  /** @param {{samples: Int16Array, rms: number, peak: number, clipped: number, lost: number}} data */
  #hear(data) {
    this.dispatchEvent(
      new CustomEvent("block", { detail: { samples: data.samples, at: performance.now() } }),
    );
    const level = this.#meter.add(data);
    if (level !== null) this.dispatchEvent(new CustomEvent("level", { detail: level }));
  }

  /** @param {AudioContext} context */
  #changed(context) {
    if (this.#context !== context || context.state === "closed") return;
    const { state } = context;
    if (state === "running") this.dispatchEvent(new CustomEvent("resumed"));
    else this.dispatchEvent(new CustomEvent("halted", { detail: { state } }));
  }
}

/** Level, room noise and a verdict from the blocks' figures. */
export class SoundMeter {
  #levels = /** @type {number[]} */ ([]);
  #clips = /** @type {number[]} */ ([]);
  #blocks = 0;
  #lost = 0;
  #peak = 0;

  /**
   * @param {{rms: number, peak: number, clipped: number, lost: number}} block
   * @returns {object | null} the "level" event's detail, with every second block
   */
  add({ rms, peak, clipped, lost }) {
    this.#levels.push(toDb(rms));
    this.#clips.push(clipped);
    if (this.#levels.length > HISTORY_BLOCKS) {
      this.#levels.shift();
      this.#clips.shift();
    }
    this.#lost += lost;
    this.#peak = Math.max(this.#peak, peak);
    return ++this.#blocks % 2 === 0 ? this.#report() : null;
  }

  #report() {
    const db = Math.max(...this.#levels.slice(-2));
    const noiseDb = [...this.#levels].sort((a, b) => a - b)[Math.floor(this.#levels.length / 10)];
    const meter = Math.min(1, Math.max(0, 1 - db / METER_FLOOR_DB));
    const peakDb = toDb(this.#peak);
    this.#peak = 0;
    const clipped = this.#clips.reduce((sum, count) => sum + count, 0);
    return {
      meter,
      db,
      noiseDb,
      peakDb,
      clipped,
      verdict: this.#verdict(noiseDb, clipped),
      lost: this.#lost,
    };
  }

  /**
   * @param {number} noiseDb
   * @param {number} clipped
   */
  #verdict(noiseDb, clipped) {
    if (this.#blocks < VERDICT_AFTER_BLOCKS) return "listening";
    if (Math.max(...this.#levels.slice(-VERDICT_AFTER_BLOCKS)) < SILENT_BELOW_DB) return "silent";
    if (clipped > CLIPPING_SHARE * BLOCK * this.#clips.length) return "clipping";
    return noiseDb > NOISY_ABOVE_DB ? "noisy" : "ok";
  }
}

/** @param {number} amplitude 0..1 */
function toDb(amplitude) {
  return amplitude <= 10 ** (SILENCE_DB / 20) ? SILENCE_DB : 20 * Math.log10(amplitude);
}
