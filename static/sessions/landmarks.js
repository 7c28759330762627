/**
 * Landmarks on the wire: which points go, in which order, and how a picture's observation becomes bytes.
 * The layout is that of docs/live-protocol.md ("A frame").
 *
 *   const seen = observe({ faces, poses, hands, labels }, luma);      // MediaPipe's results -> one observation
 *   const bytes = encodeFrame(seen, bitmap.width / bitmap.height);    // -> Uint8Array, dt_ms still 0
 *   setFrameTime(bytes, -12);                                         // ms after the message's t_ms, written when sent
 *
 * Coordinates go in heights of the picture (x and z times width / height), not mirrored, y downwards.
 *
 * @typedef {{x: number, y: number, z: number, visibility?: number}} Point normalized to 0..1 by MediaPipe
 * @typedef {object} Observation
 * @property {Point[] | null} face all of MediaPipe's face points (478), of the nearest face
 * @property {number} faces how many faces were seen, 0..2
 * @property {Point[] | null} pose all of MediaPipe's pose points (33)
 * @property {Point[] | null} left the person's own left hand (21)
 * @property {Point[] | null} right the person's own right hand (21)
 * @property {number} luma mean brightness of the picture, 0..255
 */

/** Face points on the wire, by MediaPipe's numbering. */
export const FACE_POINTS = Object.freeze([
  0, 1, 2, 4, 5, 6, 10, 13, 14, 17, 33, 50, 58, 61, 70, 78, 93, 98, 105, 107, 127, 133, 136, 145, 152, 159,
  168, 172, 195, 197, 205, 234, 263, 280, 288, 291, 300, 308, 323, 327, 334, 336, 356, 362, 365, 374, 386,
  397, 425, 454, 468, 473,
]);

/** Pose points on the wire, by MediaPipe's numbering. */
export const POSE_POINTS = Object.freeze([
  0, 2, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
]);

/** Points of a hand on the wire: all of them. */
export const HAND_POINTS = Object.freeze(Array.from({ length: 21 }, (_, index) => index));

export const SCALE = 8192;
export const FRAME_HEADER = 6;
export const BLOCK = Object.freeze({ face: 1, pose: 2, left: 4, right: 8 });

const POSE_WRIST = { left: 15, right: 16 };
const WRIST_VISIBLE = 0.5;
const WRIST_NEAR = 0.12;

/**
 * Write an observation as a frame. Its dt_ms is 0 until `setFrameTime` is called.
 * @param {Observation} seen
 * @param {number} aspect width / height of the picture
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function encodeFrame(seen, aspect) {
  const blocks = presentBlocks(seen);
  const values = blocks.reduce((sum, block) => sum + block.points.length * block.size, 0);
  const bytes = new Uint8Array(FRAME_HEADER + 2 * values);
  const view = new DataView(bytes.buffer);
  view.setUint8(
    2,
    blocks.reduce((bits, block) => bits | block.bit, 0),
  );
  view.setUint8(3, Math.min(seen.faces, 2));
  view.setUint8(4, Math.min(255, Math.max(0, Math.round(seen.luma))));
  let offset = FRAME_HEADER;
  for (const block of blocks) offset = writeBlock(view, offset, block, aspect);
  return bytes;
}

/**
 * @param {Uint8Array} frame
 * @param {number} dtMs time of the picture after the message's t_ms, -1000..1000
 */
export function setFrameTime(frame, dtMs) {
  new DataView(frame.buffer, frame.byteOffset).setInt16(0, dtMs, true);
}

/**
 * @typedef {{bit: number, from: Point[], points: readonly number[], size: 3 | 4}} WireBlock
 * @param {Observation} seen
 * @returns {WireBlock[]} in the order of the bits
 */
function presentBlocks(seen) {
  /** @type {[number, Point[] | null, readonly number[], 3 | 4][]} */
  const all = [
    [BLOCK.face, seen.face, FACE_POINTS, 3],
    [BLOCK.pose, seen.pose, POSE_POINTS, 4],
    [BLOCK.left, seen.left, HAND_POINTS, 3],
    [BLOCK.right, seen.right, HAND_POINTS, 3],
  ];
  return all.flatMap(([bit, from, points, size]) => (from ? [{ bit, from, points, size }] : []));
}

