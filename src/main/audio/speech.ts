/**
 * What makes synthesised speech fit to be spoken at an agent: an even level, short silence at both ends, and no pause
 * inside that an agent's endpointing (commonly 500 ms) would take for the end of the turn.
 */
import { amplitudeOf, findVoiced, levelOf, levelWindowMs, rms } from '#contract/audio/level';
import { clipSampleRate } from './voices/voice.ts';

const window = (clipSampleRate * levelWindowMs) / 1000;
const speechLevel = -20;
const peakLevel = -1;
const edgeMs = 100;
const longestPauseMs = 340;
const crossfade = clipSampleRate / 100;

/** How a stretch of speech measures. Levels in dBFS, times in ms. */
export interface SpeechFigures {
  durationMs: number;
  /** RMS over its voiced windows. */
  level: number;
  peak: number;
  leadingMs: number;
  trailingMs: number;
  longestPauseMs: number;
}

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

/** Measures 16 kHz speech; `null` when nothing in it is voiced. */
export function measureSpeech(samples: Int16Array): SpeechFigures | null {
  const span = findVoiced(samples, clipSampleRate);
  if (!span) return null;
  const threshold = amplitudeOf(span.level);
  let power = 0;
  let count = 0;
  for (let i = 0; i < samples.length; i += window) {
    const level = rms(samples, i, Math.min(i + window, samples.length));
    if (level < threshold) continue;
    power += level * level;
    count++;
  }
  const ms = (n: number) => (n * 1000) / clipSampleRate;
  return {
    durationMs: ms(samples.length),
    level: levelOf(Math.sqrt(power / count)),
    peak: levelOf(samples.reduce((most, s) => Math.max(most, Math.abs(s)), 0)),
    leadingMs: ms(span.firstSample),
    trailingMs: ms(samples.length - 1 - span.lastSample),
    longestPauseMs: Math.max(0, ...pausesIn(samples).map((p) => ms(p.to - p.from))),
  };
}

function levelled(samples: Int16Array, figures: SpeechFigures): Int16Array {
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
