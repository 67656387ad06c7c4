/** Writing a pack: beside its place, then moved there in one go. What fails or is cancelled leaves nothing behind. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CrosstalkError, fail, ok, type AppError, type Result } from '#contract/errors';
import type { PackContent } from './contents.ts';
import { archiveState, folderState } from './occupied.ts';
import { zipParts, type ZipEntry } from './zip.ts';

const partBytes = 1024 * 1024;

export interface WriteOptions {
  signal?: AbortSignal | undefined;
  /** Told of each file once it is written. */
  onFile?: (name: string) => void;
}

export interface WrittenPack {
  path: string;
  files: number;
  bytes: number;
}

/** Whether a pack of this place is an archive. */
export function isArchive(out: string): boolean {
  return /\.zip$/i.test(out);
}

/** What lies where a pack is to go; to be asked before something is spoken for it. Errors: `not_our_pack`, `pack_unwritable`. */
export async function placeState(out: string): Promise<Result<'free' | 'ours'>> {
  try {
    return await (isArchive(out) ? archiveState(out) : folderState(out));
  } catch (thrown) {
    return { ok: false, error: writeError(out, thrown) };
  }
}

/** Writes to a folder, or to an archive when `out` ends in .zip. Errors: `not_our_pack`, `cancelled`, `pack_unwritable`. */
export async function writePack(
  contents: readonly PackContent[],
  out: string,
  options: WriteOptions = {},
): Promise<Result<WrittenPack>> {
  try {
    const state = await placeState(out);
    if (!state.ok) return state;
    await mkdir(dirname(out), { recursive: true });
    const aside = join(dirname(out), `.${basename(out)}.${randomBytes(4).toString('hex')}`);
    const entries = contents.filter(({ archive }) => archive === null).map((one) => entryOf(one, contents));
    try {
      const bytes = isArchive(out)
        ? await writeParts(aside, zipParts(entries.map((entry) => watched(entry, options))))
        : await writeFolder(aside, entries, options);
      if (isArchive(out)) await rename(aside, out);
      else await moveFolder(aside, out, state.value === 'ours');
      return ok({ path: out, files: isArchive(out) ? 1 : entries.length, bytes });
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  } catch (thrown) {
    return { ok: false, error: writeError(out, thrown) };
  }
}

/** A file of the pack with its bytes; an archive's are those of the clips in it. */
function entryOf(one: PackContent, contents: readonly PackContent[]): ZipEntry {
  const { name, bytes, content } = one;
  if (content) return { name, bytes, content: () => partsOf(content) };
  const inside = contents.filter(({ archive }) => archive === name);
  return { name, bytes, content: () => zipParts(inside.map((clip) => entryOf(clip, contents))) };
}

function* partsOf(content: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < content.byteLength; at += partBytes) yield content.subarray(at, at + partBytes);
}

/** An entry that says when it has been read, and stops being read when it is cancelled. */
function watched(entry: ZipEntry, { signal, onFile }: WriteOptions): ZipEntry {
  return {
    ...entry,
    async *content() {
      for await (const part of entry.content()) {
        if (signal?.aborted === true) throw new CrosstalkError(cancelledError);
        yield part;
      }
      onFile?.(entry.name);
    },
  };
}

const cancelledError: AppError = {
  kind: 'refused',
  code: 'cancelled',
  message: 'Writing the pack was cancelled; nothing was written.',
};

async function writeParts(
  path: string,
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<number> {
  const handle = await open(path, 'wx');
  let bytes = 0;
  try {
    for await (const part of parts) {
      await handle.writeFile(part);
      bytes += part.byteLength;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return bytes;
}

async function writeFolder(
  folder: string,
  entries: readonly ZipEntry[],
  options: WriteOptions,
): Promise<number> {
  await mkdir(folder);
  let bytes = 0;
  for (const entry of entries)
    bytes += await writeParts(join(folder, entry.name), watched(entry, options).content());
  return bytes;
}

async function moveFolder(from: string, to: string, replaces: boolean): Promise<void> {
  if (!replaces) {
    await rename(from, to);
    return;
  }
  const old = `${from}.old`;
  await rename(to, old);
  try {
    await rename(from, to);
  } catch (thrown) {
    await rename(old, to);
    throw thrown;
  }
  await rm(old, { recursive: true, force: true });
}

function writeError(out: string, thrown: unknown): AppError {
  if (thrown instanceof CrosstalkError) return thrown.error;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  const why: Record<string, string> = {
    EACCES: 'permission denied; choose another place',
    EPERM: 'permission denied; choose another place',
    EROFS: 'the disk is read-only; choose another place',
    ENOSPC: 'the disk is full; make room and try again',
    EDQUOT: 'the disk is full; make room and try again',
    ENOTDIR: 'a file is in the way of the folder; choose another place',
    EEXIST: 'a file is in the way of the folder; choose another place',
    ENAMETOOLONG: 'the name is too long; choose a shorter one',
  };
  const failed = fail(
    'unavailable',
    'pack_unwritable',
    `The pack cannot be written to ${out}: ${why[code] ?? detail}.`,
    { detail },
  );
  return failed.ok ? cancelledError : failed.error;
}
