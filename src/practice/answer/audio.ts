/** The sound of the agent's answers: recorded speech where there is some, else a synthesised voice-like signal. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { amplitudeOf, levelWindowMs, rms, samplesOf } from '#contract/audio/level';

/** Rate of the recordings on disk. */
export const recordedRate = 16_000;
const speechLevel = -20;
/** Pauses within speech are shortened to this, so that an answer never seems to have ended in its middle. */
const longestPauseMs = 100;
/** A piece of speech begins with a window within this range of its loudest, so that its first frame is clearly audible. */
const beginsWithin = 12;
const quietRange = 30;
const mostRecordings = 12;
const longestRecordingBytes = 30 * recordedRate * 2;

/** Pieces of speech at 16 kHz from the `.pcm` files of a folder; synthesised ones when there is none to be had. */
export function loadSpeech(folder: string | null): Int16Array[] {
  const recorded = folder === null ? [] : readRecordings(folder);
  return recorded.length > 0 ? recorded : [synthesise(118, 0), synthesise(132, 1), synthesise(124, 2)];
}

function readRecordings(folder: string): Int16Array[] {
  const pieces: Int16Array[] = [];
  for (const name of namesIn(folder)) {
    if (pieces.length === mostRecordings) break;
    const piece = tighten(samplesOf(readFileSync(join(folder, name)).subarray(0, longestRecordingBytes)));
    if (piece.length > 0) pieces.push(piece);
  }
  return pieces;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.toLowerCase().endsWith('.pcm'))
      .sort();
  } catch {
    return [];
  }
}

/** Cuts a recording to its speech, shortens its pauses and brings it to about −20 dBFS. Empty when it holds no speech. */
export function tighten(samples: Int16Array): Int16Array {
  const window = (recordedRate * levelWindowMs) / 1000;
  const levels: number[] = [];
  for (let from = 0; from + window <= samples.length; from += window)
    levels.push(rms(samples, from, from + window));
  const peak = levels.reduce((a, b) => Math.max(a, b), 0);
  if (peak < amplitudeOf(-60)) return new Int16Array(0);
  const first = levels.findIndex((level) => level >= peak * 10 ** (-beginsWithin / 20));
  const quiet = peak * 10 ** (-quietRange / 20);
  const kept: number[] = [];
  let pause = 0;
  for (let i = first; i < levels.length; i++) {
    pause = (levels[i] ?? 0) < quiet ? pause + levelWindowMs : 0;
    if (pause <= longestPauseMs) kept.push(i);
  }
  const out = new Int16Array(kept.length * window);
  kept.forEach((index, at) => out.set(samples.subarray(index * window, (index + 1) * window), at * window));
  return amplify(out);
}

function amplify(samples: Int16Array): Int16Array {
  const gain = amplitudeOf(speechLevel) / Math.max(1, rms(samples));
  return samples.map((sample) => Math.max(-32768, Math.min(32767, Math.round(sample * gain))));
}

/** Three seconds of a voice-like signal: harmonics of a wavering pitch under formants, in syllables. */
function synthesise(pitch: number, shape: number): Int16Array {
  const length = 3 * recordedRate;
  const samples = new Int16Array(length);
  let phase = 0;
  for (let i = 0; i < length; i++) {
    const t = i / recordedRate;
    phase += (2 * Math.PI * pitch * (1 + 0.04 * Math.sin(2 * Math.PI * 0.7 * t + shape))) / recordedRate;
    const formant = 550 + 180 * Math.sin(2 * Math.PI * 1.9 * t + 2 * shape);
    let sum = 0;
    for (let harmonic = 1; harmonic <= 14; harmonic++) {
      const distance = (harmonic * pitch - formant) / 400;
      sum += (Math.sin(harmonic * phase) / harmonic) * (0.4 + Math.exp(-distance * distance));
    }
    const syllable = 0.25 + 0.75 * Math.cos(Math.PI * 4.2 * t) ** 2;
    samples[i] = 2500 * sum * syllable;
  }
  return amplify(samples);
}

/** `lengthMs` of speech beginning with piece `index` and going on with the next ones for as long as it takes. */
export function takeSpeech(pieces: readonly Int16Array[], index: number, lengthMs: number): Int16Array {
  const out = new Int16Array(Math.round((lengthMs * recordedRate) / 1000));
  let filled = 0;
  for (let i = index; filled < out.length; i++) {
    const piece = pieces[i % pieces.length];
    if (!piece || piece.length === 0) break;
    const part = piece.subarray(0, out.length - filled);
    out.set(part, filled);
    filled += part.length;
  }
  return out;
}

/** A second of noise at about −70 dBFS: a quiet line, never a voice. */
export function quietLine(rate: number): Int16Array {
  const samples = new Int16Array(rate);
  let state = 12_345;
  for (let i = 0; i < samples.length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    samples[i] = ((state >>> 16) % 37) - 18;
  }
  return samples;
}

/** Linear interpolation to another rate; speech is not harmed by it enough to matter here. */
export function resample(samples: Int16Array, from: number, to: number): Int16Array {
  if (from === to) return samples;
  const out = new Int16Array(Math.floor((samples.length * to) / from));
  for (let i = 0; i < out.length; i++) {
    const position = (i * from) / to;
    const left = Math.floor(position);
    const share = position - left;
    const a = samples[left] ?? 0;
    out[i] = Math.round(a + ((samples[left + 1] ?? a) - a) * share);
  }
  return out;
}
