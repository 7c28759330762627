/**
 * Camera and microphone: opening them with every failure named, choosing devices, and noticing when one goes away.
 *
 *   const media = new Media();
 *   const { camera, microphone, problems } = await media.open({ camera: true });
 *   if (microphone === null) show(problems);            // practice needs a microphone
 *   if (camera === null) goOnByVoice(problems);         // and goes on by voice without a camera
 *   video.srcObject = media.cameraStream;
 *   await media.change("camera", deviceId);             // another device of the same kind; returns the problem or null
 *   const { cameras, microphones } = await media.list();
 *   media.close();
 *
 * A problem is {device: "camera" | "microphone", code, text}; `code` is one of
 *   insecure   the page is not served over https (or from this machine)
 *   policy     the page around this one (an LMS frame) does not allow the device; open the page by itself
 *   denied     the person or the browser's settings said no
 *   missing    there is no such device
 *   in_use     another program holds it, or the system keeps it from the browser
 *   failed     anything else
 *
 * Events:
 * - "ended": {device}: the device was unplugged or taken away; its track is gone.
 * - "muted" and "unmuted": {device}: the system silences it (a key on the keyboard, a closed lid).
 * - "devices": the list of devices changed.
 *
 * @typedef {"camera" | "microphone"} Device
 * @typedef {{device: Device, code: string, text: string}} Problem
 */
import { gettext } from "../greenroom/i18n.js";

/**
 * Echo of the interviewer's voice must go; loudness and noise must stay as they are, because they are measured.
 * @type {MediaTrackConstraints}
 */
const SOUND = {
  echoCancellation: true,
  autoGainControl: false,
  noiseSuppression: false,
  channelCount: { ideal: 1 },
};
/** @type {MediaTrackConstraints} */
const PICTURE = {
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 25, max: 30 },
  facingMode: { ideal: "user" },
};

const CODES = {
  NotAllowedError: "denied",
  PermissionDeniedError: "denied",
  SecurityError: "policy",
  NotFoundError: "missing",
  DevicesNotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "in_use",
  TrackStartError: "in_use",
  AbortError: "in_use",
};

/** @returns {Record<Device, Record<string, string>>} */
function texts() {
  return {
    camera: {
      insecure: gettext("The camera works only over a secure connection. Open this page with https."),
      policy: gettext(
        "The page around this one does not allow the camera. Open Greenroom in a window of its own.",
      ),
      denied: gettext(
        "The camera is blocked. Allow it beside the address of this page, or practise by voice alone.",
      ),
      missing: gettext("No camera was found. Plug one in, or practise by voice alone."),
      in_use: gettext(
        "The camera is used by another program. Close that program and try again, or practise by voice.",
      ),
      failed: gettext("The camera could not be opened. Try again, or practise by voice alone."),
    },
    microphone: {
      insecure: gettext("The microphone works only over a secure connection. Open this page with https."),
      policy: gettext(
        "The page around this one does not allow the microphone. Open Greenroom in a window of its own.",
      ),
      denied: gettext("The microphone is blocked. Allow it beside the address of this page, then try again."),
      missing: gettext("No microphone was found. Plug one in and try again."),
      in_use: gettext("The microphone is used by another program. Close that program and try again."),
      failed: gettext(
        "The microphone could not be opened. Plug it in again or choose another one, then try again.",
      ),
    },
  };
}

export class Media extends EventTarget {
  /** @type {Record<Device, MediaStreamTrack | null>} */
  #tracks = { camera: null, microphone: null };
  #listening = false;

  get camera() {
    return this.#tracks.camera;
  }

  get microphone() {
    return this.#tracks.microphone;
  }

  /** A stream for the own picture, without sound. @returns {MediaStream | null} */
  get cameraStream() {
    return this.#tracks.camera === null ? null : new MediaStream([this.#tracks.camera]);
  }

