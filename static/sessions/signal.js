/**
 * The stream of one answer: sound and landmark frames in, numbered messages out, kept until the server has them.
 * The layout is that of docs/live-protocol.md ("one signal message every 250 ms"). Knows nothing of sockets.
 *
 *   const stream = new AnswerStream({ answer: 0, nextSeq: 0, streamMs: 0 });
 *   stream.addSound(samples, at); stream.addFrame(bytes, at);  // `at` is performance.now()
 *   stream.flush();                                            // the begun message, before a command ends the answer
 *   while ((message = stream.takeUnsent())) socket.send(message);
 *   stream.acknowledge(nextSeq);                               // all below are there
 *   stream.rewind(nextSeq, streamMs);                          // send again from here, after a reconnect or a gap
 *
 * Stream time is the number of samples divided by 16. Every message holds a multiple of 16 samples, so that its time
 * is a whole number of milliseconds.
 */
import { setFrameTime } from "./landmarks.js";

export const HEADER = 16;
const MAGIC = 0x47;
const KIND_SIGNAL = 1;
const SAMPLES_PER_MS = 16;
/** 250 ms. */
const MESSAGE_SAMPLES = 4000;
const MAX_FRAMES = 16;
/** How far a picture may lie before or after the first sample of its message. */
const FRAME_REACH_MS = 1000;
/** Ten minutes: some 24 MB. */
const MAX_KEPT = 2400;
/** What was acknowledged lately stays for five seconds: a server that was killed may have lost it. */
const KEEP_ACKNOWLEDGED = 20;

/**
 * @typedef {{bytes: Uint8Array<ArrayBuffer>, at: number}} Frame
 * @typedef {{seq: number, tMs: number, samples: number, bytes: Uint8Array<ArrayBuffer>}} Kept
 */

