/** One writer at a time in a folder of clips, among everything that keeps to this file: other windows, the command line, this program. */
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { CrosstalkError } from '#contract/errors';

export const lockName = '.manifest.lock';
/** Work under the lock takes milliseconds; a lock this old was left behind by something that broke. */
const staleAfterMs = 60_000;
/** One that says nothing was left by something that ended, or found the disk full, while it made it. */
const emptyAfterMs = 2000;
const patienceMs = 20_000;
const waitMs = 15;

const Owner = z.object({ pid: z.number().int(), host: z.string(), token: z.string() });

const queues = new Map<string, Promise<unknown>>();

/** Does `work` while nothing else writes in the folder. Rejects with `cache_busy` when the folder stays taken, or as the file system does. */
export async function withFolderLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const key = resolve(folder);
  const before = queues.get(key) ?? Promise.resolve();
  const turn = before.then(() => locked(key, work));
  const settled = turn.then(
    () => undefined,
    () => undefined,
  );
  queues.set(key, settled);
  try {
    return await turn;
  } finally {
    if (queues.get(key) === settled) queues.delete(key);
  }
}

async function locked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const path = join(folder, lockName);
  const token = randomUUID();
  await acquire(path, folder, token);
  try {
    return await work();
  } finally {
    if (ownerIn(readText(path))?.token === token) await rm(path, { force: true });
  }
}

async function acquire(path: string, folder: string, token: string): Promise<void> {
  const until = performance.now() + patienceMs;
  for (;;) {
    if (create(path, token)) return;
    if (isLeftBehind(path) && breakLock(path)) continue;
    if (performance.now() > until) throw busy(folder, path);
    await wait(waitMs * (0.5 + Math.random()));
  }
}

/** At once, so that hardly anything can end between the file and what it says. */
function create(path: string, token: string): boolean {
  try {
    writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname(), token }), { flag: 'wx' });
    return true;
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
    if (code === 'EEXIST') return false;
    // Windows refuses a name whose file is just being deleted.
    if (code === 'EPERM' && process.platform === 'win32' && readText(path) !== null) return false;
    throw thrown;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function ownerIn(text: string | null): z.infer<typeof Owner> | null {
  if (text === null) return null;
  try {
    const owner = Owner.safeParse(JSON.parse(text));
    return owner.success ? owner.data : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

/** How long ago a file was written, ms; null: it is not there. */
function ageOf(path: string): number | null {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return null;
  }
}

function isLeftBehind(path: string): boolean {
  const text = readText(path);
  const age = ageOf(path);
  if (text === null || age === null) return false;
  if (age > (text === '' ? emptyAfterMs : staleAfterMs)) return true;
  const owner = ownerIn(text);
  return owner !== null && owner.host === hostname() && !isAlive(owner.pid);
}

/**
 * Removes a lock that was left behind; false when another is about to. Only who holds a second lock may, and looks once
 * more: otherwise the one who comes late would remove the lock of the one who was first. All at once, so that hardly
 * anything can end in between.
 */
function breakLock(path: string): boolean {
  const second = `${path}.broken`;
  try {
    writeFileSync(second, '', { flag: 'wx' });
  } catch {
    if ((ageOf(second) ?? 0) > emptyAfterMs) rmSync(second, { force: true });
    return false;
  }
  try {
    if (isLeftBehind(path)) rmSync(path, { force: true });
  } finally {
    rmSync(second, { force: true });
  }
  return true;
}

function busy(folder: string, path: string): CrosstalkError {
  return new CrosstalkError({
    kind: 'conflict',
    code: 'cache_busy',
    message: `Another program is writing in ${folder}; try again when it has finished. If there is none, delete ${path}.`,
  });
}
