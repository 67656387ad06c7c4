/** How loud a block of the microphone is, in dBFS, and what a meter makes of it. */

/** Of samples in −1…1. `rms` as the contract's levels: 0 dBFS is a square wave at full scale; −∞ for digital silence. */
export interface BlockLevel {
  rms: number;
  peak: number;
}

function decibels(amplitude: number): number {
  return amplitude > 0 ? 20 * Math.log10(amplitude) : -Infinity;
}

export function levelOfBlock(samples: Float32Array): BlockLevel {
  let sum = 0;
  let peak = 0;
  for (const sample of samples) {
    sum += sample * sample;
    peak = Math.max(peak, Math.abs(sample));
  }
  return { rms: decibels(Math.sqrt(sum / Math.max(1, samples.length))), peak: decibels(peak) };
}

const quietest = -60;

/** Where a level stands on a meter from −60 to 0 dBFS, 0–1. */
export function meterShare(level: number): number {
  return Math.max(0, Math.min(1, (level - quietest) / -quietest));
}

/** From here on samples are cut off, or as good as. */
export const clippingPeak = -0.1;

export type MeterWord = 'silent' | 'quiet' | 'good' | 'loud' | 'clipping';

/** A level in one word, from its peak. */
export function meterWord(peak: number): MeterWord {
  if (peak >= clippingPeak) return 'clipping';
  if (peak > -3) return 'loud';
  if (peak > -30) return 'good';
  return peak > -55 ? 'quiet' : 'silent';
}
