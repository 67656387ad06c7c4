/** Names of files that the studio makes: safe on every system, and never one that is taken. */
import { randomBytes } from 'node:crypto';
import { access, link, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const longestSlug = 60;
/** Devices of Windows; a file of such a name cannot be made there, whatever its extension. */
const devices = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/** A name as part of a file name: small letters, digits, `_` and `-`. `otherwise` where nothing of it can be kept. */
export function slugOf(name: string, otherwise: string): string {
  const slug = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .slice(0, longestSlug)
    .replaceAll(/^[-_]+|[-_]+$/g, '');
  if (slug === '') return otherwise;
  return devices.test(slug) ? `${slug}-${otherwise}` : slug;
}

/** `name`, `name 2`, `name 3` …: the first that is not taken. */
export function freeName(name: string, taken: Iterable<string>, gap = ' '): string {
  const others = new Set([...taken].map((other) => other.toLowerCase()));
  if (!others.has(name.toLowerCase())) return name;
  for (let i = 2; ; i++) {
    const candidate = `${name}${gap}${i}`;
    if (!others.has(candidate.toLowerCase())) return candidate;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

function codeOf(thrown: unknown): string | null {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : null;
}

async function taken(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** Moves a file to a place where there is none; false when there is one. */
async function moveToNew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    await rm(from, { force: true });
    return true;
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === 'EEXIST') return false;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOSPC' || code === 'EROFS') throw thrown;
  }
  // A disk without hard links.
  if (await taken(to)) return false;
  await rename(from, to);
  return true;
}

/** Moves a file into a folder under `slug.extension`, or with a number where that is taken. The name it got. */
export async function moveIntoNew(
  from: string,
  folder: string,
  slug: string,
  extension: string,
): Promise<string> {
  for (;;) {
    const stems = (await namesIn(folder)).map((name) => name.replace(/\.[^.]*$/, ''));
    const filename = `${freeName(slug, stems, '-')}.${extension}`;
    if (await moveToNew(from, join(folder, filename))) return filename;
  }
}

/** Writes a new file in a folder that exists: whole or not at all, and never over another. The name it got. */
export async function writeNew(
  folder: string,
  slug: string,
  extension: string,
  content: string | Uint8Array,
): Promise<string> {
  const aside = join(folder, `.${slug}.${randomBytes(4).toString('hex')}`);
  try {
    await writeFile(aside, content);
    return await moveIntoNew(aside, folder, slug, extension);
  } finally {
    await rm(aside, { force: true });
  }
}

/** Writes a file of exactly this name: whole or not at all. False, and nothing is written, where there is one. */
export async function writeAsNew(path: string, content: string | Uint8Array): Promise<boolean> {
  const aside = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}`);
  try {
    await writeFile(aside, content);
    return await moveToNew(aside, path);
  } finally {
    await rm(aside, { force: true });
  }
}
