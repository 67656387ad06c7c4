/** Writing a file that an editor, git or a person may have beside: whole or not at all, with the rights it had. */
import { randomBytes } from 'node:crypto';
import { access, chmod, constants, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Replaces a file by one with this text; a link stays a link. Creates it when it is not there. Rejects as the file system does, leaving what was there. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const before = await stat(target).catch(() => null);
  // Moving another file over one that may not be written would succeed.
  if (before) await access(target, constants.W_OK);
  const aside = join(dirname(target), `.${basename(target).slice(-100)}.${randomBytes(4).toString('hex')}`);
  try {
    const handle = await open(aside, 'wx', 0o666);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (before) await chmod(aside, before.mode & 0o7777).catch(() => undefined);
    await rename(aside, target);
  } catch (thrown) {
    await rm(aside, { force: true });
    throw thrown;
  }
}

/** `text` with the line ends of what it replaces: an editor of plain lines would otherwise change every one of them. */
export function withLineEndsOf(before: string, text: string): string {
  const windows = before.includes('\r\n') && !/[^\r]\n|^\n/.test(before);
  return windows && !text.includes('\r') ? text.replaceAll('\n', '\r\n') : text;
}
