/** Who owns a run that is going on, and whether that process still lives. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, told apart from a later one with the same number by when it started. */
export interface Owner {
  host: string;
  pid: number;
  /** When the process started, in this system's own notation; null where that cannot be found out. */
  started: string | null;
}

/** How long an owner that cannot be looked at may be silent before it counts as dead. */
const silentMs = { otherHost: 15_000, unknownStart: 60_000 };

/** This process. */
export function thisProcess(): Owner {
  return { host: hostname(), pid: process.pid, started: processStart(process.pid) };
}

/** Whether a run's owner still lives. `heartbeatAt` and `now` are epoch milliseconds. */
export function isAlive(owner: Owner, heartbeatAt: number, now: number): boolean {
  const silent = now - heartbeatAt;
  if (owner.host !== hostname()) return silent <= silentMs.otherHost;
  if (!pidExists(owner.pid)) return false;
  const found = look(owner.pid);
  if (found === 'ended') return false;
  if (found === 'unknown' || owner.started === null) return silent <= silentMs.unknownStart;
  return found.started === owner.started;
}

function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

/** When a process started, or null when it is gone or the system does not tell. */
export function processStart(pid: number): string | null {
  const found = look(pid);
  return typeof found === 'string' ? null : found.started;
}

function look(pid: number): { started: string } | 'ended' | 'unknown' {
  if (process.platform === 'linux') return lookLinux(pid);
  if (process.platform === 'win32') return 'unknown';
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: 2000,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    }).trim();
    return started === '' ? 'ended' : { started };
  } catch {
    return 'unknown';
  }
}

function lookLinux(pid: number): { started: string } | 'ended' | 'unknown' {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name may hold spaces and parentheses; what follows it does not: state first, start as the 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ticks] = [fields[0], fields[19]];
    // A killed process that its parent has not collected yet.
    if (state === 'Z' || state === 'X') return 'ended';
    if (ticks === undefined) return 'unknown';
    return { started: `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${ticks}` };
  } catch {
    return 'unknown';
  }
}
