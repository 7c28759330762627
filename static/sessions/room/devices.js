/**
 * Camera, microphone, sound and landmarks of the room as one thing.
 *
 *   const devices = new Devices({ camera: true, video });
 *   devices.addEventListener("block", ({ detail }) => live.pushSound(detail.samples, detail.at));
 *   devices.addEventListener("frame", ({ detail }) => live.pushFrame(detail.bytes, detail.at));
 *   await devices.open();                  // after a click; throws DevicesError where practice cannot go on
 *   await devices.wake();                  // the system took the sound away and it is wanted back
 *
 * Events: "block", "frame", "level" of the engine; "status" of Perception; "lost" {device, code, text}: the microphone is
 * gone or silenced, practice must pause; "byVoice" {text}: the camera is gone or cannot be read, practice goes on;
 * "seeing" {}: the camera is read again.
 */
import { Media } from "../media.js";
import { chosenDevices } from "../page-data.js";
import { Perception } from "../perception.js";
import { Sound, SoundError } from "../sound.js";
import { gettext } from "../../greenroom/i18n.js";

const PERCEPTION_WAIT_MS = 8000;

/** Practice needs a microphone and sound; `code` as in media.js and sound.js. */
export class DevicesError extends Error {
  /**
   * @param {string} code
   * @param {string} text for the person
   */
  constructor(code, text) {
    super(text);
    this.name = "DevicesError";
    this.code = code;
  }
}

export class Devices extends EventTarget {
  media = new Media();
  sound = new Sound();
  perception = new Perception();

  /** @param {{camera: boolean, video: HTMLVideoElement}} options `video` shows the own picture */
  constructor({ camera, video }) {
    super();
    this.wantsCamera = camera;
    this.video = video;
    this.#pass(this.sound, ["block", "level"]);
    this.#pass(this.perception, ["frame", "status"]);
    this.sound.addEventListener("halted", () => this.#lost("microphone", "halted", haltedText()));
    this.perception.addEventListener("failed", (event) => this.#byVoice(detailOf(event).text));
    this.media.addEventListener("ended", (event) => this.#ended(detailOf(event).device));
    this.media.addEventListener("muted", (event) => {
      if (detailOf(event).device === "microphone") this.#lost("microphone", "muted", mutedText());
    });
  }

  /** Whether a picture is there to be read. */
  get sees() {
    return this.media.camera !== null;
  }

  /** Open what is wanted and begin to hear and to see. Resolves when the landmarks come, or after some seconds. */
  async open() {
    const { microphone, problems } = await this.media.open({ camera: this.wantsCamera, ...chosenDevices() });
    const missing = problems.find((problem) => problem.device === "microphone");
    if (microphone === null) throw new DevicesError(missing?.code ?? "failed", missing?.text ?? "");
    await this.#hear(microphone);
    if (!this.wantsCamera) return;
    if (this.sees) await this.#see();
    else this.#byVoice(problems.find((problem) => problem.device === "camera")?.text ?? "");
  }

  /** After "lost": the microphone again, and sound from it. */
  async wake() {
    if (this.media.microphone === null || this.media.microphone.muted) return this.open();
    await this.#hear(this.media.microphone);
  }

  close() {
    this.perception.stop();
    this.sound.stop();
    this.media.close();
    this.video.srcObject = null;
  }

  /** @param {MediaStreamTrack} microphone */
  async #hear(microphone) {
    try {
      await this.sound.start(microphone);
    } catch (error) {
      const code = error instanceof SoundError ? error.code : "failed";
      throw new DevicesError(code, soundText(code));
    }
  }

  async #see() {
    this.video.srcObject = this.media.cameraStream;
    await this.video.play().catch(() => undefined);
    const started = this.perception.start(this.video);
    started.then((works) => works && this.#tell("seeing", {}));
    // The models are some megabytes: the interview does not wait for them longer than this.
    await Promise.race([started, new Promise((resolve) => setTimeout(resolve, PERCEPTION_WAIT_MS))]);
  }

  /** @param {"camera" | "microphone"} device */
  #ended(device) {
    if (device === "microphone") return this.#lost(device, "missing", goneText());
    this.perception.stop();
    this.video.srcObject = null;
    this.#byVoice(cameraGoneText());
  }

  /** @param {string} text */
  #byVoice(text) {
    this.#tell("byVoice", { text });
  }

  /**
   * @param {string} device
   * @param {string} code
   * @param {string} text
   */
  #lost(device, code, text) {
    this.#tell("lost", { device, code, text });
  }

  /**
   * @param {EventTarget} from
   * @param {string[]} types
   */
  #pass(from, types) {
    for (const type of types) from.addEventListener(type, (event) => this.#tell(type, detailOf(event)));
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

/** @param {string} code */
function soundText(code) {
  if (code === "no_worklet") {
    return gettext("This browser is too old to hear you. Use a current Chrome, Edge, Firefox or Safari.");
  }
  if (code === "not_started") return gettext("The browser waits for your click before it listens.");
  return gettext("The sound of your microphone could not be read. Choose another microphone, or reload the page.");
}

function haltedText() {
  return gettext("A call or another program took the sound. What you said until then is kept.");
}

function mutedText() {
  return gettext("Your microphone is switched off, by a key or by the system. Switch it on and go on.");
}

function goneText() {
  return gettext("The microphone is gone. Plug it in again, or choose another one, and go on.");
}

function cameraGoneText() {
  return gettext("The camera is gone. The interview goes on by voice alone.");
}
