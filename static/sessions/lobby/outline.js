/**
 * Draws the face that was found over the picture: the oval, the eyes and the mouth, as thin lines.
 *
 * @typedef {import("../landmarks.js").Point} Point
 */

/** Closed lines through MediaPipe's face points. */
const LINES = [
  [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150,
    136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
  ],
  [33, 160, 159, 158, 133, 153, 145, 144],
  [263, 387, 386, 385, 362, 380, 374, 373],
  [61, 39, 37, 0, 267, 269, 291, 405, 17, 181],
];

/**
 * @param {HTMLCanvasElement} canvas of the video's size
 * @param {Point[] | null} face null: nothing is drawn
 * @param {{width: number, height: number}} size of the picture that was read
 */
export function drawFace(canvas, face, { width, height }) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.clearRect(0, 0, width, height);
  if (face === null) return;
  context.lineJoin = "round";
  for (const [style, thickness] of /** @type {[string, number][]} */ ([
    ["rgb(0 0 0 / 35%)", 4],
    ["#ffffff", 2],
  ])) {
    context.strokeStyle = style;
    context.lineWidth = thickness;
    for (const line of LINES) trace(context, line.map((index) => face[index]), width, height);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Point[]} points
 * @param {number} width
 * @param {number} height
 */
function trace(context, points, width, height) {
  context.beginPath();
  for (const { x, y } of points) context.lineTo(x * width, y * height);
  context.closePath();
  context.stroke();
}
