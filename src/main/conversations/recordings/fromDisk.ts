/** Recordings from files on disk. */
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { fail, ok, type Result } from '#contract/errors';
import { looksLikeWav } from '../../audio/wav.ts';
import { diskReason } from '../../diskReason.ts';
import { decodeRecording, type ClipSamples } from './decode.ts';
import { finishRecording } from './finish.ts';
import { foreignAudio, foreignContent, foreignSentence } from './formats.ts';
import { clipOfRecording, keepRecording } from './keep.ts';
import { largestRecordingBytes, tooLarge } from './limits.ts';

const headBytes = 64;

export interface ImportOptions {
  /** Absolute folder of the workspace. */
  workspace: string;
  /** Left out: the file's. */
  name?: string;
  /** What messages call the file; left out: its name. */
  called?: string;
  /** The words that are said. */
  text?: string;
  trim?: boolean;
  normalise?: boolean;
  /** Of raw samples, where they are not 16 kHz. */
  sampleRate?: number | null;
}

/** A recording that was kept. */
export interface KeptRecording {
  /** What a turn of a library's conversation calls it. */
  clip: string;
  filename: string;
  /** What was done to it, each a sentence. */
  notes: string[];
}

function unreadable(message: string): Result<never> {
  return fail('invalid_input', 'recording_unreadable', message);
}

async function wholeFile(file: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  let at = 0;
  while (at < size) {
    const { bytesRead } = await file.read(bytes, at, size - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}

/** The size and the beginning are looked at before anything is read whole. */
async function readOpen(
  file: FileHandle,
  name: string,
  sampleRate: number | null,
): Promise<Result<ClipSamples>> {
  const found = await file.stat();
  if (!found.isFile()) return unreadable(`${name} is not a file; choose a WAV file or a raw .pcm file.`);
  const head = Buffer.alloc(headBytes);
  const { bytesRead } = await file.read(head, 0, headBytes, 0);
  const start = head.subarray(0, bytesRead);
  const isWav = looksLikeWav(start);
  const foreign = foreignContent(start) ?? (isWav ? null : foreignAudio(name));
  if (foreign !== null) return unreadable(foreignSentence(name, foreign));
  if (found.size > largestRecordingBytes) return tooLarge(name, found.size);
  const raw = /\.(pcm|raw)$/i.test(name);
  if (!raw && !isWav && !/\.wav$/i.test(name))
    return unreadable(
      `${name} is neither a WAV file nor raw samples; convert it to WAV, or call it .pcm if it is 16-bit mono at 16 kHz.`,
    );
  const bytes = await wholeFile(file, found.size);
  return decodeRecording(
    bytes,
    raw ? { kind: 'pcm16k', ...(sampleRate === null ? {} : { sampleRate }) } : { kind: 'wav' },
    name,
  );
}

/**
 * The samples of a WAV file of any kind, or of a raw .pcm file. `called`: what messages call it.
 * Errors: `recording_unreadable`, `recording_too_large`, `audio_unreadable`.
 */
export async function samplesOfFile(
  path: string,
  sampleRate: number | null = null,
  called?: string,
): Promise<Result<ClipSamples>> {
  try {
    const file = await open(path);
    try {
      return await readOpen(file, called ?? basename(path), sampleRate);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    const where = called ?? path;
    if (code === 'ENOENT' || code === 'ENOTDIR') return unreadable(`There is no file ${where}.`);
    if (code === 'EISDIR') return unreadable(`${where} is a folder; choose a file in it.`);
    return unreadable(`${where} cannot be read: ${diskReason(thrown)}.`);
  }
}

/**
 * Brings a file in as a recording of the workspace: WAV of any rate, depth and channels, or raw 16 kHz 16-bit mono samples
 * (`.pcm`, `.raw`). Errors: those of `samplesOfFile`, `recording_silent`, `disk_refused`.
 */
export async function importRecording(path: string, options: ImportOptions): Promise<Result<KeptRecording>> {
  const { workspace, text = '', trim = true, normalise = true, sampleRate = null } = options;
  const filename = basename(path);
  const { called } = options;
  const read = await samplesOfFile(path, sampleRate, called);
  if (!read.ok) return read;
  const finished = finishRecording(read.value, { trim, normalise }, called ?? filename);
  if (!finished.ok) return finished;
  const { samples, notes } = finished.value;
  const name = options.name ?? filename.replace(/\.[^.]+$/, '');
  const kept = await keepRecording(workspace, { name, samples, text });
  return kept.ok ? ok({ clip: clipOfRecording(kept.value), filename: kept.value, notes }) : kept;
}
