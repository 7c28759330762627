// Opened answers: each gets its player, its lanes and its words. A waiting page says aloud only what is new.
import { begin } from "./coach.js";
import { Lanes } from "./lanes.js";
import { Moments } from "./moments.js";
import { Player } from "./player.js";
import { Words } from "./words.js";

function prepare(root) {
  const found = root.matches?.("[data-player]") ? [root] : root.querySelectorAll("[data-player]");
  for (const element of found) {
    if (element.dataset.ready) continue;
    element.dataset.ready = "true";
    const player = new Player(element);
    player.moments = new Moments(element, player);
    new Words(element, player);
    if (element.querySelector("[data-lanes]")) new Lanes(element.querySelector("[data-lanes]"), player);
    element.addEventListener("seek", (event) => player.seek(event.detail));
    player.show();
  }
}

// The waiting part is asked for every few seconds; a screen reader hears of it when its words change.
document.addEventListener("htmx:load", (event) => {
  prepare(event.detail.elt);
  const news = document.querySelector("[data-news]")?.textContent.trim();
  const heard = document.querySelector("[data-heard]");
  if (news && heard && heard.textContent !== news) heard.textContent = news;
});
prepare(document);
begin();
