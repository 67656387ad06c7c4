/**
 * What counts as voiced and as audible, in one place: the engine, the practice agent and the audio checks must
 * agree to the frame, or their clocks start at different moments (MEASUREMENT.md, "Voiced").
 * Samples are 16-bit signed, mono. Levels are dBFS: 0 is a square wave at full scale.
 */

/** Length of the window a level is taken over, in milliseconds. */
export const levelWindowMs = 20;
/** Default of `audio.speech_level`. */
export const defaultSpeechLevel = -45;
/** Default of `audio.audible_level`. */
export const defaultAudibleLevel = -50;

/** A clip whose loudest window is below this is a quiet recording: its voiced level follows its own peak. */
const quietClipPeak = -25;
const quietClipRange = 30;

/** dBFS → RMS amplitude in 16-bit units. */
export function amplitudeOf(level: number): number {
  return 32768 * 10 ** (level / 20);
}

/** RMS amplitude in 16-bit units → dBFS; −∞ for digital silence. */
export function levelOf(amplitude: number): number {
  return amplitude > 0 ? 20 * Math.log10(amplitude / 32768) : Number.NEGATIVE_INFINITY;
}

/** RMS of samples [from, to); 0 for an empty range. */
export function rms(samples: Int16Array, from = 0, to = samples.length): number {
  if (to <= from) return 0;
  let sum = 0;
  for (let i = from; i < to; i++) {
    const s = samples[i] ?? 0;
    sum += s * s;
  }
  return Math.sqrt(sum / (to - from));
}

/** Where speech lies in a clip. Indices are samples; `level` is the level that was applied, in dBFS. */
export interface VoicedSpan {
  /** First sample of the first voiced window. */
  firstSample: number;
  /** Last voiced sample: the last sample of the last voiced window whose own size reaches the voiced level. */
  lastSample: number;
  level: number;
}

/** The level from which a window is voiced, in dBFS, in a clip whose loudest window has this RMS amplitude. */
export function voicedLevelFor(loudest: number, speechLevel = defaultSpeechLevel): number {
  const loudestLevel = levelOf(loudest);
  return loudestLevel < quietClipPeak ? loudestLevel - quietClipRange : speechLevel;
}

/**
 * Finds the voiced span of a clip in 20 ms windows from its start; `null` when no window is voiced.
 * For a clip that peaks below −25 dBFS the level is its loudest window − 30 dB instead of `speechLevel`.
 */
export function findVoiced(
  samples: Int16Array,
  sampleRate: number,
  speechLevel = defaultSpeechLevel,
): VoicedSpan | null {
  const window = Math.round((sampleRate * levelWindowMs) / 1000);
  let peak = 0;
  for (let i = 0; i < samples.length; i += window) {
    peak = Math.max(peak, rms(samples, i, Math.min(i + window, samples.length)));
  }
  if (peak === 0) return null;
  const level = voicedLevelFor(peak, speechLevel);
  const threshold = amplitudeOf(level);
  let first = -1;
  let last = -1;
  for (let i = 0; i < samples.length; i += window) {
    if (rms(samples, i, Math.min(i + window, samples.length)) >= threshold) {
      if (first < 0) first = i;
      last = i;
    }
  }
  if (first < 0) return null;
  let lastSample = Math.min(last + window, samples.length) - 1;
  while (lastSample > last && Math.abs(samples[lastSample] ?? 0) < threshold) lastSample--;
  return { firstSample: first, lastSample, level };
}

/** The same samples as a view of 16-bit little-endian PCM bytes (copied when the bytes are not aligned). */
export function samplesOf(pcm: Uint8Array): Int16Array {
  const even = pcm.byteLength - (pcm.byteLength % 2);
  if (pcm.byteOffset % 2 === 0) return new Int16Array(pcm.buffer, pcm.byteOffset, even / 2);
  // Not `slice`: a Node Buffer's gives a view of the same memory.
  return new Int16Array(new Uint8Array(pcm.subarray(0, even)).buffer);
}
