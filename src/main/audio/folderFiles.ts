/** Writing in a folder of clips: nothing is ever seen half-written, and what fails is said in a sentence. */
import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CrosstalkError, type AppError } from '#contract/errors';
import { manifestName, type ManifestEntry, type ManifestLine } from './manifest.ts';

/** Writes a file beside its place and moves it there. */
export async function writeAside(path: string, content: string | Uint8Array): Promise<void> {
  const aside = join(dirname(path), `.${basename(path).slice(-100)}.${randomBytes(4).toString('hex')}`);
  try {
    const handle = await open(aside, 'wx');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, path);
  } catch (thrown) {
    await rm(aside, { force: true });
    throw thrown;
  }
}

/** Longer than anything takes to write a clip. */
const leftBehindAfterMs = 10 * 60_000;

/** Removes what a program that was ended while it wrote has left beside the clips. */
export async function removeLeftBehind(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^\..+\.(?:pcm|wav|jsonl)\.[0-9a-f]{8}$/i.test(name)) continue;
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > leftBehindAfterMs) await rm(path, { force: true });
  }
}

/** Replaces a folder's manifest; entries that are kept stay as they were, to the letter. To be called under the folder's lock. */
export async function writeEntries(
  folder: string,
  entries: readonly Pick<ManifestEntry, 'raw'>[],
): Promise<void> {
  await writeAside(join(folder, manifestName), entries.map(({ raw }) => `${raw}\n`).join(''));
}

/** Replaces a folder's manifest by lines. */
export async function writeManifest(folder: string, lines: readonly ManifestLine[]): Promise<void> {
  await writeEntries(
    folder,
    lines.map((line) => ({ raw: JSON.stringify(line) })),
  );
}

/** Adds a line to a folder's manifest; one that fails half-way is taken back. To be called under the folder's lock. */
export async function appendLine(folder: string, line: ManifestLine): Promise<void> {
  const handle = await open(join(folder, manifestName), 'a+');
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    const ended = size === 0 || last[0] === 0x0a;
    try {
      await handle.appendFile(`${ended ? '' : '\n'}${JSON.stringify(line)}\n`);
      await handle.sync();
    } catch (thrown) {
      await handle.truncate(size).catch(() => undefined);
      throw thrown;
    }
  } finally {
    await handle.close();
  }
}

/** Why a folder of clips could not be written, and what to do. */
export function writeProblem(folder: string, thrown: unknown): AppError {
  if (thrown instanceof CrosstalkError) return thrown.error;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  const said = (why: string) => ({
    kind: 'unavailable' as const,
    code: 'cache_unwritable',
    message: `The clips in ${folder} cannot be written: ${why}.`,
    detail,
  });
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return said('permission denied; allow writing there or choose another folder');
    case 'EROFS':
      return said('the disk is read-only; choose another folder');
    case 'ENOSPC':
    case 'EDQUOT':
      return said('the disk is full; make room and try again');
    case 'ENOTDIR':
    case 'EEXIST':
      return said('a file is in the way of the folder; move it or choose another folder');
    case 'EISDIR':
      return said(`a folder is in the way of a file such as ${manifestName}; move it away`);
    case 'ENOENT':
      return said('the folder is not there any more');
    default:
      return said(detail);
  }
}