/**
 * @param {DataView} view
 * @param {number} offset
 * @param {WireBlock} block
 * @param {number} aspect
 * @returns {number} the offset after the block
 */
function writeBlock(view, offset, block, aspect) {
  for (const index of block.points) {
    const point = block.from[index];
    const values = [point.x * aspect, point.y, point.z * aspect];
    if (block.size === 4) values.push(point.visibility ?? 0);
    for (const value of values) {
      view.setInt16(offset, toInt16(value), true);
      offset += 2;
    }
  }
  return offset;
}

/** @param {number} value */
function toInt16(value) {
  return Math.min(32767, Math.max(-32768, Math.round(value * SCALE)));
}

/**
 * Make one observation of what MediaPipe's tasks returned. A task that did not run on this picture gives no list.
 * @param {{faces?: Point[][], poses?: Point[][], hands?: Point[][], labels?: string[]}} found `labels` are the
 *   handedness of `hands`, "Left" or "Right"
 * @param {number} luma
 * @returns {Observation}
 */
export function observe({ faces = [], poses = [], hands = [], labels = [] }, luma) {
  const pose = poses[0] ?? null;
  const sides = assignHands(hands, labels, pose);
  return { face: nearestFace(faces), faces: Math.min(faces.length, 2), pose, ...sides, luma };
}

/**
 * The face that is largest in the picture is taken for the student's.
 * @param {Point[][]} faces
 * @returns {Point[] | null}
 */
function nearestFace(faces) {
  const height = (/** @type {Point[]} */ face) => Math.abs(face[152].y - face[10].y);
  return faces.reduce((best, face) => (height(face) > height(best) ? face : best), faces[0]) ?? null;
}

/**
 * Which hand is whose. MediaPipe's Tasks API names the person's own side when the picture is not mirrored (the old
 * "solutions" API assumed a mirrored one); a visible wrist of the pose near the hand is better evidence still.
 * @param {Point[][]} hands at most two
 * @param {string[]} labels
 * @param {Point[] | null} pose
 * @returns {{left: Point[] | null, right: Point[] | null}}
 */
export function assignHands(hands, labels, pose) {
  /** @type {{left: Point[] | null, right: Point[] | null}} */
  const sides = { left: null, right: null };
  hands.slice(0, 2).forEach((hand, index) => {
    const side = sideByWrist(hand, pose) ?? (labels[index] === "Left" ? "left" : "right");
    const other = side === "left" ? "right" : "left";
    if (sides[side] === null) sides[side] = hand;
    else if (isElsewhere(hand, sides[side])) sides[other] = hand;
  });
  return sides;
}

/**
 * @param {Point[]} hand
 * @param {Point[] | null} pose
 * @returns {"left" | "right" | null}
 */
function sideByWrist(hand, pose) {
  if (pose === null) return null;
  const reach = (/** @type {"left" | "right"} */ side) => {
    const wrist = pose[POSE_WRIST[side]];
    return (wrist.visibility ?? 0) < WRIST_VISIBLE
      ? Infinity
      : Math.hypot(wrist.x - hand[0].x, wrist.y - hand[0].y);
  };
  const [left, right] = [reach("left"), reach("right")];
  if (Math.min(left, right) > WRIST_NEAR || Math.max(left, right) < 2 * WRIST_NEAR) return null;
  return left < right ? "left" : "right";
}

/**
 * Two finds of the same hand lie on top of each other; the second is then no other hand.
 * @param {Point[]} hand
 * @param {Point[]} known
 */
function isElsewhere(hand, known) {
  return Math.hypot(hand[9].x - known[9].x, hand[9].y - known[9].y) > 0.05;
}

/**
 * Mean brightness of RGBA pixels (Rec. 601 weights).
 * @param {Uint8ClampedArray} pixels
 * @returns {number} 0..255
 */
export function meanLuma(pixels) {
  let sum = 0;
  for (let i = 0; i < pixels.length; i += 4) {
    sum += 0.299 * pixels[i] + 0.587 * pixels[i + 1] + 0.114 * pixels[i + 2];
  }
  return pixels.length === 0 ? 0 : (4 * sum) / pixels.length;
}
