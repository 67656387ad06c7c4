/** Where a copy of the history goes. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, extname, isAbsolute, join } from 'node:path';
import { fail, ok, type Result } from '#contract/errors';

/** Beside the database, or in `folder`: `crosstalk-2026-11-21.db`, with a number where that is taken. */
function freeName(database: string, folder: string, now: Date): string {
  const extension = extname(database);
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const name = `${basename(database, extension)}-${day}`;
  for (let n = 1; ; n++) {
    const file = join(folder, `${name}${n === 1 ? '' : `-${n}`}${extension}`);
    if (!existsSync(file)) return file;
  }
}

/** A path that was given must be whole; a folder gets a file with the date in its name. */
export function backupPath(database: string, path: string | undefined, now = new Date()): Result<string> {
  if (database === ':memory:') {
    return fail('refused', 'nothing_kept', 'There is no history to copy: nothing is kept on this machine.');
  }
  if (path === undefined || path === '') return ok(freeName(database, dirname(database), now));
  if (!isAbsolute(path)) {
    return fail(
      'invalid_input',
      'path_not_absolute',
      `${path} is not a whole path: begin it at the root of the disk, as in ${join(dirname(database), 'copy.db')}.`,
    );
  }
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return ok(isFolder ? freeName(database, path, now) : path);
}
