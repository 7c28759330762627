// The lanes are drawn by the page; here they get their playhead, the values beside it, and the reader's choice of lanes.
import { saveLanes } from "./picture.js";

const STEP_MS = 1000;
const CHOICE = "greenroom.lanes";

/** What the reader chose to see, kept in this browser; nothing where it keeps nothing. */
function kept() {
  try {
    return { folded: [], all: false, ...JSON.parse(localStorage.getItem(CHOICE) ?? "{}") };
  } catch {
    return { folded: [], all: false };
  }
}

function keep(choice) {
  try {
    localStorage.setItem(CHOICE, JSON.stringify(choice));
  } catch {
    // Private windows may refuse: the choice then holds for this page.
  }
}

export class Lanes {
  constructor(root, player) {
    this.root = root;
    this.player = player;
    this.rail = root.querySelector("[data-rail]");
    this.values = [...root.querySelectorAll("[data-value]")].map((place) => ({ place, said: place.dataset.said.split("|") }));
    this.choose(kept());
    this.listen();
    player.addEventListener("at", () => this.show());
  }

  listen() {
    this.root.addEventListener("pointerdown", (event) => this.pointed(event));
    this.root.addEventListener("pointermove", (event) => event.buttons === 1 && this.held && this.goTo(event));
    addEventListener("pointerup", () => (this.held = null));
    for (const group of this.groups) group.addEventListener("toggle", () => this.folded(group));
    this.button?.addEventListener("click", () => this.chooseAll(!this.all));
    document.addEventListener("click", (event) => {
      if (event.target.closest?.(`[data-save-lanes="${this.root.id}"]`)) saveLanes(this.root);
    });
  }

  get groups() {
    return [...this.root.querySelectorAll(".lane-group")];
  }

  get button() {
    return this.root.querySelector("[data-all]");
  }

  get all() {
    return "showAll" in this.root.dataset;
  }

  choose({ folded, all }) {
    for (const group of this.groups) if (folded.includes(group.dataset.group)) group.open = false;
    this.showAll(all);
  }

  chooseAll(all) {
    this.showAll(all);
    keep({ ...kept(), all });
  }

  showAll(all) {
    this.root.toggleAttribute("data-show-all", all);
    if (!this.button) return;
    const [more, fewer] = this.button.dataset.words.split("|");
    this.button.textContent = all ? fewer : more;
    this.button.setAttribute("aria-pressed", String(all));
  }

  folded(group) {
    const choice = kept();
    const others = choice.folded.filter((code) => code !== group.dataset.group);
    keep({ ...choice, folded: group.open ? others : [...others, group.dataset.group] });
  }

  pointed(event) {
    this.held = event.button === 0 ? event.target.closest("[data-track]") : null;
    if (this.held) this.goTo(event);
  }

  goTo(event) {
    const { left, width } = this.held.getBoundingClientRect();
    this.player.seek(((event.clientX - left) / width) * this.player.duration);
  }

  show() {
    const { now, duration } = this.player;
    this.rail.style.transform = `translateX(${(100 * now) / duration}%)`;
    const second = Math.min(Math.floor(now / STEP_MS), Math.ceil(duration / STEP_MS) - 1);
    if (second === this.second) return;
    this.second = second;
    for (const { place, said } of this.values) this.showValue(place, said[second]);
  }

  showValue(place, said) {
    const { unit } = place.dataset;
    const space = unit.startsWith("°") ? "" : "\u00a0";
    place.textContent = said ? `${said}${space}${unit}` : `– ${unit}`;
  }
}
