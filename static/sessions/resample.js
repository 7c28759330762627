/**
 * Any sample rate to 16 kHz, as a stream: for browsers that do not let a microphone into a 16 kHz AudioContext.
 *
 * A windowed sinc (Kaiser), read from a table between whose entries it is interpolated; the pass band ends at 7.2 kHz
 * and what would fold back lies 60 dB down. Blocks may have any length; nothing is lost or doubled between them.
 *
 *   const resampler = new Resampler(48000, 16000);
 *   const out = resampler.push(block);       // Float32Array in, Float32Array out
 */

const ZERO_CROSSINGS = 24;
const TABLE_STEPS = 256;
const KAISER_BETA = 6;
const PASS_BAND = 0.9;

export class Resampler {
  /**
   * @param {number} from Hz
   * @param {number} to Hz
   */
  constructor(from, to) {
    this.step = from / to;
    /** Of the sinc, in cycles per input sample, times two. */
    this.cutoff = Math.min(1, to / from) * PASS_BAND;
    this.reach = Math.ceil(ZERO_CROSSINGS / this.cutoff);
    this.table = makeTable();
    /** Input still needed: it begins `reach` samples before the next output. */
    this.kept = new Float32Array(this.reach);
    /** Place of the next output sample in `kept`, in input samples. */
    this.next = this.reach;
  }

  /**
   * @param {Float32Array} block
   * @returns {Float32Array<ArrayBuffer>}
   */
  push(block) {
    const input = new Float32Array(this.kept.length + block.length);
    input.set(this.kept);
    input.set(block, this.kept.length);
    const count = Math.max(0, Math.ceil((input.length - this.reach - this.next) / this.step));
    const output = new Float32Array(count);
    for (let i = 0; i < count; i++) output[i] = this.#at(input, this.next + i * this.step);
    const next = this.next + count * this.step;
    const drop = Math.max(0, Math.floor(next) - this.reach);
    this.kept = input.slice(drop);
    this.next = next - drop;
    return output;
  }

  /**
   * @param {Float32Array} input
   * @param {number} place
   */
  #at(input, place) {
    const first = Math.max(0, Math.ceil(place - this.reach));
    const last = Math.min(input.length - 1, Math.floor(place + this.reach));
    let sum = 0;
    for (let i = first; i <= last; i++) sum += input[i] * this.#kernel(Math.abs(i - place) * this.cutoff);
    return sum * this.cutoff;
  }

  /** @param {number} crossings distance in zero crossings */
  #kernel(crossings) {
    const entry = crossings * TABLE_STEPS;
    const index = Math.floor(entry);
    if (index >= this.table.length - 1) return 0;
    return this.table[index] + (entry - index) * (this.table[index + 1] - this.table[index]);
  }
}

/** Half of the windowed sinc, TABLE_STEPS entries between two zero crossings. */
function makeTable() {
  const table = new Float32Array(ZERO_CROSSINGS * TABLE_STEPS + 2);
  for (let i = 0; i < table.length; i++) {
    const x = i / TABLE_STEPS;
    const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    const edge = Math.max(0, 1 - (x / ZERO_CROSSINGS) ** 2);
    table[i] = (sinc * besselI0(KAISER_BETA * Math.sqrt(edge))) / besselI0(KAISER_BETA);
  }
  return table;
}

/** @param {number} x */
function besselI0(x) {
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 32; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
