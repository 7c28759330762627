// The moments of an advice: a click opens the answer where it stands on this page, and moves its playhead there.
// Without scripts, and where the answer stands on a page of its own, the link leads to it.

const PLAYER = "[data-player][data-ready]";

function show(player, ms) {
  player.dispatchEvent(new CustomEvent("seek", { detail: ms }));
  player.scrollIntoView({ block: "start" });
  player.querySelector("[data-play]").focus({ preventScroll: true });
}

/** Opens an answer of the result page; its player comes by htmx where it has not come before. */
function open(answer, ms) {
  const player = answer.querySelector(PLAYER);
  answer.open = true;
  if (player) {
    show(player, ms);
    return;
  }
  const came = () => {
    const found = answer.querySelector(PLAYER);
    if (!found) return;
    document.removeEventListener("htmx:load", came);
    show(found, ms);
  };
  // On the document, where the player is made ready by a listener that stands before this one.
  document.addEventListener("htmx:load", came);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-jump]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const answer = document.getElementById(link.dataset.jump);
  const player = answer ?? document.querySelector(PLAYER);
  if (!player) return;
  event.preventDefault();
  const ms = Number(link.dataset.t);
  answer ? open(answer, ms) : show(player, ms);
});

/** `?t=42000` on the page of one answer: where its playhead begins. */
export function begin() {
  const ms = Number(new URLSearchParams(location.search).get("t"));
  const players = document.querySelectorAll(PLAYER);
  if (ms > 0 && players.length === 1) show(players[0], ms);
}
