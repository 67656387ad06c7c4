/** Reading clips: what a file must be, and what the engine gets of it. */
import { readFile, stat } from 'node:fs/promises';
import { findVoiced, samplesOf } from '#contract/audio/level';
import { fail, ok, type Result } from '#contract/errors';
import type { PlanClip } from '#engine/plan';
import { diskReason } from '../diskReason.ts';
import { halvedLength, resampleTo8k } from './downsample.ts';
import { resampledLength, resampleTo24k } from './resample.ts';
import { clipSampleRate } from './voices/voice.ts';
import { cutOff, describeWav, locateWav, looksLikeWav } from './wav.ts';

const mebibyte = 1024 * 1024;
/** Almost an hour of speech; a call's utterance is seconds. */
export const largestClipBytes = 100 * mebibyte;

const allowed = '16000 Hz, 16-bit, mono PCM';

/** How a clip is put on the wire. */
export interface WireFormat {
  sampleRate: 8000 | 16_000 | 24_000;
  frameMs: number;
  /** Only so many frames of it are spoken; null: all. */
  maxFrames: number | null;
  speechLevel: number;
}

function invalid(code: string, message: string): Result<never> {
  return fail('invalid_input', code, message);
}

/** Where the samples of a clip lie in its file. */
export interface ClipLayout {
  at: number;
  bytes: number;
  container: 'wav' | 'raw';
}

/**
 * Finds the samples of a clip in a file of `size` bytes; WAV is told by its content, anything else is raw PCM.
 * `head`: its first bytes, of which `more` may be needed. Errors: `clip_empty`, `clip_odd`, `clip_format`.
 */
export function layOutClip(
  head: Uint8Array,
  size: number,
  name: string,
): Result<ClipLayout> | { more: number } {
  if (size === 0) return invalid('clip_empty', `${name} is empty`);
  if (looksLikeWav(head)) return layOutWav(head, size, name);
  const other = foreignFormat(head, name);
  if (other) return invalid('clip_format', `${name} is ${other}; a clip must be WAV or raw PCM, ${allowed}`);
  if (size % 2 !== 0) {
    return invalid(
      'clip_odd',
      `${name} has an odd number of bytes (${size}), so it is not 16-bit PCM or is cut off`,
    );
  }
  return ok({ at: 0, bytes: size, container: 'raw' });
}

function layOutWav(head: Uint8Array, size: number, name: string): Result<ClipLayout> | { more: number } {
  const wav = locateWav(head, size);
  if ('more' in wav) return wav;
  if ('problem' in wav) return invalid('clip_format', `${name} ${wav.problem}`);
  if (wav.promised !== null) return invalid('clip_format', `${name} ${cutOff(wav.promised, wav.bytes)}`);
  const { codec, bits, channels, sampleRate } = wav.format;
  if (codec !== 'PCM' || bits !== 16 || channels !== 1 || sampleRate !== clipSampleRate) {
    return invalid('clip_format', `${name} is ${describeWav(wav.format)}; a clip must be ${allowed}`);
  }
  if (wav.bytes < 2) return invalid('clip_empty', `${name} has no samples`);
  if (wav.bytes % 2 !== 0)
    return invalid('clip_odd', `${name} ends in the middle of a sample; it is cut off`);
  return ok({ at: wav.at, bytes: wav.bytes, container: 'wav' });
}

/** The samples of a clip's bytes (16 kHz). Errors: those of `layOutClip`. */
export function decodeClip(bytes: Uint8Array, name: string): Result<Int16Array> {
  const layout = layOutClip(bytes, bytes.length, name);
  if ('more' in layout) return invalid('clip_format', `${name} has a broken header`);
  if (!layout.ok) return layout;
  const { at, bytes: length } = layout.value;
  return ok(samplesOf(bytes.subarray(at, at + length)));
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

/** Why a clip's file may not be read at all; null: it may. Rejects as the file system does. */
export async function clipFileProblem(path: string): Promise<Result<never> | null> {
  const found = await stat(path);
  if (!found.isFile()) return invalid('clip_unreadable', `${path} is not a file`);
  if (found.size <= largestClipBytes) return null;
  const size = Math.ceil(found.size / mebibyte);
  return invalid(
    'clip_too_large',
    `${path} has ${size} MB; a clip may have at most ${largestClipBytes / mebibyte} MB`,
  );
}

/** What was thrown while a clip was read, in a sentence. */
export function clipReadError(path: string, thrown: unknown): Result<never> {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
  if (code === 'ENOENT' || code === 'ENOTDIR') return invalid('clip_missing', `there is no file ${path}`);
  return invalid('clip_unreadable', `${path} cannot be read: ${diskReason(thrown)}`);
}

/** Reads one clip (16 kHz samples). Errors: `clip_missing`, `clip_too_large`, `clip_unreadable` and those of `decodeClip`. */
export async function readClip(path: string): Promise<Result<Int16Array>> {
  try {
    return (await clipFileProblem(path)) ?? decodeClip(await readFile(path), path);
  } catch (thrown) {
    return clipReadError(path, thrown);
  }
}

function lengthAt(sampleRate: WireFormat['sampleRate'], length: number): number {
  if (sampleRate === clipSampleRate) return length;
  return sampleRate === 8000 ? halvedLength(length) : resampledLength(length);
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
  const length = lengthAt(wire.sampleRate, cut.length);
  const shared = new SharedArrayBuffer(length * Int16Array.BYTES_PER_ELEMENT);
  const out = new Int16Array(shared);
  if (wire.sampleRate === clipSampleRate) out.set(cut);
  else if (wire.sampleRate === 8000) resampleTo8k(cut, out);
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
