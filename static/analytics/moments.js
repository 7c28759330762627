// The list of moments: the one that has begun last is the current one; going on or back leaves out hidden kinds.

const EDGE_MS = 40;

export class Moments {
  constructor(root, player) {
    this.player = player;
    this.list = root.querySelector("[data-marks]");
    this.empty = root.querySelector("[data-no-moments]");
    this.all = [...root.querySelectorAll(".mark[data-t]")];
    player.addEventListener("at", () => this.show());
    player.addEventListener("kinds", () => this.show());
  }

  get shown() {
    return this.all.filter((mark) => !mark.parentElement.hasAttribute("data-off"));
  }

  current() {
    return this.shown.findLast((mark) => Number(mark.dataset.t) <= this.player.now + EDGE_MS);
  }

  show() {
    const current = this.current();
    for (const mark of this.all) {
      if (mark === current) mark.setAttribute("aria-current", "true");
      else mark.removeAttribute("aria-current");
    }
    if (this.empty) this.empty.hidden = this.shown.length > 0;
    if (current !== this.was) this.keepInView(current);
    this.was = current;
  }

  /** Scrolls the list, never the page. */
  keepInView(mark) {
    if (!mark) return;
    const [list, one] = [this.list.getBoundingClientRect(), mark.getBoundingClientRect()];
    if (one.top < list.top) this.list.scrollTop -= list.top - one.top;
    if (one.bottom > list.bottom) this.list.scrollTop += one.bottom - list.bottom;
  }

  step(by) {
    const { shown } = this;
    if (!shown.length) return;
    const current = this.current();
    // From the list the steps go from where the focus is: several moments may begin together.
    const focused = shown.indexOf(document.activeElement);
    const at = focused >= 0 ? focused : shown.indexOf(current);
    const mark = shown[Math.min(Math.max(at + by, 0), shown.length - 1)];
    this.player.seek(Number(mark.dataset.t));
    if (focused >= 0) mark.focus();
    else this.player.say(mark.textContent.replace(/\s+/g, " ").trim());
  }
}
