/**
 * The practice room: brings together the live connection, the devices, the interviewer's voice and the page.
 *
 * The server decides where the interview stands; everything here follows its states. What the person presses becomes a
 * command, what they say and show becomes signals, and what the server says is drawn. Page data (#room-data): session,
 * socket, state, language, camera, record, hints, title, questions, expected_s, drill [what it watches; see
 * room/watching.js], urls {lobby, result, home, answers}.
 *
 * The order of things when the room opens: a click (or the lobby's "Begin"), the devices, the connection, then the
 * first question or the place where the interview was left.
 */
import { gettext, interpolate } from "../greenroom/i18n.js";
import { LiveConnection } from "./live.js";
import { mayBeTheFrame } from "./media.js";
import { csrfToken, pageData, takeBegun } from "./page-data.js";
import { Asking } from "./room/asking.js";
import { Clock } from "./room/clock.js";
import { Devices, DevicesError } from "./room/devices.js";
import { Keys } from "./room/keys.js";
import { Noticed } from "./room/noticed.js";
import { Recordings } from "./room/recording.js";
import { Scene } from "./room/scene.js";
import { SelfView } from "./room/self-view.js";
import { Veil } from "./room/veil.js";
import { Watching } from "./room/watching.js";
import { Speaker } from "./speech.js";

/** A tab that is out of sight for this long is not practising. */
const HIDDEN_PAUSE_MS = 20000;
const BUSY_SHOWN_MS = 8000;

class Room {
  #hiddenTimer = 0;
  #busyTimer = 0;
  /** Why the practice was paused by us; null where the person did it. @type {{title: string, text: string} | null} */
  #pausedBy = null;
  #isLeaving = false;

  /** @param {any} page */
  constructor(page) {
    this.page = page;
    this.scene = new Scene();
    this.veil = new Veil({ focusAfter: this.scene.main });
    this.noticed = new Noticed();
    this.watching = new Watching(page.drill);
    this.selfView = new SelfView({ camera: page.camera });
    this.live = new LiveConnection(page.socket);
    this.clock = new Clock(this.live);
    this.asking = new Asking(this.live, new Speaker(), page.language);
    this.devices = new Devices({ camera: page.camera, video: this.selfView.video });
    this.recordings = page.record
      ? new Recordings({ answers: page.urls.answers, csrfToken: csrfToken() })
      : null;
    this.#listenToDevices();
    this.#listenToLive();
    this.#listenToPerson();
  }

  /** Begin at once where "Begin" in the lobby brought us here; else wait for a click. */
  enter() {
    this.clock.start();
    if (takeBegun(this.page.session)) this.start();
    else this.#invite();
  }

