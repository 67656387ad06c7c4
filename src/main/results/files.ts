/** Result files as they are read: from disk, in pieces, never beyond what an import may take. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CrosstalkError, type ErrorKind } from '#contract/errors';
import { formatSize } from './words.ts';

/** Most bytes of one import, compressed ones counted as they are unpacked. */
export const mostBytes = 2_000_000_000;
export const mostFiles = 16;

/** A file to be read: what it is called, and where it lies now. */
export interface ResultFile {
  name: string;
  path: string;
  bytes: number;
}

/** What goes along with reading. */
export interface Reading {
  signal: AbortSignal;
  /** 0–1 of all files. */
  onProgress: (done: number) => void;
  /** Most bytes read of one file, unpacked; for tests. */
  mostBytes?: number;
  /** Folder of this import alone, for what is unpacked. */
  folder: string;
}

/** What cannot be read ends the reading with this. */
export function problem(code: string, message: string, kind: ErrorKind = 'invalid_input'): CrosstalkError {
  return new CrosstalkError({ kind, code, message });
}

/** What a reading that was cancelled ends with. */
export function cancelled(): CrosstalkError {
  return problem('cancelled', 'The import was cancelled; nothing was kept.', 'conflict');
}

/** The first bytes of a file. */
export async function firstBytes(path: string, most: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(most);
    const { bytesRead } = await file.read(bytes, 0, most, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Whether a file that begins so is packed with gzip. */
export function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** How far several files have been read, together. */
export class Progress {
  readonly #total: number;
  readonly #onProgress: (done: number) => void;
  #read = 0;

  constructor(files: readonly ResultFile[], onProgress: (done: number) => void) {
    this.#total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#onProgress = onProgress;
  }

  add(bytes: number): void {
    this.#read += bytes;
    this.#onProgress(this.#total === 0 ? 1 : Math.min(1, this.#read / this.#total));
  }
}

/** The content of a file, unpacked where it is gzip; its errors say which file and why. Ends with `cancelled` once it is. */
export async function* contentOf(
  file: ResultFile,
  reading: Reading,
  progress: Progress | null,
): AsyncGenerator<Buffer> {
  const most = reading.mostBytes ?? mostBytes;
  const packed = isGzip(await firstBytes(file.path, 2));
  const raw = createReadStream(file.path, { highWaterMark: 256 * 1024 });
  raw.on('data', (part) => progress?.add(part.length));
  const stream: Readable = packed ? raw.pipe(createGunzip()) : raw;
  raw.on('error', (error) => stream.destroy(error));
  let read = 0;
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      if (reading.signal.aborted) throw cancelled();
      read += part.length;
      if (read > most)
        throw problem(
          'too_large',
          `${file.name} holds more than ${formatSize(most)} unpacked; that is more than is imported at once. Import a shorter run, or its summary.`,
        );
      yield part;
    }
  } catch (thrown) {
    if (thrown instanceof CrosstalkError) throw thrown;
    const broken =
      packed && thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('Z_');
    throw problem(
      'unreadable',
      broken
        ? `${file.name} is a gzip file that is cut off or damaged; fetch it again.`
        : `${file.name} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
      broken ? 'invalid_input' : 'unavailable',
    );
  } finally {
    stream.destroy();
    raw.destroy();
  }
}

/** A whole file as text; for what is known to be small. */
export async function textOf(
  file: ResultFile,
  reading: Reading,
  progress: Progress | null,
  most: number,
): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of contentOf(file, { ...reading, mostBytes: most }, progress)) parts.push(part);
  return Buffer.concat(parts)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}

/** Parses a file that is one piece of JSON; throws with `whatToDo`, a sentence, where it is cut off or damaged. */
export function wholeJson(text: string, file: ResultFile, whatToDo: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw problem('unreadable_json', `${file.name} is not whole JSON; it is cut off or damaged. ${whatToDo}`);
  }
}
