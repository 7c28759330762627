// Design tokens for what is drawn by scripts (charts, canvases): they need plain rgb, not light-dark(oklch()).
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

/**
 * The colour of a token in the theme that is shown now, as "#rrggbb".
 * @param {string} name of the custom property, such as "--accent"
 * @returns {string}
 */
export function colour(name) {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  canvas.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
  return "#" + [red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("");
}

/** Calls `draw` whenever the colours change: by the switch on the page or by the system. */
export function onTheme(draw) {
  document.addEventListener("greenroom:theme", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
