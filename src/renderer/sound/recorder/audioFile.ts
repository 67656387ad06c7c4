/** Takes in an audio file: looks before it reads, and decodes in the page what only the browser can. */
import type { Result } from '#contract/errors';
import { formatBytes } from '../../format/quantities.ts';
import type { PartSound } from '../partPlayer.svelte.ts';
import { soundProblem } from '../problem.ts';
import { fileKind, headBytes } from './fileKinds.ts';
import { decodedSource, formatWords, mostBytes, mostMs, type RecordingSource, tooLong } from './source.ts';

/** Files up to this size are decoded to be heard and drawn before they are saved. */
const heardBytes = 60_000_000;
const usualRate = 48_000;
const rawRate = 16_000;

/** What a file dialog offers. */
export const acceptedFiles = 'audio/*,.wav,.pcm,.raw,.mp3,.ogg,.opus,.m4a,.flac';

/** A file as a source of a recording; what cannot be one is refused in a sentence, before much of it is read. */
export async function takeFile(file: File): Promise<Result<RecordingSource>> {
  const name = file.name.replace(/\.[^.]*$/, '') || file.name;
  if (file.size === 0)
    return soundProblem('invalid_input', 'file_empty', `“${file.name}” is empty; choose another file.`);
  if (file.size > mostBytes) return tooLong(`“${file.name}” has ${formatBytes(file.size)}.`);
  try {
    const head = new Uint8Array(await file.slice(0, headBytes).arrayBuffer());
    const kind = fileKind(head, file.size, file.name);
    if (kind === null) return unknownFile(file);
    if (kind.kind === 'bigEndian') return bigEndianFile(file);
    if (kind.kind === 'coded') return await takeCoded(file, name, kind.name, kind.sampleRate ?? usualRate);
    const own = {
      name,
      bytes: file.size,
      read: async (from: number, to: number) => new Uint8Array(await file.slice(from, to).arrayBuffer()),
    };
    if (kind.kind === 'raw') {
      const preview = file.size <= heardBytes ? await rawSound(file) : null;
      const durationMs = (Math.floor(file.size / 2) * 1000) / rawRate;
      if (durationMs > mostMs) return tooLong(`“${file.name}” is ${minutes(durationMs)} long.`);
      const about = 'raw samples, taken for 16-bit mono at 16 kHz';
      return { ok: true, value: { ...own, format: { kind: 'pcm16k' }, durationMs, about, preview } };
    }
    const { sampleRate, channels, durationMs } = kind;
    if (durationMs !== null && durationMs > mostMs)
      return tooLong(`“${file.name}” is ${minutes(durationMs)} long.`);
    const about =
      sampleRate === null || channels === null ? 'WAV' : `${formatWords(sampleRate, channels)} WAV`;
    // What the browser cannot decode the application may still know: it is saved without being heard first.
    const preview =
      file.size <= heardBytes ? await decode(file, sampleRate ?? usualRate).catch(() => null) : null;
    return { ok: true, value: { ...own, format: { kind: 'wav' }, durationMs, about, preview } };
  } catch (thrown) {
    return soundProblem(
      'unavailable',
      'file_unreadable',
      `“${file.name}” cannot be read. It may have been moved, deleted or locked since it was chosen; choose it again.`,
      thrown,
    );
  }
}

async function takeCoded(
  file: File,
  name: string,
  kind: string,
  sampleRate: number,
): Promise<Result<RecordingSource>> {
  const durationMs = await lengthOf(file);
  if (durationMs !== null && durationMs > mostMs)
    return tooLong(`“${file.name}” is ${minutes(durationMs)} long.`);
  if (durationMs === null && file.size > heardBytes)
    return tooLong(`“${file.name}” has ${formatBytes(file.size)} and does not say how long it is.`);
  let sound: PartSound & { channels: Float32Array[] };
  try {
    sound = await decode(file, sampleRate);
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'NotReadableError') throw thrown;
    return soundProblem(
      'invalid_input',
      'file_not_decoded',
      `“${file.name}” is not sound this browser can decode (${kind}). Save it as a WAV file and choose that.`,
      thrown,
    );
  }
  return decodedSource(
    name,
    `${formatWords(sound.sampleRate, sound.channels.length)} ${kind}`,
    sound.sampleRate,
    sound.channels,
  );
}

function unknownFile(file: File): Result<never> {
  return soundProblem(
    'invalid_input',
    'not_audio',
    `“${file.name}” is no sound that is known here. Choose a WAV, MP3, OGG, M4A or FLAC file; raw samples must be named .pcm.`,
  );
}

function bigEndianFile(file: File): Result<never> {
  return soundProblem(
    'invalid_input',
    'big_endian_wav',
    `“${file.name}” is a WAV file of the big-endian kind (RIFX), which is not read here. Save it as an ordinary WAV file and choose that.`,
  );
}

function minutes(ms: number): string {
  return `${Math.round(ms / 60_000)} minutes`;
}

/** Decodes at the file's own rate, so that the only conversion is the application's. */
async function decode(file: File, sampleRate: number): Promise<PartSound & { channels: Float32Array[] }> {
  const rate = sampleRate >= 8000 && sampleRate <= 192_000 ? sampleRate : usualRate;
  const buffer = await new OfflineAudioContext(1, 1, rate).decodeAudioData(await file.arrayBuffer());
  const channels = Array.from({ length: buffer.numberOfChannels }, (_, i) => buffer.getChannelData(i));
  return { sampleRate: buffer.sampleRate, channels };
}

async function rawSound(file: File): Promise<PartSound> {
  const bytes = await file.arrayBuffer();
  return { sampleRate: rawRate, channels: [new Int16Array(bytes, 0, Math.floor(bytes.byteLength / 2))] };
}

/** How long a coded file plays, without decoding it; null where it does not say. */
function lengthOf(file: File): Promise<number | null> {
  const url = URL.createObjectURL(file);
  const element = document.createElement('audio');
  return new Promise<number | null>((resolve) => {
    element.preload = 'metadata';
    element.onloadedmetadata = () =>
      resolve(Number.isFinite(element.duration) ? element.duration * 1000 : null);
    element.onerror = () => resolve(null);
    element.src = url;
  }).finally(() => {
    element.removeAttribute('src');
    URL.revokeObjectURL(url);
  });
}
