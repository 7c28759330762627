/**
 * The lobby: switches by purpose, the device check, and how this session is practised.
 *
 * Nothing is asked of camera or microphone before the person presses the button. The picture is drawn on this page
 * and goes nowhere. Page data (#lobby-data): session, camera, recording, mode, record, needsCamera (a
 * drill of something that is seen), consentUrl.
 */
import { gettext } from "../greenroom/i18n.js";
import { Consents } from "./lobby/consents.js";
import { drawFace } from "./lobby/outline.js";
import { Sentence } from "./lobby/sentence.js";
import { Verdicts } from "./lobby/verdicts.js";
import { isForbiddenByFrame, mayBeTheFrame, Media } from "./media.js";
import { byId, chosenDevices, csrfToken, markBegun, pageData, rememberDevices } from "./page-data.js";
import { Perception } from "./perception.js";
import { Sound } from "./sound.js";
import { supportProblems } from "./support.js";

const OUTLINE_HOLDS_MS = 500;

class Lobby {
  media = new Media();
  sound = new Sound();
  perception = new Perception();
  verdicts = new Verdicts();
  sentence = new Sentence();
  /** The person chose voice alone this time, or the camera does not work. */
  #byVoice;
  #isChecked = false;
  #outlineTimer = 0;

  /** @param {any} page */
  constructor(page) {
    this.page = page;
    this.consents = new Consents({ url: page.consentUrl, csrfToken: csrfToken() });
    this.#byVoice = page.camera && page.mode === "voice";
    this.mirror = byId("mirror");
    this.video = /** @type {HTMLVideoElement} */ (byId("mirror-video"));
    this.canvas = /** @type {HTMLCanvasElement} */ (byId("mirror-canvas"));
    this.problems = byId("problems");
    this.check = /** @type {HTMLButtonElement} */ (byId("check"));
    this.voiceOnly = /** @type {HTMLButtonElement} */ (byId("voice-only"));
    this.record = /** @type {HTMLInputElement} */ (byId("record"));
    this.selects = {
      camera: /** @type {HTMLSelectElement} */ (byId("camera")),
      microphone: /** @type {HTMLSelectElement} */ (byId("microphone")),
    };
    this.#sayUnsupported();
    this.#listen();
    this.#draw();
    if (isForbiddenByFrame("microphone")) this.#offerWindow();
  }

  get usesCamera() {
    return this.consents.agrees("camera") && !this.#byVoice;
  }

