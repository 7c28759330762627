// A teacher's review of an answer: the player with its words, and comments at moments of the playhead.
import { Player, clock } from "./player.js";
import { Words } from "./words.js";

const CALLS_FOR_COMMENT = "c";

/** The comments as moments. They are read anew each time: one that is written joins them. */
class Comments {
  constructor(page, player) {
    this.page = page;
    this.player = player;
    page.addEventListener("click", (event) => this.clicked(event));
    page.addEventListener("keydown", (event) => this.pressed(event));
  }

  get moments() {
    return [...this.page.querySelectorAll("#comments [data-t]")];
  }

  clicked(event) {
    const button = event.target.closest("#comments [data-t]");
    if (button) this.player.seek(Number(button.dataset.t));
  }

  /** To the comment before or after the playhead; the player's buttons and keys ask for it. */
  step(by) {
    const at = this.moments.map((one) => Number(one.dataset.t));
    const place = by > 0 ? at.findIndex((t) => t > this.player.now) : at.findLastIndex((t) => t < this.player.now);
    if (place < 0) return;
    this.player.seek(at[place]);
    this.player.say(this.moments[place].parentElement.querySelector("p").textContent);
  }

  pressed(event) {
    const { target, key } = event;
    if (event.altKey || event.ctrlKey || event.metaKey || key.toLowerCase() !== CALLS_FOR_COMMENT) return;
    if (target.matches("textarea, select, input:not([type='radio'], [type='checkbox'], [type='range'])")) return;
    event.preventDefault();
    this.begin();
  }

  /** The moment is taken and the playback stands still while one writes. */
  begin() {
    if (!this.player.source.paused) this.player.source.pause();
    this.page.querySelector("[name='at']").value = clock(this.player.now);
    this.page.querySelector("[name='comment']").focus();
  }
}

/** Leaving with something chosen or written that was not sent is asked about by the browser. */
function watchUnsaved(form) {
  let [changed, sent] = [false, false];
  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, (event) => (changed ||= !event.target.closest("#comments")));
  }
  form.addEventListener("submit", () => (sent = true));
  addEventListener("beforeunload", (event) => {
    if (!sent && (changed || form.querySelector("[name='comment']").value)) event.preventDefault();
  });
}

const page = document.querySelector("[data-review]");
const player = new Player(page.querySelector("[data-player]"));
player.moments = new Comments(page, player);
new Words(player.root, player);
watchUnsaved(page.querySelector("[data-review-form]"));
player.show();
