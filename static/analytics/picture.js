// Saves the lanes that are shown as a picture: drawn again on a canvas from the same paths, in the theme's colours.
import { colour } from "../greenroom/tokens.js";

const [WIDTH, LABEL, ROW, EDGE, SCALE] = [1000, 240, 64, 20, 2];
const GROUP_COLOUR = { face: "--series-1", body: "--series-2", voice: "--series-3" };

function percent(element, name) {
  return Number.parseFloat(element.getAttribute(name) ?? "0") / 100;
}

function words(context, text, x, y, token = "--ink") {
  context.fillStyle = colour(token);
  context.fillText(text, x, y);
}

/** Rectangles of the axis and marks of a lane, whose places are per cent of the width. */
function marks(context, track, width) {
  for (const box of track.querySelectorAll(":scope > rect, :scope > g > rect")) {
    context.fillStyle = colour(box.matches(".speech") ? "--series-3" : "--ink-muted");
    const [x, size] = [percent(box, "x") * width, percent(box, "width") * width];
    const [y, height] = [Number(box.getAttribute("y")), Number(box.getAttribute("height"))];
    if (box.matches(".long-pause")) context.strokeRect(x, y, size, height);
    else context.fillRect(x, y, size, height);
  }
  for (const sign of track.querySelectorAll(":scope > svg[x], :scope > g > svg[x]")) {
    context.save();
    context.translate(percent(sign, "x") * width, Number(sign.getAttribute("y")));
    context.fillStyle = colour("--ink");
    context.fill(new Path2D(sign.querySelector("path").getAttribute("d")));
    context.restore();
  }
}

function curve(context, box, width, token) {
  const [, , length, height] = box.getAttribute("viewBox").split(" ").map(Number);
  const stretched = new DOMMatrix([width / length, 0, 0, (ROW - 16) / height, 0, 0]);
  const part = (band) => {
    const [y, tall] = ["y", "height"].map((name) => (Number(band.getAttribute(name)) * (ROW - 16)) / height);
    return [0, y, width, tall];
  };
  for (const band of box.querySelectorAll("rect.usual")) {
    context.fillStyle = colour("--band");
    context.fillRect(...part(band));
  }
  for (const band of box.querySelectorAll("rect.common")) {
    context.strokeStyle = colour("--line-strong");
    context.lineWidth = 1;
    context.strokeRect(...part(band));
  }
  const line = new Path2D();
  line.addPath(new Path2D(box.querySelector("path")?.getAttribute("d") ?? ""), stretched);
  context.strokeStyle = colour(token);
  context.lineWidth = 1.6;
  context.stroke(line);
}

function lane(context, row, top) {
  const name = row.querySelector(".lane-name")?.textContent ?? row.querySelector(".lane-label").textContent.trim();
  const unit = row.querySelector("[data-unit]")?.dataset.unit;
  words(context, name, EDGE, top + 18);
  if (unit) words(context, unit, EDGE, top + 36, "--ink-muted");
  const track = row.querySelector("svg[data-track]");
  if (!track) return;
  context.save();
  context.translate(LABEL, top);
  const group = row.closest("[data-group]")?.dataset.group;
  const box = track.querySelector(".lane-box");
  if (box) curve(context, box, WIDTH - LABEL - EDGE, GROUP_COLOUR[group] ?? "--ink");
  marks(context, track, WIDTH - LABEL - EDGE);
  for (const text of track.querySelectorAll(".tick-text")) {
    words(context, text.textContent, percent(text, "x") * (WIDTH - LABEL - EDGE), 50, "--ink-muted");
  }
  context.restore();
}

/** @param {HTMLElement} root the figure with the lanes */
export function saveLanes(root) {
  const rows = [...root.querySelectorAll(".lane")].filter((row) => row.offsetParent);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH * SCALE, (rows.length * ROW + 2 * EDGE) * SCALE];
  const context = canvas.getContext("2d");
  context.scale(SCALE, SCALE);
  context.lineJoin = context.lineCap = "round";
  context.font = `13px ${getComputedStyle(root).fontFamily}`;
  context.fillStyle = colour("--surface");
  context.fillRect(0, 0, canvas.width, canvas.height);
  rows.forEach((row, at) => lane(context, row, EDGE + at * ROW));
  const link = document.createElement("a");
  link.href = canvas.toDataURL("image/png");
  link.download = "answer.png";
  link.click();
}
