/** Measures a clip in one pass over its samples, however long it is. */
import { amplitudeOf, levelOf, levelWindowMs, voicedLevelFor } from '#contract/audio/level';
import { clipSampleRate } from './voices/voice.ts';

const window = (clipSampleRate * levelWindowMs) / 1000;
const fullScale = 32_767;
/** So many samples in a row at full scale are a peak that was cut off. */
const clippedRun = 3;

/** How a clip measures. Levels in dBFS, times in ms. */
export interface SpeechFigures {
  durationMs: number;
  /** RMS over its voiced windows. */
  level: number;
  peak: number;
  leadingMs: number;
  trailingMs: number;
  longestPauseMs: number;
}

/** Where a clip is voiced: windows from `first` to `last`, of which `threshold` is the amplitude. */
interface Voiced {
  threshold: number;
  first: number;
  last: number;
}

const ms = (samples: number) => (samples * 1000) / clipSampleRate;

/** Takes the samples of one clip (16 kHz) piece by piece. */
export class ClipMeter {
  readonly #samples: number;
  /** Sum of squares of each window. */
  readonly #power: Float64Array;
  readonly #pairs: number;
  readonly #outline: Int16Array;
  #at = 0;
  #peak = 0;
  #run = 0;
  /** Peaks that were cut off. */
  clipped = 0;

  /** `samples`: how many there will be. `pairs`: how many stretches its outline has. */
  constructor(samples: number, pairs = 0) {
    this.#samples = samples;
    this.#power = new Float64Array(Math.ceil(samples / window));
    this.#pairs = Math.min(pairs, samples);
    this.#outline = new Int16Array(this.#pairs * 2);
  }

  add(part: Int16Array): void {
    const count = Math.min(part.length, this.#samples - this.#at);
    const power = this.#power;
    for (let i = 0; i < count; i++) {
      const sample = part[i] ?? 0;
      const size = sample < 0 ? -sample : sample;
      const at = Math.floor((this.#at + i) / window);
      power[at] = (power[at] ?? 0) + sample * sample;
      if (size > this.#peak) this.#peak = size;
      if (size < fullScale) this.#run = 0;
      else if (++this.#run === clippedRun) this.clipped++;
    }
    if (this.#pairs > 0) this.#draw(part, count);
    this.#at += count;
  }

  #draw(part: Int16Array, count: number): void {
    const endOf = (pair: number) => Math.ceil(((pair + 1) * this.#samples) / this.#pairs) - this.#at;
    let pair = Math.floor((this.#at * this.#pairs) / this.#samples);
    for (let from = 0; from < count; pair++) {
      const to = Math.min(count, Math.max(endOf(pair), from + 1));
      let low = this.#outline[pair * 2] ?? 0;
      let high = this.#outline[pair * 2 + 1] ?? 0;
      for (let i = from; i < to; i++) {
        const sample = part[i] ?? 0;
        if (sample < low) low = sample;
        else if (sample > high) high = sample;
      }
      this.#outline[pair * 2] = low;
      this.#outline[pair * 2 + 1] = high;
      from = to;
    }
  }

  /** Lowest and highest of each stretch, alternating, −1…1. */
  outline(): number[] {
    return Array.from(this.#outline, (sample) => Math.round((sample / 32_768) * 1000) / 1000);
  }

  /** Loudest sample, in dBFS; −∞ for digital silence. */
  get peak(): number {
    return levelOf(this.#peak);
  }

  get durationMs(): number {
    return ms(this.#at);
  }

  #lengthOf(at: number): number {
    return Math.min(window, this.#at - at * window);
  }

  #rms(at: number): number {
    return Math.sqrt((this.#power[at] ?? 0) / this.#lengthOf(at));
  }

  #voiced(): Voiced | null {
    const windows = Math.ceil(this.#at / window);
    let loudest = 0;
    for (let i = 0; i < windows; i++) loudest = Math.max(loudest, this.#rms(i));
    if (loudest === 0) return null;
    const threshold = amplitudeOf(voicedLevelFor(loudest));
    let first = -1;
    let last = -1;
    for (let i = 0; i < windows; i++) {
      if (this.#rms(i) < threshold) continue;
      if (first < 0) first = i;
      last = i;
    }
    return first < 0 ? null : { threshold, first, last };
  }

  /** Samples of the last voiced window: the figures need to see them once more. Null: nothing is voiced. */
  lastVoiced(): { from: number; to: number } | null {
    const voiced = this.#voiced();
    if (!voiced) return null;
    const from = voiced.last * window;
    return { from, to: from + this.#lengthOf(voiced.last) };
  }

  /** After the last piece; null when nothing is voiced. `lastVoiced`: the samples that were asked for. */
  figures(lastVoiced: Int16Array): SpeechFigures | null {
    const voiced = this.#voiced();
    if (!voiced) return null;
    const { threshold, first, last } = voiced;
    let power = 0;
    let count = 0;
    let quiet = 0;
    let longest = 0;
    for (let i = first; i <= last; i++) {
      if (this.#rms(i) >= threshold) {
        power += (this.#power[i] ?? 0) / this.#lengthOf(i);
        count++;
        quiet = 0;
      } else longest = Math.max(longest, ++quiet);
    }
    let end = lastVoiced.length - 1;
    while (end > 0 && Math.abs(lastVoiced[end] ?? 0) < threshold) end--;
    return {
      durationMs: ms(this.#at),
      level: levelOf(Math.sqrt(power / count)),
      peak: this.peak,
      leadingMs: ms(first * window),
      trailingMs: ms(this.#at - 1 - (last * window + end)),
      longestPauseMs: ms(longest * window),
    };
  }
}

/** Measures 16 kHz speech; `null` when nothing in it is voiced. */
export function measureSpeech(samples: Int16Array): SpeechFigures | null {
  const meter = new ClipMeter(samples.length);
  meter.add(samples);
  const last = meter.lastVoiced();
  return last && meter.figures(samples.subarray(last.from, last.to));
}
