/** Removed conversations: moved to a folder of the library, under a name that says what they were called. */
import { randomBytes } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { moveIntoNew } from './fileNames.ts';

const trashName = '.trash';

/** Moves a file of the library there. The name it has there. Rejects as the file system does. */
export async function moveToTrash(folder: string, filename: string): Promise<string> {
  const trash = join(folder, trashName);
  const mark = `.${Date.now().toString(36)}${randomBytes(4).toString('hex')}`;
  const kept = filename.replace(/(?=\.ya?ml$)/i, mark);
  await mkdir(trash, { recursive: true });
  await rename(join(folder, filename), join(trash, kept));
  return kept;
}

/** Moves it back under its own name, or that name with a number; null when it is not there. Rejects as the file system does. */
export async function takeFromTrash(folder: string, kept: string): Promise<string | null> {
  const [, stem, extension] = /^(.+)\.[0-9a-z]{12,}\.(ya?ml)$/i.exec(kept) ?? [];
  if (stem === undefined || extension === undefined) return null;
  try {
    return await moveIntoNew(join(folder, trashName, kept), folder, stem, extension);
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null;
    throw thrown;
  }
}
