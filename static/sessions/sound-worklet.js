/**
 * The AudioWorklet: microphone in, blocks of 16 kHz mono Int16 out. Only sound.js talks to it.
 *
 * Posts every 50 ms {samples: Int16Array(800), rms, peak, clipped, lost}: `rms` and `peak` of 0..1, `clipped` the
 * number of samples at full scale, `lost` the number of samples (at the context's rate) that the browser skipped since
 * the last block. Sound that is missing because the microphone stands still is silence, so that the clock goes on.
 */
import { Resampler } from "./resample.js";

const RATE = 16000;
const BLOCK = 800;

// These are globals of the AudioWorkletGlobalScope that no other scope has.
const scope = /** @type {any} */ (globalThis);

class SoundProcessor extends scope.AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = scope.sampleRate === RATE ? null : new Resampler(scope.sampleRate, RATE);
    this.block = new Int16Array(BLOCK);
    this.filled = 0;
    /** @type {number | null} */
    this.expectedFrame = null;
    this.level = emptyLevel();
  }

  /**
   * @param {Float32Array[][]} inputs
   * @param {Float32Array[][]} outputs
   * @returns {boolean} keep going
   */
  process(inputs, outputs) {
    const length = outputs[0][0].length;
    this.level.lost += scope.currentFrame - (this.expectedFrame ?? scope.currentFrame);
    this.expectedFrame = scope.currentFrame + length;
    const mono = mixDown(inputs[0], length);
    this.#add(this.resampler ? this.resampler.push(mono) : mono);
    return true;
  }

  /** @param {Float32Array} samples at 16 kHz */
  #add(samples) {
    for (const sample of samples) {
      const size = Math.abs(sample);
      this.level.squares += sample * sample;
      if (size > this.level.peak) this.level.peak = size;
      if (size >= 0.999) this.level.clipped += 1;
      this.block[this.filled++] = Math.max(-32768, Math.min(32767, Math.round(sample * 32767)));
      if (this.filled === BLOCK) this.#post();
    }
  }

  #post() {
    const { squares, peak, clipped, lost } = this.level;
    const samples = this.block;
    this.port.postMessage({ samples, rms: Math.sqrt(squares / BLOCK), peak, clipped, lost }, [
      samples.buffer,
    ]);
    this.block = new Int16Array(BLOCK);
    this.filled = 0;
    this.level = emptyLevel();
  }
}

function emptyLevel() {
  return { squares: 0, peak: 0, clipped: 0, lost: 0 };
}

/**
 * @param {Float32Array[]} channels none where the microphone is not connected
 * @param {number} length
 * @returns {Float32Array}
 */
function mixDown(channels, length) {
  if (channels.length === 1) return channels[0];
  const mono = new Float32Array(length);
  for (const channel of channels) for (let i = 0; i < length; i++) mono[i] += channel[i] / channels.length;
  return mono;
}

scope.registerProcessor("greenroom-sound", SoundProcessor);
