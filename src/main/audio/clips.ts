/** Reading clips: what a file must be, and what the engine gets of it. */
import { readFile, stat } from 'node:fs/promises';
import { findVoiced, samplesOf } from '#contract/audio/level';
import { fail, ok, type Result } from '#contract/errors';
import type { PlanClip } from '#engine/plan';
import { resampledLength, resampleTo24k } from './resample.ts';
import { clipSampleRate } from './voices/voice.ts';
import { decodeWav, describeWav, looksLikeWav } from './wav.ts';

const mebibyte = 1024 * 1024;
/** Almost an hour of speech; a call's utterance is seconds. */
export const largestClipBytes = 100 * mebibyte;

const allowed = '16000 Hz, 16-bit, mono PCM';

/** How a clip is put on the wire. */
export interface WireFormat {
  sampleRate: 16_000 | 24_000;
  frameMs: number;
  /** Only so many frames of it are spoken; null: all. */
  maxFrames: number | null;
  speechLevel: number;
}

function invalid(code: string, message: string): Result<never> {
  return fail('invalid_input', code, message);
}

/**
 * The samples of a clip's bytes (16 kHz). WAV is told by its content, anything else is raw PCM.
 * Errors: `clip_empty`, `clip_odd`, `clip_format`.
 */
export function decodeClip(bytes: Uint8Array, name: string): Result<Int16Array> {
  if (bytes.length === 0) return invalid('clip_empty', `${name} is empty`);
  if (looksLikeWav(bytes)) {
    const wav = decodeWav(bytes);
    if ('problem' in wav) return invalid('clip_format', `${name} ${wav.problem}`);
    const { codec, bits, channels, sampleRate } = wav.format;
    if (codec !== 'PCM' || bits !== 16 || channels !== 1 || sampleRate !== clipSampleRate) {
      return invalid('clip_format', `${name} is ${describeWav(wav.format)}; a clip must be ${allowed}`);
    }
    if (wav.pcm.length < 2) return invalid('clip_empty', `${name} has no samples`);
    if (wav.pcm.length % 2 !== 0)
      return invalid('clip_odd', `${name} ends in the middle of a sample; it is cut off`);
    return ok(samplesOf(wav.pcm));
  }
  const other = foreignFormat(bytes, name);
  if (other) return invalid('clip_format', `${name} is ${other}; a clip must be WAV or raw PCM, ${allowed}`);
  if (bytes.length % 2 !== 0) {
    return invalid(
      'clip_odd',
      `${name} has an odd number of bytes (${bytes.length}), so it is not 16-bit PCM or is cut off`,
    );
  }
  return ok(samplesOf(bytes));
}

function foreignFormat(bytes: Uint8Array, name: string): string | null {
  const head = String.fromCharCode(...bytes.subarray(0, 4));
  if (head === 'OggS') return 'an Ogg file';
  if (head === 'fLaC') return 'a FLAC file';
  if (head.startsWith('ID3')) return 'an MP3 file';
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase();
  if (extension === 'wav') return 'not a WAV file in spite of its name';
  if (extension !== undefined && ['mp3', 'ogg', 'opus', 'flac', 'm4a', 'aac', 'webm'].includes(extension)) {
    return `a .${extension} file`;
  }
  return null;
}

/** Reads one clip (16 kHz samples). Errors: `clip_missing`, `clip_too_large`, `clip_unreadable` and those of `decodeClip`. */
export async function readClip(path: string): Promise<Result<Int16Array>> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return invalid('clip_unreadable', `${path} is not a file`);
    if (found.size > largestClipBytes) {
      const size = Math.ceil(found.size / mebibyte);
      return invalid(
        'clip_too_large',
        `${path} has ${size} MB; a clip may have at most ${largestClipBytes / mebibyte} MB`,
      );
    }
    return decodeClip(await readFile(path), path);
  } catch (thrown) {
    if (
      thrown instanceof Error &&
      'code' in thrown &&
      (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR')
    ) {
      return invalid('clip_missing', `there is no file ${path}`);
    }
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return invalid('clip_unreadable', `${path} cannot be read: ${why}`);
  }
}

/** Cuts, converts and measures 16 kHz samples for the wire. Error: `clip_silent`. `source` names the clip in messages. */
export function toWire(
  name: string,
  source: string,
  samples: Int16Array,
  wire: WireFormat,
): Result<PlanClip> {
  const longest =
    wire.maxFrames === null ? samples.length : (wire.maxFrames * wire.frameMs * clipSampleRate) / 1000;
  const cut = samples.subarray(0, longest);
  const length = wire.sampleRate === clipSampleRate ? cut.length : resampledLength(cut.length);
  const shared = new SharedArrayBuffer(length * Int16Array.BYTES_PER_ELEMENT);
  const out = new Int16Array(shared);
  if (wire.sampleRate === clipSampleRate) out.set(cut);
  else resampleTo24k(cut, out);
  const voiced = findVoiced(out, wire.sampleRate, wire.speechLevel);
  if (!voiced) {
    const part =
      cut.length < samples.length
        ? `the first ${wire.maxFrames ?? 0} chunks of ${source} are`
        : `${source} is`;
    return invalid(
      'clip_silent',
      `${part} silent: nothing in it reaches the speech level of ${wire.speechLevel} dBFS`,
    );
  }
  return ok({ name, samples: shared, sampleRate: wire.sampleRate, voiced });
}
