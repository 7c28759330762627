// One playhead through recording, lanes and list of moments. The time is the answer's stream time in milliseconds.

const EDGE_MS = 40;

function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

class Player {
  constructor(root) {
    this.root = root;
    this.duration = Number(root.dataset.duration);
    this.now = 0;
    this.media = root.querySelector("video, audio");
    this.area = root.querySelector("[data-timeline]");
    this.scrub = root.querySelector("[data-scrub]");
    this.clock = root.querySelector("[data-clock]");
    this.marks = [...root.querySelectorAll("[data-t]")];
    this.line = document.createElement("div");
    this.line.className = "playhead";
    this.listen();
    this.show();
  }

  listen() {
    this.root.addEventListener("click", (event) => this.clicked(event));
    this.root.addEventListener("keydown", (event) => this.pressed(event));
    this.scrub?.addEventListener("input", () => this.seek(Number(this.scrub.value)));
    this.area?.addEventListener("greenroom:drawn", () => this.drawn());
    this.area?.addEventListener("pointerdown", (event) => this.pointed(event));
    if (this.area) new ResizeObserver(() => requestAnimationFrame(() => this.show())).observe(this.area);
    if (!this.media) return;
    this.media.addEventListener("play", () => this.follow());
    for (const kind of ["seeking", "seeked", "timeupdate"]) this.media.addEventListener(kind, () => this.heard());
    this.media.addEventListener("error", () => {
      this.root.querySelector("[data-media-problem]").hidden = false;
    });
  }

  drawn() {
    this.area.append(this.line);
    this.show();
  }

  get axis() {
    return this.area?._fullLayout?.xaxis;
  }

  heard() {
    this.now = this.media.currentTime * 1000;
    this.show();
  }

  follow() {
    if (this.media.paused || this.media.ended) return;
    this.heard();
    requestAnimationFrame(() => this.follow());
  }

  seek(ms) {
    this.now = Math.min(Math.max(ms, 0), this.duration);
    if (this.media) this.media.currentTime = this.now / 1000;
    this.show();
  }

  show() {
    if (this.scrub) {
      this.scrub.value = String(this.now);
      this.scrub.setAttribute("aria-valuetext", clock(this.now));
      this.clock.textContent = clock(this.now);
    }
    const axis = this.axis;
    if (axis) this.line.style.transform = `translateX(${axis._offset + axis.l2p(this.now / 1000)}px)`;
    this.current()?.setAttribute("aria-current", "true");
    for (const mark of this.marks) if (mark !== this.current()) mark.removeAttribute("aria-current");
  }

  /** The latest moment that has begun. */
  current() {
    return this.marks.findLast((mark) => Number(mark.dataset.t) <= this.now + EDGE_MS);
  }

  clicked(event) {
    const mark = event.target.closest("[data-t]");
    if (mark) this.seek(Number(mark.dataset.t));
  }

  pointed(event) {
    const axis = this.axis;
    if (axis) this.seek(axis.p2l(event.clientX - this.area.getBoundingClientRect().left - axis._offset) * 1000);
  }

  pressed(event) {
    if (event.target.matches("input, summary, a, video, audio") || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step && this.marks.length) this.step(step);
    else if (event.key === " " && this.media) this.media.paused ? this.media.play() : this.media.pause();
    else return;
    event.preventDefault();
  }

  step(by) {
    const at = this.marks.indexOf(this.current());
    const mark = this.marks[Math.min(Math.max(at + by, 0), this.marks.length - 1)];
    this.seek(Number(mark.dataset.t));
    mark.focus();
  }
}

function prepare(root) {
  const players = root.matches?.("[data-player]") ? [root] : root.querySelectorAll("[data-player]");
  for (const player of players) {
    if (player.dataset.ready) continue;
    player.dataset.ready = "true";
    new Player(player);
  }
}

document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
prepare(document);