  /** A stream for the recorder, with what is open. @returns {MediaStream} */
  get stream() {
    return new MediaStream(Object.values(this.#tracks).filter((track) => track !== null));
  }

  /**
   * Open the microphone and, if wished, the camera; asks the person once for both. What is open already is closed.
   * @param {{camera?: boolean, cameraId?: string, microphoneId?: string}} [wish]
   * @returns {Promise<{camera: MediaStreamTrack | null, microphone: MediaStreamTrack | null, problems: Problem[]}>}
   */
  async open({ camera = true, cameraId, microphoneId } = {}) {
    this.close();
    this.#listen();
    const wish = { audio: withId(SOUND, microphoneId), video: camera ? withId(PICTURE, cameraId) : false };
    const problems = /** @type {Problem[]} */ ([]);
    try {
      this.#keep(await getMedia(wish));
    } catch (error) {
      // One of the two failed and the browser does not say which: ask for each alone.
      if (camera) await this.#openAlone(wish, problems);
      else problems.push(problemOf("microphone", error));
    }
    return { camera: this.camera, microphone: this.microphone, problems };
  }

  /**
   * Use another device; the old one stays open where the new one fails.
   * @param {Device} device
   * @param {string} id of the device
   * @returns {Promise<Problem | null>}
   */
  async change(device, id) {
    const wish = device === "camera" ? { video: withId(PICTURE, id) } : { audio: withId(SOUND, id) };
    try {
      this.#keep(await getMedia(wish));
      return null;
    } catch (error) {
      return problemOf(device, error);
    }
  }

  /**
   * The devices there are. Their names are empty until one of them was opened.
   * @returns {Promise<{cameras: MediaDeviceInfo[], microphones: MediaDeviceInfo[]}>}
   */
  async list() {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    const of = (/** @type {string} */ kind) =>
      all.filter((device) => device.kind === kind && device.deviceId !== "");
    return { cameras: of("videoinput"), microphones: of("audioinput") };
  }

  /** Stop both devices: the browser's lights go out. @param {Device} [device] only this one */
  close(device) {
    for (const name of /** @type {Device[]} */ (device ? [device] : ["camera", "microphone"])) {
      this.#tracks[name]?.stop();
      this.#tracks[name] = null;
    }
  }

  /**
   * @param {MediaStreamConstraints} wish
   * @param {Problem[]} problems
   */
  async #openAlone(wish, problems) {
    for (const [device, part] of /** @type {[Device, MediaStreamConstraints][]} */ ([
      ["microphone", { audio: wish.audio }],
      ["camera", { video: wish.video }],
    ])) {
      try {
        this.#keep(await getMedia(part));
      } catch (error) {
        problems.push(problemOf(device, error));
      }
    }
  }

  /** @param {MediaStream} stream */
  #keep(stream) {
    for (const track of stream.getTracks()) {
      const device = track.kind === "video" ? "camera" : "microphone";
      this.#tracks[device]?.stop();
      this.#tracks[device] = track;
      track.addEventListener("ended", () => this.#ended(device, track));
      track.addEventListener("mute", () => this.#tell("muted", { device }));
      track.addEventListener("unmute", () => this.#tell("unmuted", { device }));
    }
  }

  /**
   * @param {Device} device
   * @param {MediaStreamTrack} track
   */
  #ended(device, track) {
    if (this.#tracks[device] !== track) return;
    this.#tracks[device] = null;
    this.#tell("ended", { device });
  }

  #listen() {
    if (this.#listening) return;
    this.#listening = true;
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#tell("devices", {}));
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
 * @param {MediaStreamConstraints} wish
 * @returns {Promise<MediaStream>}
 */
function getMedia(wish) {
  if (!navigator.mediaDevices?.getUserMedia) {
    return Promise.reject(new DOMException("No media devices in an insecure context", "InsecureError"));
  }
  return navigator.mediaDevices.getUserMedia(wish);
}

/**
 * @param {MediaTrackConstraints} constraints
 * @param {string | undefined} id
 * @returns {MediaTrackConstraints}
 */
function withId(constraints, id) {
  if (!id) return constraints;
  const { facingMode: _, ...rest } = constraints;
  return { ...rest, deviceId: { exact: id } };
}

/**
 * @param {Device} device
 * @param {unknown} error what getUserMedia threw
 * @returns {Problem}
 */
export function problemOf(device, error) {
  const code = codeOf(device, error instanceof Error || error instanceof DOMException ? error.name : "");
  return { device, code, text: texts()[device][code] };
}

/**
 * @param {Device} device
 * @param {string} name
 * @returns {string}
 */
function codeOf(device, name) {
  if (name === "InsecureError" || !globalThis.isSecureContext) return "insecure";
  const code = CODES[/** @type {keyof typeof CODES} */ (name)] ?? "failed";
  return code === "denied" && isForbiddenByFrame(device) ? "policy" : code;
}

/**
 * Not every browser says that it was the frame and not the person who refused.
 * @param {string} code of a problem
 */
export function mayBeTheFrame(code) {
  return code === "policy" || (code === "denied" && window.top !== window.self);
}

/**
 * Whether the page around this one refuses the device; false where the browser does not tell.
 * @param {Device} device
 */
export function isForbiddenByFrame(device) {
  const { permissionsPolicy, featurePolicy } = /** @type {any} */ (document);
  const policy = permissionsPolicy ?? featurePolicy;
  return policy?.allowsFeature ? !policy.allowsFeature(device) : false;
}
