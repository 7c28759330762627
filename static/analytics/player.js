// One playhead for an answer. The time is the answer's stream time in milliseconds; it comes from the recording where
// there is one, else it runs by itself. Whoever shows the time listens to "at" on the player.

const SECOND = 1000;

/** @param {number} ms @returns {string} minutes and seconds, 1:07 */
export function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / SECOND));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Time that runs while it plays, for answers without a recording. */
class Silent extends EventTarget {
  constructor(duration) {
    super();
    this.duration = duration;
    this.from = 0;
    this.since = null;
  }

  get paused() {
    return this.since === null;
  }

  get ms() {
    const ran = this.paused ? 0 : performance.now() - this.since;
    return Math.min(this.from + ran, this.duration);
  }

  set ms(value) {
    this.from = value;
    if (!this.paused) this.since = performance.now();
  }

  play() {
    if (this.ms >= this.duration) this.from = 0;
    this.since = performance.now();
    this.dispatchEvent(new Event("play"));
  }

  pause() {
    this.from = this.ms;
    this.since = null;
    this.dispatchEvent(new Event("pause"));
  }
}

/** The recording's time as the answer's: it may have begun later than the stream. */
class Recorded {
  constructor(media) {
    this.media = media;
    this.offset = Number(media.dataset.offset) || 0;
  }

  get paused() {
    return this.media.paused || this.media.ended;
  }

  get ms() {
    return this.media.currentTime * SECOND + this.offset;
  }

  set ms(value) {
    this.media.currentTime = Math.max(0, value - this.offset) / SECOND;
  }

  play() {
    this.media.play();
  }

  pause() {
    this.media.pause();
  }

  addEventListener(kind, heard) {
    this.media.addEventListener(kind, heard);
  }
}

export class Player extends EventTarget {
  constructor(root) {
    super();
    this.root = root;
    this.duration = Number(root.dataset.duration);
    this.now = 0;
    this.scrub = root.querySelector("[data-scrub]");
    this.clock = root.querySelector("[data-clock]");
    this.button = root.querySelector("[data-play]");
    this.announcer = root.querySelector("[data-announce]");
    this.hidden = new Set();
    this.media = root.querySelector("video, audio");
    this.source = this.media ? new Recorded(this.media) : new Silent(this.duration);
    this.listen();
  }

  listen() {
    this.root.addEventListener("click", (event) => this.clicked(event));
    this.root.addEventListener("keydown", (event) => this.pressed(event));
    this.scrub.addEventListener("input", () => this.seek(Number(this.scrub.value)));
    this.source.addEventListener("play", () => this.follow());
    for (const kind of ["play", "pause", "ended"]) this.source.addEventListener(kind, () => this.showPlaying());
    if (!this.media) return;
    for (const kind of ["seeking", "seeked", "timeupdate"]) this.media.addEventListener(kind, () => this.heard());
    this.media.addEventListener("error", () => {
      this.root.querySelector("[data-media-problem]").hidden = false;
      this.media = null;
      this.source = new Silent(this.duration);
      this.source.addEventListener("play", () => this.follow());
      for (const kind of ["play", "pause"]) this.source.addEventListener(kind, () => this.showPlaying());
    });
  }

  heard() {
    this.now = this.source.ms;
    this.show();
  }

  follow() {
    if (this.source.paused || !this.root.isConnected) return;
    this.heard();
    if (!this.media && this.now >= this.duration) this.source.pause();
    else requestAnimationFrame(() => this.follow());
  }

  toggle() {
    this.source.paused ? this.source.play() : this.source.pause();
  }

  seek(ms) {
    this.now = Math.min(Math.max(ms, 0), this.duration);
    this.source.ms = this.now;
    this.show();
  }

  show() {
    this.scrub.value = String(this.now);
    this.scrub.setAttribute("aria-valuetext", clock(this.now));
    this.clock.textContent = clock(this.now);
    this.dispatchEvent(new Event("at"));
  }

  showPlaying() {
    const [play, pause] = this.button.dataset.words.split("|");
    this.button.textContent = this.source.paused ? play : pause;
    this.button.setAttribute("aria-pressed", String(!this.source.paused));
  }

  /** Says something to a screen reader without moving the focus. */
  say(text) {
    this.announcer.textContent = text;
  }

  /** Shows or hides the marks of a kind everywhere: in the list, in the text and on the lanes. */
  toggleKind(kind) {
    this.hidden.has(kind) ? this.hidden.delete(kind) : this.hidden.add(kind);
    for (const button of this.root.querySelectorAll(`[data-toggle-kind="${kind}"]`)) {
      button.setAttribute("aria-pressed", String(!this.hidden.has(kind)));
    }
    for (const one of this.root.querySelectorAll(`[data-kind="${kind}"]`)) one.toggleAttribute("data-off", this.hidden.has(kind));
    this.root.dataset.hiddenKinds = [...this.hidden].join(" ");
    this.dispatchEvent(new Event("kinds"));
  }

  clicked(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if ("play" in button.dataset) this.toggle();
    else if (button.dataset.step) this.moments.step(Number(button.dataset.step));
    else if (button.dataset.toggleKind) this.toggleKind(button.dataset.toggleKind);
    else if (button.dataset.t) this.seek(Number(button.dataset.t));
  }

  pressed(event) {
    const { target, key } = event;
    if (event.altKey || event.ctrlKey || event.metaKey || target.matches("video, audio")) return;
    const act = this.actOf(key, event.shiftKey, target);
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** What a key does here; nothing where it has a meaning of its own already. */
  actOf(key, shift, target) {
    const step = (shift ? 5 : 1) * SECOND;
    const inList = target.matches(".mark");
    const scrolls = target.matches("[data-transcript], .table-wrap");
    const acts = {
      ArrowRight: () => this.seek(this.now + step),
      ArrowLeft: () => this.seek(this.now - step),
      ArrowDown: inList && (() => this.moments.step(1)),
      ArrowUp: inList && (() => this.moments.step(-1)),
      Home: !scrolls && (() => this.seek(0)),
      End: !scrolls && (() => this.seek(this.duration)),
      n: () => this.moments.step(1),
      p: () => this.moments.step(-1),
      k: () => this.toggle(),
      " ": (inList || target.matches("[data-scrub], [data-transcript]")) && (() => this.toggle()),
      "?": () => document.getElementById("player-keys")?.showModal(),
    };
    return acts[key.length === 1 ? key.toLowerCase() : key];
  }
}
