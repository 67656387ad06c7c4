/**
 * What makes synthesised speech fit to be spoken at an agent: an even level, short silence at both ends, and no pause
 * inside that an agent's endpointing (commonly 500 ms) would take for the end of the turn.
 */
import { amplitudeOf, findVoiced, levelWindowMs, rms } from '#contract/audio/level';
import { measureSpeech, type SpeechFigures } from './meter.ts';
import { clipSampleRate } from './voices/voice.ts';

export { measureSpeech, type SpeechFigures };

const window = (clipSampleRate * levelWindowMs) / 1000;
/** Level of the speech in a clip, in dBFS. */
export const speechLevel = -20;
/** Loudest peak of a clip that was brought to its level, in dBFS. */
export const peakLevel = -1;
const edgeMs = 100;
const longestPauseMs = 340;
const crossfade = clipSampleRate / 100;

interface Pause {
  from: number;
  to: number;
}

function voicedWindows(samples: Int16Array, threshold: number): boolean[] {
  const out: boolean[] = [];
  for (let i = 0; i < samples.length; i += window) {
    out.push(rms(samples, i, Math.min(i + window, samples.length)) >= threshold);
  }
  return out;
}

function pausesIn(samples: Int16Array): Pause[] {
  const span = findVoiced(samples, clipSampleRate);
  if (!span) return [];
  const pauses: Pause[] = [];
  let from: number | null = null;
  voicedWindows(samples, amplitudeOf(span.level)).forEach((voiced, i) => {
    const at = i * window;
    if (at < span.firstSample || at > span.lastSample) return;
    if (!voiced) from ??= at;
    else if (from !== null) {
      pauses.push({ from, to: at });
      from = null;
    }
  });
  return pauses;
}

/** Brings 16 kHz speech that measures so to the level of every clip, as far as its peaks leave room. */
export function levelled(samples: Int16Array, figures: SpeechFigures): Int16Array {
  const gain = 10 ** (Math.min(speechLevel - figures.level, peakLevel - figures.peak) / 20);
  return samples.map((s) => Math.max(-32768, Math.min(32767, Math.round(s * gain))));
}

function without(samples: Int16Array, cut: Pause): Int16Array {
  const out = new Int16Array(samples.length - (cut.to - cut.from));
  out.set(samples.subarray(0, cut.from));
  out.set(samples.subarray(cut.to), cut.from);
  for (let i = 0; i < crossfade; i++) {
    const share = i / crossfade;
    const old = samples[cut.from + i] ?? 0;
    const next = samples[cut.to + i] ?? 0;
    out[cut.from + i] = Math.round(old * (1 - share) + next * share);
  }
  return out;
}

/** Cuts silence at both ends to 100 ms, and adds none; `null` when nothing is voiced. */
export function trimSilence(samples: Int16Array): Int16Array | null {
  const span = findVoiced(samples, clipSampleRate);
  if (!span) return null;
  const edge = (edgeMs * clipSampleRate) / 1000;
  return samples.slice(Math.max(0, span.firstSample - edge), span.lastSample + 1 + edge);
}

/** Levels, trims and shortens the pauses of 16 kHz speech, in whole 20 ms windows; `null` when nothing in it is voiced. */
export function finishSpeech(raw: Int16Array): Int16Array | null {
  const figures = measureSpeech(raw);
  if (!figures) return null;
  let samples = levelled(raw, figures);
  const longest = (longestPauseMs * clipSampleRate) / 1000;
  for (const pause of pausesIn(samples).reverse()) {
    const excess = pause.to - pause.from - longest;
    if (excess <= 0) continue;
    const from = pause.from + Math.floor(longest / 2);
    samples = without(samples, { from, to: from + excess });
  }
  const span = findVoiced(samples, clipSampleRate);
  if (!span) return null;
  const edge = (edgeMs * clipSampleRate) / 1000;
  const spoken = samples.subarray(Math.max(0, span.firstSample - edge), span.lastSample + 1 + edge);
  const leading = Math.max(0, edge - span.firstSample);
  const length = edge + (span.lastSample + 1 - span.firstSample) + edge;
  const finished = new Int16Array(Math.ceil(length / window) * window);
  finished.set(spoken, leading);
  return finished;
}
