// Draws the plotly figures of a page. A figure names its colours as design tokens; here they become the colours of the
// theme that is shown, and again when it changes. Plotly adds no styles of its own (see templates/analytics/_head.html).
import { colour, onTheme } from "../greenroom/tokens.js";

const CONFIG = { displayModeBar: false, displaylogo: false, doubleClick: false, scrollZoom: false, responsive: true };
const TOKEN = /^var\((--[\w-]+)\)$/;
const drawn = new Set();

function inColour(value, found) {
  if (Array.isArray(value)) return value.map((part) => inColour(part, found));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inColour(part, found)]));
  }
  const token = typeof value === "string" && value.match(TOKEN)?.[1];
  if (!token) return value;
  if (!found.has(token)) found.set(token, colour(token));
  return found.get(token);
}

async function draw(area) {
  const figure = JSON.parse(document.getElementById(area.dataset.figure).textContent);
  const { data, layout } = inColour(figure, new Map());
  layout.font.family = getComputedStyle(area).fontFamily;
  area.style.blockSize = `${layout.height}px`;
  await window.Plotly.react(area, data, layout, CONFIG);
  drawn.add(area);
  area.removeAttribute("aria-busy");
  area.dispatchEvent(new CustomEvent("greenroom:drawn"));
}

const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      draw(target);
    }
  },
  { rootMargin: "400px" },
);

/** Takes in the charts of `root`: each is drawn when it comes near the window. */
function prepare(root) {
  for (const area of root.querySelectorAll("[data-figure]")) {
    if (area.dataset.prepared) continue;
    area.dataset.prepared = "true";
    area.setAttribute("aria-busy", "true");
    near.observe(area);
  }
}

function redraw() {
  for (const area of drawn) area.isConnected ? draw(area) : drawn.delete(area);
}

function save(button) {
  const area = document.querySelector(`[data-figure="${CSS.escape(button.dataset.saveChart)}-figure"]`);
  const { clientWidth: width, clientHeight: height } = area;
  return window.Plotly.downloadImage(area, { format: "png", scale: 2, width, height, filename: button.dataset.picture });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-save-chart]");
  if (button) save(button);
});
// A choice in a filter is sent at once; without scripts there is a button.
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-submit]")) event.target.form.requestSubmit();
});
document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
addEventListener("beforeprint", () => document.querySelectorAll("[data-prepared]").forEach((area) => draw(area)));
onTheme(redraw);
prepare(document);
