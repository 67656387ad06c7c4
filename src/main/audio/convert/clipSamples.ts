/** From audio of any rate and number of channels to what a clip is: 16 kHz, 16-bit, mono. */
import { setImmediate } from 'node:timers/promises';
import type * as LibSampleRate from '@alexanderolsen/libsamplerate-js';
import { fail, ok, type Result } from '#contract/errors';
import { clipSampleRate } from '../voices/voice.ts';
import { highestRate, lowestRate, mostChannels, type AnyAudio } from './wavAny.ts';

/** The highest the library takes; of a higher rate both sides of the ratio are divided. */
const libraryRate = 192_000;
/** Silence that pushes the last samples out of the filter. */
const flushFrames = 1024;
const mostFlushes = 200;

let library: Promise<typeof LibSampleRate> | undefined;

/** Loaded when it is first needed: two megabytes, most of it WebAssembly. */
function loadLibrary(): Promise<typeof LibSampleRate> {
  library ??= import('@alexanderolsen/libsamplerate-js').then((loaded) => {
    // A CommonJS package: its names are on the default export, and beside it only where a bundler puts them there.
    const inner: unknown = Reflect.get(loaded, 'default');
    return isLibrary(inner) ? inner : loaded;
  });
  return library;
}

function isLibrary(value: unknown): value is typeof LibSampleRate {
  return typeof value === 'object' && value !== null && 'create' in value && 'ConverterType' in value;
}

function mixed({ channels, samples }: AnyAudio, from: number, to: number): Float32Array {
  if (channels === 1) return samples.subarray(from, to);
  const out = new Float32Array(to - from);
  for (let i = from; i < to; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += samples[i * channels + c] ?? 0;
    out[i - from] = sum / channels;
  }
  return out;
}

/** Samples −1…1 → 16 bits, from place `at` on. What is louder than full scale stays at full scale. */
function round(samples: Float32Array, out: Int16Array, at: number): void {
  const count = Math.min(samples.length, out.length - at);
  for (let i = 0; i < count; i++) {
    out[at + i] = Math.max(-32_768, Math.min(32_767, Math.round((samples[i] ?? 0) * 32_768)));
  }
}

/**
 * Mixes the channels (their average) and resamples to 16 kHz with libsamplerate's best band-limited filter, which adds no
 * delay: a moment of the input lies at the same moment of the output. The event loop is not held up. Errors: `audio_unreadable`, `cancelled`.
 */
export async function toClipSamples(audio: AnyAudio, signal?: AbortSignal): Promise<Result<Int16Array>> {
  const { sampleRate, channels, samples } = audio;
  if (!(sampleRate >= lowestRate && sampleRate <= highestRate))
    return fail(
      'invalid_input',
      'audio_unreadable',
      `The audio has ${sampleRate} samples a second; it may have ${lowestRate} to ${highestRate}.`,
    );
  if (!(Number.isInteger(channels) && channels >= 1 && channels <= mostChannels))
    return fail(
      'invalid_input',
      'audio_unreadable',
      `The audio has ${channels} channels; it may have 1 to ${mostChannels}.`,
    );
  const frames = Math.floor(samples.length / channels);
  const out = new Int16Array(Math.round((frames * clipSampleRate) / sampleRate));
  const step = Math.max(128, Math.min(8192, Math.floor(sampleRate / 8)));
  const convert = sampleRate === clipSampleRate ? null : await resampler(sampleRate);
  try {
    let at = 0;
    const take = (part: Float32Array) => {
      round(part, out, at);
      at += part.length;
    };
    for (let i = 0; i < frames; i += step) {
      if (signal?.aborted === true) return fail('refused', 'cancelled', 'The conversion was cancelled.');
      const part = mixed(audio, i, Math.min(i + step, frames));
      take(convert ? convert.full(part) : part);
      await setImmediate();
    }
    for (let i = 0; convert && at < out.length && i < mostFlushes; i++)
      take(convert.full(new Float32Array(flushFrames)));
    return ok(out);
  } finally {
    convert?.destroy();
  }
}

async function resampler(sampleRate: number) {
  const { create, ConverterType } = await loadLibrary();
  const divisor = Math.ceil(sampleRate / libraryRate);
  return await create(1, sampleRate / divisor, clipSampleRate / divisor, {
    converterType: ConverterType.SRC_SINC_BEST_QUALITY,
  });
}