  start() {
    return this.#withDevices(
      () => this.devices.open(),
      () => this.live.open(),
    );
  }

  /**
   * @param {() => Promise<void>} open
   * @param {() => void} then
   */
  async #withDevices(open, then) {
    this.veil.show({ name: "opening", ...openingWords(this.page.camera), waits: true });
    try {
      await open();
    } catch (error) {
      return this.#cannotHear(error, () => this.#withDevices(open, then));
    }
    then();
  }

  // --- what is shown over the room --------------------------------------------------------------------------------

  #invite(run = () => this.start()) {
    const isNew = this.page.state === "lobby";
    this.veil.show({
      name: "ready",
      ...(isNew ? beginWords(this.page) : returnWords()),
      action: isNew ? gettext("Begin") : gettext("Go on"),
      run,
      other: gettext("Not now"),
      runOther: () => location.assign(this.page.urls.home),
    });
  }

  /**
   * @param {unknown} error
   * @param {() => void} retry
   */
  #cannotHear(error, retry) {
    if (error instanceof DevicesError && error.code === "not_started") return this.#invite(retry);
    this.veil.show({
      name: "microphone",
      title: gettext("Your microphone cannot be used"),
      text: error instanceof Error ? error.message : String(error),
      action: gettext("Try again"),
      run: retry,
      ...(this.#outOfFrame(error) ?? this.#back()),
    });
  }

  #back() {
    const { lobby, home } = this.page.urls;
    return {
      other: gettext("Back to the lobby"),
      runOther: () => location.assign(this.page.state === "lobby" ? lobby : home),
    };
  }

  /** A learning platform's frame may not have the microphone; such a page has a form that opens it in a window. */
  #outOfFrame(/** @type {unknown} */ error) {
    const form = /** @type {HTMLFormElement | null} */ (document.getElementById("to-window"));
    if (form === null || !(error instanceof DevicesError) || !mayBeTheFrame(error.code)) return null;
    return {
      other: gettext("Open this page in a window of its own"),
      runOther: () => {
        form.requestSubmit();
        this.veil.show({
          name: "elsewhere",
          title: gettext("Greenroom is open in another window"),
          text: gettext("You can go on there."),
        });
      },
    };
  }

  #showPaused() {
    const words = this.#pausedBy ?? pausedWords();
    this.veil.show({
      name: "paused",
      ...words,
      action: gettext("Go on"),
      run: () => this.#resume(),
      other: gettext("End the interview"),
      runOther: () => this.#askToEnd(),
    });
  }

  #showTakenOver() {
    this.asking.stop();
    this.recordings?.stop();
    this.devices.close();
    this.veil.show({
      name: "taken_over",
      title: gettext("This interview goes on in another window"),
      text: gettext("Everything is saved. You can close this window, or take the interview back."),
      action: gettext("Take it back"),
      run: () => this.#takeBack(),
    });
  }

  /** @param {number} code */
  #showOver(code) {
    if (this.#isLeaving) return;
    if (code === 1000) return this.#leave();
    this.devices.close();
    this.veil.show({
      name: "over",
      title: gettext("This interview cannot be opened"),
      text: gettext(
        "You may have been signed out. What you have answered is saved. Sign in again and go on from there.",
      ),
      action: gettext("Go to the start page"),
      run: () => location.assign(this.page.urls.home),
    });
  }

  // --- following the server ---------------------------------------------------------------------------------------

  #listenToLive() {
    const on = (/** @type {string} */ type, /** @type {(detail: any) => void} */ act) =>
      this.live.addEventListener(type, (event) => act(/** @type {CustomEvent} */ (event).detail));
    on("welcome", ({ state }) => this.#welcomed(state));
    on("state", ({ state }) => this.#follow(state));
    on("cues", (message) => this.#noticed(message));
    on("event", (message) => this.noticed.event(message));
    on("busy", () => this.#busy());
    on("connection", (detail) => this.#connection(detail));
    on("held", () => this.#held());
    on("flowing", () => this.#flowing());
    on("full", () => this.scene.problem(fullText()));
  }

  /** @param {import("./live.js").PracticeState} state */
  #welcomed(state) {
    if (state.name === "lobby") return this.#do("begin");
    // Whoever comes back with a click goes on with that click.
    if (state.name === "paused" && this.veil.name === "opening") return this.#do("resume");
    this.#follow(state);
  }

  /** @param {import("./live.js").PracticeState} state */
  #follow(state) {
    this.page.state = state.name;
    this.scene.show(state);
    this.clock.draw();
    this.asking.follow(state);
    this.recordings?.follow(state, this.live.streamMs, this.devices.media.stream);
    if (state.name !== "answering") {
      this.noticed.quiet();
      this.watching.rest();
    }
    if (state.name === "done") return this.#leave();
    if (state.name === "paused") return this.#showPaused();
    this.#pausedBy = null;
    if (this.live.name !== "taken_over") this.veil.hide();
  }

  /** @param {{name: string, code?: number}} detail */
  #connection({ name, code = 0 }) {
    this.scene.room.dataset.connection = name;
    if (name === "mending") this.scene.say("connection", mendingText());
    if (name === "open") this.scene.unsay("connection");
    if (name === "taken_over") this.#showTakenOver();
    if (name === "over") this.#showOver(code);
  }

  #held() {
    if (this.live.name !== "mending") return;
    this.veil.show({ name: "held", ...heldWords(), waits: true });
  }

  #flowing() {
    if (this.veil.name === "held" && this.live.state) this.#follow(this.live.state);
  }

  /** @param {any} message */
  #noticed(message) {
    this.noticed.cues(message);
    if (this.live.state?.name === "answering") this.watching.cues(message);
  }

  #busy() {
    this.scene.say("busy", gettext("The server is busy: hints come later. Your answer is kept."));
    clearTimeout(this.#busyTimer);
    this.#busyTimer = setTimeout(() => this.scene.unsay("busy"), BUSY_SHOWN_MS);
  }

  // --- the devices ------------------------------------------------------------------------------------------------

  #listenToDevices() {
    const on = (/** @type {string} */ type, /** @type {(detail: any) => void} */ act) =>
      this.devices.addEventListener(type, (event) => act(/** @type {CustomEvent} */ (event).detail));
    on("block", ({ samples, at }) => this.live.pushSound(samples, at));
    on("frame", ({ bytes, at }) => this.live.pushFrame(bytes, at));
    on("level", ({ meter }) => this.selfView.level(meter));
    on("lost", ({ text }) => this.#pauseBecause({ title: gettext("The microphone stopped"), text }));
    on("byVoice", ({ text }) => this.#goOnByVoice(text));
    on("seeing", () => this.selfView.shows());
    this.recordings?.addEventListener("failed", (event) => {
      this.scene.say("recording", /** @type {CustomEvent} */ (event).detail.text);
    });
  }

  /** @param {string} text */
  #goOnByVoice(text) {
    this.selfView.isGone();
    this.scene.say("byVoice", text);
  }

  /** @param {{title: string, text: string}} words */
  #pauseBecause(words) {
    this.#pausedBy = words;
    if (["asking", "thinking", "answering"].includes(this.live.state?.name ?? "")) this.#do("pause");
  }

  // --- the person -------------------------------------------------------------------------------------------------

  #listenToPerson() {
    const { pause, repeat, main } = this.scene;
    const press = (/** @type {HTMLButtonElement} */ button, /** @type {() => void} */ act) => () => {
      if (button.getAttribute("aria-disabled") !== "true") act();
    };
    const actions = {
      p: press(pause, () => this.#do("pause")),
      r: press(repeat, () => this.#do("repeat")),
      d: press(main, () => this.#do(this.live.state?.name === "answering" ? "done" : "answer")),
    };
    pause.addEventListener("click", actions.p);
    repeat.addEventListener("click", actions.r);
    main.addEventListener("click", actions.d);
    new Keys(actions, /** @type {HTMLInputElement} */ (document.getElementById("shortcuts")));
    document.getElementById("end")?.addEventListener("click", () => this.#askToEnd());
    const hints = /** @type {HTMLInputElement} */ (document.getElementById("hints"));
    hints.addEventListener("change", () => this.#hints(hints.checked));
    document.addEventListener("visibilitychange", () => this.#sight());
  }

  /** @param {boolean} on */
  #hints(on) {
    this.live.hints(on);
    if (!on) this.noticed.quiet();
  }

  #sight() {
    clearTimeout(this.#hiddenTimer);
    if (!document.hidden) return;
    this.#hiddenTimer = setTimeout(() => this.#pauseBecause(hiddenWords()), HIDDEN_PAUSE_MS);
  }

  async #askToEnd() {
    const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("end-dialog"));
    dialog.returnValue = "";
    dialog.showModal();
    await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
    if (dialog.returnValue === "yes") this.#do("end");
  }

  #resume() {
    const wake = this.#pausedBy === null ? async () => undefined : () => this.devices.wake();
    return this.#withDevices(wake, () => {
      this.#pausedBy = null;
      this.#do("resume");
    });
  }

  #takeBack() {
    return this.#withDevices(
      () => this.devices.open(),
      () => this.live.takeBack(),
    );
  }

  /** @param {import("./live.js").Verb} verb */
  async #do(verb) {
    this.scene.problem("");
    try {
      await this.live.do(verb);
    } catch (error) {
      // "not_now": the server had moved on already, and its state is on the page.
      const code = /** @type {{code?: string}} */ (error).code;
      if (code !== "not_now" && code !== "closed") this.scene.problem(/** @type {Error} */ (error).message);
      if (this.live.state) this.#follow(this.live.state);
    }
  }

  async #leave() {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.asking.stop();
    const isDrill = this.page.drill.length > 0;
    this.veil.show({ name: "leaving", ...leavingWords(this.recordings !== null, isDrill), waits: true });
    await this.recordings?.finish();
    this.devices.close();
    this.live.close();
    location.replace(this.page.urls.result);
  }
}

