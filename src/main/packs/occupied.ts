/** What lies where a pack is to go. Only a pack of this program's, unchanged and with nothing beside it, is replaced. */
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '#contract/errors';
import { digestOf, documentName } from './contents.ts';
import { packMarker } from './document.ts';

const WrittenDocument = z.object({
  [packMarker]: z.number(),
  texts: z.record(z.string(), z.string()),
  files: z.array(z.string()),
});

/** What other programs leave in a folder without being asked. */
const leftBehind = new Set(['__pycache__', '.DS_Store', 'Thumbs.db', 'desktop.ini']);

function refuse(message: string): Result<never> {
  return fail('conflict', 'not_our_pack', message);
}

async function statOrNull(path: string) {
  try {
    return await stat(path);
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null;
    throw thrown;
  }
}

/** Whether a folder may be written: `free` or a pack to be replaced. Error: `not_our_pack`. */
export async function folderState(folder: string): Promise<Result<'free' | 'ours'>> {
  const found = await statOrNull(folder);
  if (!found) return ok('free');
  if (!found.isDirectory()) return refuse(`${folder} is a file; choose another place, or move it away.`);
  const names = (await readdir(folder)).filter((name) => !leftBehind.has(name));
  if (names.length === 0) return ok('ours');
  const document = await readDocument(folder);
  if (!document)
    return refuse(`${folder} holds something that is no pack of Crosstalk; choose another place.`);
  const known = new Set([...document.files, ...Object.keys(document.texts), documentName]);
  const foreign = names.find((name) => !known.has(name));
  if (foreign !== undefined)
    return refuse(
      `${folder} holds ${foreign}, which is not the pack's; move it away, or choose another place.`,
    );
  for (const [name, digest] of Object.entries(document.texts)) {
    if (!names.includes(name) || digestOf(await readFile(join(folder, name))) === digest) continue;
    return refuse(
      `${name} in ${folder} was changed since the pack was written; move it away, or choose another place.`,
    );
  }
  return ok('ours');
}

async function readDocument(folder: string): Promise<z.infer<typeof WrittenDocument> | null> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, documentName), 'utf8'));
    return WrittenDocument.safeParse(value).data ?? null;
  } catch {
    return null;
  }
}

/** The same of an archive: one of ours begins with `pack.json`, stored as it is. Error: `not_our_pack`. */
export async function archiveState(path: string): Promise<Result<'free' | 'ours'>> {
  const found = await statOrNull(path);
  if (!found) return ok('free');
  if (!found.isFile()) return refuse(`${path} is a folder; choose another name for the archive.`);
  if (await beginsLikeOurs(path)) return ok('ours');
  return refuse(
    `${path} is no pack of Crosstalk; choose another name than ${basename(path)}, or move it away.`,
  );
}

const headerBytes = 30;

async function beginsLikeOurs(path: string): Promise<boolean> {
  const wanted = `${documentName}{\n "${packMarker}": `;
  const handle = await open(path, 'r');
  try {
    const head = Buffer.alloc(headerBytes + wanted.length);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    return (
      bytesRead === head.length &&
      head.readUInt32LE(0) === 0x04034b50 &&
      head.toString('latin1', headerBytes) === wanted
    );
  } finally {
    await handle.close();
  }
}
