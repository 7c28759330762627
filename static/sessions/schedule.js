/**
 * Which landmark tasks run on which picture, so that a slow machine keeps 10 faces a second before anything else.
 *
 * The face runs on every picture. The pose runs on every picture, every second or every third one. The hands get what
 * is left, down to every fifth picture; where even that is too much they rest, and are tried again every few seconds
 * in case the machine has become free.
 *
 *   const schedule = new Schedule();
 *   schedule.tasks(now)            // -> ["face", "pose"]
 *   schedule.took("pose", 16.2)    // ms
 *   schedule.intervalMs            // pause between two pictures
 *
 * @typedef {"face" | "pose" | "hand"} Task
 */

/** Fifteen pictures a second, where the machine can. */
export const FASTEST_MS = 1000 / 15;
/** What one picture may cost on average: ten a second, with some air for everything else. */
export const BUDGET_MS = 85;
const HANDS_AFTER_PICTURES = 20;
const RETRY_HANDS_MS = 8000;
const SMOOTHING = 0.15;
/** The first runs of a task compile and fill caches: they say nothing about the runs to come. */
const WARM_UPS = 2;

export class Schedule {
  constructor() {
    /** Smoothed cost of each task in ms; null before its first run. @type {Record<Task, number | null>} */
    this.costs = { face: null, pose: null, hand: null };
    /** @type {Record<Task, number>} */
    this.runs = { face: 0, pose: 0, hand: 0 };
    this.poseEvery = 1;
    /** 0 means that the hands rest. */
    this.handEvery = 0;
    this.pictures = 0;
    this.handsTriedAt = -Infinity;
    this.trialsLeft = 0;
  }

  /**
   * The tasks for the next picture, in the order of their importance.
   * @param {number} now ms
   * @returns {Task[]}
   */
  tasks(now) {
    const picture = this.pictures++;
    /** @type {Task[]} */
    const tasks = ["face"];
    if (picture % this.poseEvery === 0) tasks.push("pose");
    if (this.#handsTurn(picture, now)) tasks.push("hand");
    return tasks;
  }

  /**
   * @param {Task} task
   * @param {number} ms
   */
  took(task, ms) {
    const before = this.costs[task];
    const isWarm = this.runs[task]++ >= WARM_UPS;
    this.costs[task] = before === null || !isWarm ? ms : before + SMOOTHING * (ms - before);
    if (task === "hand" && this.trialsLeft > 0) this.trialsLeft -= 1;
    this.#plan();
  }

  /** The average cost of a picture in ms, as planned. */
  get pictureMs() {
    const { face, pose, hand } = this.costs;
    const hands = this.handEvery === 0 ? 0 : (hand ?? 0) / this.handEvery;
    return (face ?? 0) + (pose ?? 0) / this.poseEvery + hands;
  }

  get intervalMs() {
    return Math.max(FASTEST_MS, 1.15 * this.pictureMs);
  }

  /**
   * @param {number} picture
   * @param {number} now
   */
  #handsTurn(picture, now) {
    if (this.trialsLeft > 0) return true;
    if (this.handEvery > 0) return this.#isOffBeat(picture);
    const fits = this.pictures > HANDS_AFTER_PICTURES && this.pictureMs < BUDGET_MS;
    if (!fits || now - this.handsTriedAt < RETRY_HANDS_MS) return false;
    this.handsTriedAt = now;
    this.trialsLeft = WARM_UPS + 1;
    this.runs.hand = 0;
    return true;
  }

  /** Hands take a picture that the pose leaves free, where there is one. @param {number} picture */
  #isOffBeat(picture) {
    const beat = this.handEvery % this.poseEvery === 0 ? 1 : 0;
    return picture % this.handEvery === beat % this.handEvery;
  }

  #plan() {
    const { face, pose, hand } = this.costs;
    if (face === null || pose === null) return;
    this.poseEvery = leastEvery(BUDGET_MS - face, pose, 3) || 3;
    if (hand === null || this.trialsLeft > 0) return;
    this.handEvery = leastEvery(BUDGET_MS - face - pose / this.poseEvery, hand, 5);
  }
}

/**
 * The smallest n up to `most` for which cost / n fits into `room`; 0 where none does.
 * @param {number} room ms
 * @param {number} cost ms
 * @param {number} most
 */
function leastEvery(room, cost, most) {
  for (let n = 1; n <= most; n++) if (cost / n <= room) return n;
  return 0;
}
