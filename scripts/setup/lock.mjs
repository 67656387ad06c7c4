import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fromRoot } from './paths.mjs';
import { say } from './run.mjs';

const file = fromRoot('.cache', 'setup.lock');

function owner(path = file) {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function take() {
  mkdirSync(fromRoot('.cache'), { recursive: true });
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** Removes a dead owner's lock; puts it back when another set-up was quicker and it is theirs by now. */
function clear(dead) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (owner(aside) !== dead) linkSync(aside, file);
    rmSync(aside, { force: true });
  } catch {
    // Gone already.
  }
}

/** Runs `work` while no other set-up of this checkout is running. A lock whose owner died is taken over. */
export async function withSetupLock(work) {
  let told = false;
  while (!take()) {
    const pid = owner();
    if (pid !== null && pid > 0 && !alive(pid)) {
      clear(pid);
      continue;
    }
    if (!told) say(`Waiting for another set-up of this folder (process ${pid ?? '?'}) …`);
    told = true;
    await pause(250);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}
