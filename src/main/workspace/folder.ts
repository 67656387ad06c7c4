/** Which folders may be a workspace, and making one. */
import { randomBytes } from 'node:crypto';
import { mkdir, realpath, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fail, ok, type Result } from '#contract/errors';
import { diskReason } from '../diskReason.ts';
import { packageRoot } from '../entries.ts';
import type { CrosstalkHome } from '../home.ts';

/** Whether a path is a folder or lies in it. */
function lies(path: string, folder: string): boolean {
  const from = relative(folder, path);
  return !isAbsolute(from) && from.split(sep)[0] !== '..';
}

function unusable(message: string): Result<never> {
  return fail('invalid_input', 'workspace_unusable', message);
}

/** The path as it is once links are followed; as it is given where that cannot be done. */
async function real(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

/** Why a folder is the program's own business; null when it is not. */
async function ownBusiness(path: string, home: CrosstalkHome): Promise<string | null> {
  const here = await real(path);
  const inside = async (folder: string) => lies(here, await real(folder));
  if (here === (await real(home.folder)))
    return `${path} is where Crosstalk keeps its history and settings; choose a folder in it or elsewhere.`;
  if (await inside(join(home.folder, 'recordings')))
    return `${path} belongs to the recordings of runs, which Crosstalk removes with them; choose another folder.`;
  if ((await inside(join(home.folder, 'desktop'))) || (await inside(join(packageRoot(), 'resources'))))
    return `${path} is a folder of the program itself; choose another one.`;
  return null;
}

async function statOf(path: string): Promise<'folder' | 'other' | 'none'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'other';
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'none';
    throw thrown;
  }
}

/** The only sure way to know whether a folder can be written. */
async function tryWriting(folder: string): Promise<void> {
  const probe = join(folder, `.crosstalk-${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(probe, '', { flag: 'wx' });
  } finally {
    await rm(probe, { force: true });
  }
}

/**
 * Makes sure that a folder can be a workspace: it is there, or is made in a folder that is there, and can be written.
 * Answers with its absolute path (`~` is the user's own folder). Error: `workspace_unusable`.
 */
export async function prepareFolder(given: string, home: CrosstalkHome): Promise<Result<string>> {
  const named = /^~(?=[/\\]|$)/.test(given) ? join(homedir(), given.slice(1)) : given;
  if (!isAbsolute(named))
    return unusable(
      `${given} is not a whole path; name the folder in full, like ${join(homedir(), 'voice tests')}.`,
    );
  const path = resolve(named);
  const own = await ownBusiness(path, home);
  if (own !== null) return unusable(own);
  let made = false;
  try {
    const found = await statOf(path);
    if (found === 'other') return unusable(`${path} is not a folder; choose a folder.`);
    if (found === 'none') {
      if ((await statOf(dirname(path))) !== 'folder')
        return unusable(
          `${path} cannot be made because there is no folder ${dirname(path)}; make that one first, or choose another.`,
        );
      await mkdir(path);
      made = true;
    }
    await tryWriting(path);
    return ok(path);
  } catch (thrown) {
    if (made) await rmdir(path).catch(() => undefined);
    return fail(
      'invalid_input',
      'workspace_unusable',
      `${path} cannot be a workspace: ${reasonFor(thrown)}.`,
      {
        detail: thrown instanceof Error ? thrown.message : String(thrown),
      },
    );
  }
}

function reasonFor(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return code === 'EROFS' ? 'the disk is read-only; choose a folder on another one' : diskReason(thrown);
}
