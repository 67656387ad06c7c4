/** Of several Crosstalks that are open on one home, one starts what is due. */
import { closeSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const prefix = '.scheduled-';

/** Whether this process is the first to claim this time; where nothing can be written it counts as the first. */
export function claim(folder: string, id: string, due: Date): boolean {
  const name = `${prefix}${id}-${due.getTime()}`;
  try {
    closeSync(openSync(join(folder, name), 'wx', 0o600));
  } catch (thrown) {
    return !(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST');
  }
  release(folder, id, name);
  return true;
}

/** Removes the claims of earlier times; all of them where no name is kept. */
export function release(folder: string, id: string, kept: string | null = null): void {
  try {
    for (const name of readdirSync(folder))
      if (name.startsWith(`${prefix}${id}-`) && name !== kept) rmSync(join(folder, name), { force: true });
  } catch {
    // Claims that stay behind harm nobody.
  }
}