/**
 * @param {{answer: number, seq: number, tMs: number, sound: Int16Array, frames: Uint8Array[], dropped: number}} message
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function encodeMessage({ answer, seq, tMs, sound, frames, dropped }) {
  const framesLength = frames.reduce((sum, frame) => sum + frame.length, 0);
  const bytes = new Uint8Array(HEADER + framesLength + 2 * sound.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, MAGIC);
  view.setUint8(1, KIND_SIGNAL);
  view.setUint16(2, answer, true);
  view.setUint32(4, seq, true);
  view.setUint32(8, tMs, true);
  view.setUint16(12, sound.length, true);
  view.setUint8(14, frames.length);
  view.setUint8(15, Math.min(255, dropped));
  let offset = HEADER;
  for (const frame of frames) {
    bytes.set(frame, offset);
    offset += frame.length;
  }
  // Every processor that a browser runs on is little-endian, but nothing promises it, nor that the offset is even.
  for (let i = 0; i < sound.length; i++) view.setInt16(offset + 2 * i, sound[i], true);
  return bytes;
}

export class AnswerStream {
  #pending = new Int16Array(MESSAGE_SAMPLES);
  #filled = 0;
  /** @type {Frame[]} */
  #frames = [];
  #dropped = 0;
  /** Sent or not, not acknowledged or only just; without gaps in seq. @type {Kept[]} */
  #kept = [];
  /** Number of the first message that was not sent (on this connection). */
  #unsent;
  #acknowledged;
  /** performance.now() of stream time 0, by the block that came with the least delay. */
  #origin = Infinity;

  /** @param {{answer: number, nextSeq: number, streamMs: number}} from where the server stands */
  constructor({ answer, nextSeq, streamMs }) {
    this.answer = answer;
    this.seq = nextSeq;
    this.samples = streamMs * SAMPLES_PER_MS;
    this.droppedFrames = 0;
    this.#unsent = nextSeq;
    this.#acknowledged = nextSeq;
  }

  /** Stream time in ms, of the sound taken so far. */
  get nowMs() {
    return Math.floor((this.samples + this.#filled) / SAMPLES_PER_MS);
  }

  /** Messages that the server has not acknowledged. */
  get unacknowledged() {
    return this.seq - this.#acknowledged;
  }

  /** Messages that were not sent on this connection. */
  get unsent() {
    return this.seq - this.#unsent;
  }

  /** True when no more sound can be kept; the sound given is then refused. */
  get isFull() {
    return this.unacknowledged >= MAX_KEPT;
  }

  /**
   * @param {Int16Array} samples 16 kHz mono
   * @param {number} at performance.now() when they arrived
   * @returns {boolean} false when the memory is full and they were refused
   */
  addSound(samples, at) {
    if (this.isFull) return false;
    let offset = 0;
    while (offset < samples.length) {
      const part = samples.subarray(offset, offset + MESSAGE_SAMPLES - this.#filled);
      this.#pending.set(part, this.#filled);
      this.#filled += part.length;
      offset += part.length;
      // Sound may come late, never early: the least delay seen is nearest to the truth.
      const begin = at - (this.samples + this.#filled) / SAMPLES_PER_MS;
      this.#origin = Math.min(this.#origin, begin);
      if (this.#filled === MESSAGE_SAMPLES) this.flush();
    }
    return true;
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @param {number} at performance.now() of the picture
   */
  addFrame(bytes, at) {
    this.#frames.push({ bytes, at });
    if (this.#frames.length > MAX_FRAMES) this.#drop(this.#frames.shift());
  }

  /** Throw away the frames that wait: the line is slow, and sound goes first. */
  dropFrames() {
    for (const frame of this.#frames.splice(0)) this.#drop(frame);
  }

  /** A pause in the sound: stream time stands still, so the old relation to the wall clock ends here. */
  halt() {
    this.flush();
    this.#filled = 0;
    this.#frames = [];
    this.#origin = Infinity;
  }

  /** Make a message of what has come since the last one. */
  flush() {
    const count = this.#filled - (this.#filled % SAMPLES_PER_MS);
    if (count === 0) return;
    const tMs = this.samples / SAMPLES_PER_MS;
    const frames = this.#timedFrames(tMs);
    const sound = this.#pending.subarray(0, count);
    const bytes = encodeMessage({
      answer: this.answer,
      seq: this.seq,
      tMs,
      sound,
      frames,
      dropped: this.#dropped,
    });
    this.#kept.push({ seq: this.seq, tMs, samples: count, bytes });
    this.#pending.copyWithin(0, count, this.#filled);
    this.#filled -= count;
    this.samples += count;
    this.seq += 1;
    this.#dropped = 0;
  }

  /** @returns {Uint8Array<ArrayBuffer> | null} the next message to send */
  takeUnsent() {
    const message = this.#kept[this.#unsent - (this.#kept[0]?.seq ?? 0)];
    if (message === undefined) return null;
    this.#unsent += 1;
    return message.bytes;
  }

  /** @param {number} nextSeq the first message that the server does not have */
  acknowledge(nextSeq) {
    this.#acknowledged = Math.max(this.#acknowledged, Math.min(nextSeq, this.seq));
    const keepFrom = this.#acknowledged - KEEP_ACKNOWLEDGED;
    while (this.#kept.length > 0 && this.#kept[0].seq < keepFrom) this.#kept.shift();
  }

  /**
   * Send again from `nextSeq`. Where the server stands elsewhere than we thought (it lost more than we keep, or another
   * window went on meanwhile), what we still have is numbered anew behind it.
   * @param {number} nextSeq
   * @param {number} [streamMs] stream time at which the server stands; unknown after a gap
   * @returns {boolean} false when the place cannot be reached without `streamMs`
   */
  rewind(nextSeq, streamMs) {
    const first = this.#kept[0]?.seq ?? this.seq;
    if (nextSeq < first || nextSeq > this.seq) {
      if (streamMs === undefined) return false;
      this.#renumber(nextSeq, streamMs);
    }
    this.#acknowledged = nextSeq;
    this.#unsent = nextSeq;
    return true;
  }

  /**
   * @param {number} nextSeq
   * @param {number} streamMs
   */
  #renumber(nextSeq, streamMs) {
    this.#kept = this.#kept.filter((kept) => kept.seq >= this.#acknowledged);
    const before = this.samples;
    this.seq = nextSeq;
    this.samples = streamMs * SAMPLES_PER_MS;
    for (const kept of this.#kept) {
      Object.assign(kept, { seq: this.seq, tMs: this.samples / SAMPLES_PER_MS });
      const view = new DataView(kept.bytes.buffer);
      view.setUint32(4, kept.seq, true);
      view.setUint32(8, kept.tMs, true);
      this.seq += 1;
      this.samples += kept.samples;
    }
    this.#origin += (before - this.samples) / SAMPLES_PER_MS;
  }

  /**
   * The frames that go with the message beginning at `tMs`, their times written. A frame whose sound has not arrived by
   * far waits for a later message; one from long before this message, or from before the stream began, has no place.
   * @param {number} tMs
   * @returns {Uint8Array<ArrayBuffer>[]}
   */
  #timedFrames(tMs) {
    const timed = this.#frames
      .splice(0)
      .map((frame) => ({ frame, dt: Math.round(frame.at - this.#origin - tMs) }));
    this.#frames = timed.filter(({ dt }) => dt > FRAME_REACH_MS).map(({ frame }) => frame);
    const due = timed.filter(({ dt }) => dt <= FRAME_REACH_MS);
    const good = due.filter(({ dt }) => dt >= -FRAME_REACH_MS && tMs + dt >= 0);
    for (const { frame, dt } of good) setFrameTime(frame.bytes, dt);
    return good.map(({ frame }) => frame.bytes);
  }

  /** @param {Frame | undefined} frame */
  #drop(frame) {
    if (frame === undefined) return;
    this.#dropped += 1;
    this.droppedFrames += 1;
  }
}