  #sayUnsupported() {
    const problems = supportProblems();
    for (const { text, isFatal } of problems) byId("support").append(notice(text, isFatal ? "error" : "act"));
    if (problems.some(({ code }) => code === "picture")) this.#byVoice = true;
  }

  #listen() {
    const on = (
      /** @type {EventTarget} */ from,
      /** @type {string} */ type,
      /** @type {(detail: any) => void} */ act,
    ) => from.addEventListener(type, (event) => act(/** @type {CustomEvent} */ (event).detail));
    on(this.sound, "level", (level) => this.#heard(level));
    on(this.perception, "frame", ({ seen, width, height }) =>
      drawFace(this.canvas, seen.face, { width, height }),
    );
    on(this.perception, "status", (status) => this.verdicts.picture(status));
    on(this.perception, "failed", ({ text }) => this.#cannotSee(text));
    on(this.media, "devices", () => this.#fillDevices());
    on(this.media, "ended", ({ device }) => this.#gone(device));
    on(this.consents, "change", ({ purpose }) => this.#agreed(purpose));
    this.check.addEventListener("click", () => this.#open());
    this.voiceOnly.addEventListener("click", () => this.#switchVoice());
    byId("sentence-try").addEventListener("click", () => this.#trySentence());
    for (const device of /** @type {("camera" | "microphone")[]} */ (["camera", "microphone"])) {
      this.selects[device].addEventListener("change", () => this.#choose(device));
    }
    this.record.addEventListener("change", () => this.#draw());
    byId("lobby").addEventListener("submit", () => this.#begin());
  }

  // --- opening and closing ----------------------------------------------------------------------------------------

  async #open() {
    this.#say([]);
    this.mirror.dataset.state = "opening";
    this.#draw();
    const camera = this.usesCamera;
    const opened = await this.media.open({ camera, ...chosenDevices() });
    this.#isChecked = opened.microphone !== null;
    const isOffered = opened.problems.some(({ code }) => mayBeTheFrame(code)) && this.#offerWindow();
    this.#say(opened.problems.filter(({ code }) => !isOffered || code !== "policy"));
    this.mirror.dataset.state = opened.camera ? "on" : "off";
    if (camera && !opened.camera && opened.microphone) this.#byVoice = true;
    if (opened.microphone) this.verdicts.show(opened.camera !== null);
    else this.verdicts.hide();
    await Promise.all([this.#see(opened.camera), this.#hear(opened.microphone), this.#fillDevices()]);
    this.#draw();
  }

  /** In a learning platform's frame the page has a way out of it. @returns {boolean} whether it has */
  #offerWindow() {
    const offer = document.getElementById("window-offer");
    offer?.toggleAttribute("hidden", false);
    return offer !== null;
  }

  /** @param {MediaStreamTrack | null} camera */
  async #see(camera) {
    if (camera === null) return;
    this.video.srcObject = this.media.cameraStream;
    await this.video.play().catch(() => undefined);
    await this.perception.start(this.video);
  }

  /** @param {MediaStreamTrack | null} microphone */
  async #hear(microphone) {
    byId("sentence").hidden = microphone === null;
    if (microphone === null) return;
    await this.sound.start(microphone).catch((error) => {
      this.#isChecked = false;
      this.problems.append(notice(soundText(error.code), "error"));
    });
  }

  #stopSeeing() {
    this.perception.stop();
    this.media.close("camera");
    this.video.srcObject = null;
    this.mirror.dataset.state = "off";
    drawFace(this.canvas, null, this.canvas);
    if (this.#isChecked) this.verdicts.show(false);
  }

  /** @param {string} text */
  #cannotSee(text) {
    this.#byVoice = true;
    this.#stopSeeing();
    this.problems.append(notice(text, "act"));
    this.#draw();
  }

  /** @param {"camera" | "microphone"} device */
  #gone(device) {
    if (device === "camera")
      return this.#cannotSee(gettext("The camera is gone. Plug it in again, or practise by voice alone."));
    this.#isChecked = false;
    this.verdicts.hide();
    byId("sentence").hidden = true;
    this.problems.append(
      notice(gettext("The microphone is gone. Plug it in again and check once more."), "error"),
    );
    this.#draw();
  }

  // --- choices ----------------------------------------------------------------------------------------------------

  /** @param {string} purpose */
  #agreed(purpose) {
    if (purpose === "camera") {
      this.#byVoice = false;
      if (!this.usesCamera) this.#stopSeeing();
    }
    if (purpose === "recording") {
      const agrees = this.consents.agrees("recording");
      byId("record-now").hidden = !agrees;
      this.record.disabled = !agrees;
      this.record.checked = agrees;
    }
    this.#draw();
  }

  #switchVoice() {
    this.#byVoice = !this.#byVoice;
    if (this.#byVoice) {
      this.#say([]);
      this.#stopSeeing();
    }
    this.#draw();
  }

  /** @param {"camera" | "microphone"} device */
  async #choose(device) {
    const id = this.selects[device].value;
    const problem = await this.media.change(device, id);
    this.#say(problem ? [problem] : []);
    if (problem === null) rememberDevices({ ...chosenDevices(), [`${device}Id`]: id });
    else return this.#fillDevices();
    if (device === "camera") await this.#see(this.media.camera);
    else await this.#hear(this.media.microphone);
  }

  #begin() {
    markBegun(this.page.session);
    // The room opens the devices anew; until then nobody should be looking.
    this.perception.stop();
    this.media.close();
  }

  // --- hearing ----------------------------------------------------------------------------------------------------

  /** @param {any} level */
  #heard(level) {
    this.verdicts.sound(level);
    if (!this.sentence.isListening) return;
    this.sentence.add(level);
    const verdict = this.sentence.verdict();
    if (verdict !== null) this.#sentenceJudged(verdict);
  }

  #trySentence() {
    if (this.sentence.isListening) return;
    this.sentence.begin();
    const result = byId("sentence-result");
    result.textContent = gettext("Speak now. Listening for five seconds.");
    result.dataset.kind = "wait";
  }

  /** @param {string} verdict */
  #sentenceJudged(verdict) {
    const result = byId("sentence-result");
    result.textContent = sentenceText(verdict);
    result.dataset.kind = verdict === "clear" ? "good" : "act";
  }

  // --- drawing ----------------------------------------------------------------------------------------------------

  /**
   * @param {import("./landmarks.js").Point[] | null} face
   * @param {{width: number, height: number}} size
   */
  #outline(face, size) {
    drawFace(this.canvas, face, size);
    // The picture goes on: an outline that is not renewed would soon lie beside the face.
    clearTimeout(this.#outlineTimer);
    this.#outlineTimer = setTimeout(() => drawFace(this.canvas, null, size), OUTLINE_HOLDS_MS);
  }

  async #fillDevices() {
    const { cameras, microphones } = await this.media.list();
    const hasNames = [...cameras, ...microphones].some(({ label }) => label !== "");
    byId("devices").hidden = !hasNames;
    fillSelect(this.selects.camera, cameras, this.media.camera);
    fillSelect(this.selects.microphone, microphones, this.media.microphone);
  }

  /** @param {{device: string, code: string, text: string}[]} problems */
  #say(problems) {
    const shown = problems.map(({ device, text }) => notice(text, device === "microphone" ? "error" : "act"));
    this.problems.replaceChildren(...shown);
  }

  #draw() {
    const camera = this.usesCamera;
    /** @type {HTMLInputElement} */ (byId("mode")).value = camera ? "camera" : "voice";
    byId("lobby").toggleAttribute("data-voice-only", !camera);
    this.voiceOnly.hidden = this.page.needsCamera || !this.consents.agrees("camera");
    this.voiceOnly.setAttribute("aria-pressed", String(this.#byVoice));
    this.voiceOnly.textContent = this.#byVoice
      ? gettext("Use the camera after all")
      : gettext("Practise by voice alone this time");
    const opening = this.mirror.dataset.state === "opening";
    this.check.hidden = opening || (this.#isChecked && !camera);
    this.check.textContent = camera
      ? gettext("Check my camera and microphone")
      : gettext("Check my microphone");
    byId("cover-text").textContent = coverText({ camera, opening, isChecked: this.#isChecked });
    byId("plan").textContent = planText(camera, this.record.checked && !this.record.disabled);
  }
}

/**
 * @param {HTMLSelectElement} select
 * @param {MediaDeviceInfo[]} devices
 * @param {MediaStreamTrack | null} track the one in use
 */
function fillSelect(select, devices, track) {
  const current = track?.getSettings().deviceId;
  select.replaceChildren(
    ...devices.map(({ label, deviceId }) => new Option(label, deviceId, false, deviceId === current)),
  );
  select.disabled = devices.length === 0;
}

/**
 * @param {string} text
 * @param {"act" | "error"} kind
 */
function notice(text, kind) {
  const element = document.createElement("p");
  element.className = "notice";
  element.dataset.kind = kind;
  element.textContent = text;
  return element;
}

/** @param {{camera: boolean, opening: boolean, isChecked: boolean}} now */
function coverText({ camera, opening, isChecked }) {
  if (opening) return gettext("Your browser may ask for permission now.");
  if (camera) return gettext("Both are off. Have a look before you begin: nothing is sent or kept.");
  if (isChecked) return gettext("Your camera is off. You practise by voice.");
  return gettext("Your camera stays off. You practise by voice; check that you are heard.");
}

/**
 * @param {boolean} camera
 * @param {boolean} records
 */
function planText(camera, records) {
  if (camera)
    return records
      ? gettext("With camera and voice, recorded for you alone.")
      : gettext("With camera and voice, not recorded.");
  return records
    ? gettext("By voice alone, sound recorded for you alone.")
    : gettext("By voice alone, not recorded.");
}

/** @param {string} verdict */
function sentenceText(verdict) {
  const texts = /** @type {Record<string, string>} */ ({
    clear: gettext("We heard you clearly."),
    quiet: gettext("Too quiet. Come closer to the microphone, or speak up a little."),
    noisy: gettext("We heard you, but it is loud around you. A quieter room gives better results."),
    clipping: gettext("Too loud. Move away from the microphone a little."),
    silent: gettext("We heard nothing. Is the microphone switched off, or is it another one?"),
  });
  return texts[verdict] ?? "";
}

/** @param {string} code */
function soundText(code) {
  if (code === "no_worklet") {
    return gettext("This browser is too old to hear you. Use a current Chrome, Edge, Firefox or Safari.");
  }
  return gettext(
    "The sound of your microphone could not be read. Choose another microphone, or reload the page.",
  );
}

new Lobby(pageData("lobby-data"));
