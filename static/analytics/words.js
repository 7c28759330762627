// The transcript in step with the playhead: the word that is being said lights up, a word that is clicked is gone to.

const LINGERS_MS = 400;

export class Words {
  constructor(root, player) {
    this.text = root.querySelector("[data-transcript]");
    if (!this.text) return;
    this.player = player;
    this.words = [...this.text.querySelectorAll("[data-s]")];
    this.starts = this.words.map((word) => Number(word.dataset.s));
    this.lit = null;
    this.text.addEventListener("click", (event) => this.clicked(event));
    player.addEventListener("at", () => this.show());
    const button = root.querySelector("[data-copy]");
    button?.addEventListener("click", () => this.copy(button));
  }

  /** The last word or pause that has begun and is not long over. */
  at(ms) {
    let [low, high] = [0, this.starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= ms) low = middle + 1;
      else high = middle;
    }
    const word = this.words[low - 1];
    return word && ms < Number(word.dataset.e) + LINGERS_MS ? word : null;
  }

  show() {
    const word = this.at(this.player.now);
    if (word === this.lit) return;
    this.lit?.classList.remove("now");
    word?.classList.add("now");
    this.lit = word;
    if (word && !this.player.source.paused) this.keepInView(word);
  }

  keepInView(word) {
    const [box, one] = [this.text.getBoundingClientRect(), word.getBoundingClientRect()];
    if (one.top < box.top || one.bottom > box.bottom) this.text.scrollTop += one.top - box.top - box.height / 3;
  }

  clicked(event) {
    const word = event.target.closest("[data-s]");
    const selecting = !getSelection().isCollapsed;
    if (word && !selecting) this.player.seek(Number(word.dataset.s));
  }

  async copy(button) {
    const said = this.words.map((word) => (word.matches(".pause") ? `[${word.lastChild.textContent}]` : word.textContent.trim()));
    await navigator.clipboard.writeText(said.join(" "));
    this.player.say(button.dataset.done);
    const name = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = name), 2000);
  }
}