// --- words --------------------------------------------------------------------------------------------------------

/** @param {boolean} camera */
function openingWords(camera) {
  return {
    title: gettext("Getting the room ready"),
    text: camera
      ? gettext("Your camera and microphone are being switched on.")
      : gettext("Your microphone is being switched on."),
  };
}

/** @param {{questions: number, expected_s: number, drill: {name: string}[]}} page */
function beginWords({ questions, expected_s: seconds, drill }) {
  if (drill.length > 0) return drillWords(drill);
  const text = gettext("%(questions)s questions, about %(minutes)s minutes. You can pause at any time.");
  return {
    title: gettext("The interview is ready"),
    text: interpolate(text, { questions, minutes: Math.round(seconds / 60) }),
  };
}

/** @param {{name: string}[]} drill */
function drillWords(drill) {
  return {
    title: gettext("The drill is ready"),
    text: interpolate(gettext("One question. Watched: %(names)s."), {
      names: drill.map(({ name }) => name).join(", "),
    }),
  };
}

function returnWords() {
  return {
    title: gettext("Your interview waits for you"),
    text: gettext("Everything you said is saved. You go on at the question where you stopped."),
  };
}

function pausedWords() {
  return {
    title: gettext("Paused"),
    text: gettext("Nothing is sent while you pause. Take the time you need."),
  };
}

function hiddenWords() {
  return {
    title: gettext("Paused"),
    text: gettext(
      "This page was out of sight for a while, so the interview waited for you. Nothing is lost.",
    ),
  };
}

function heldWords() {
  return {
    title: gettext("Still no connection"),
    text: gettext("What you said is kept in this window. Leave it open: the interview goes on by itself."),
  };
}

/**
 * @param {boolean} records
 * @param {boolean} isDrill
 */
function leavingWords(records, isDrill) {
  return {
    title: isDrill ? gettext("That was the drill") : gettext("That was the interview"),
    text: records
      ? gettext("Your answers are saved. The last recording is being uploaded.")
      : gettext("Your answers are saved."),
  };
}

function mendingText() {
  return gettext("Mending the connection. Nothing is lost.");
}

function fullText() {
  return gettext(
    "There is no connection, and this window cannot keep more of your answer. Pause until it is back.",
  );
}

const room = new Room(pageData("room-data"));
room.enter();
