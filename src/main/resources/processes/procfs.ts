/** Processes of Linux, from /proc (proc_pid_stat(5), proc_pid_smaps(5), proc_net(5)). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PortListeners, ProcessEntry, ProcessTable } from './table.ts';

/** USER_HZ, which is 100 on every architecture that Node runs on. */
const ticksPerSecond = 100;
const pageBytes = 4096;
/** No longer than this is the thread held at once: calls are placed on it. */
const sliceMs = 1;

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Lets others have their turn whenever a slice of time is used up. */
class Slices {
  #since = performance.now();

  async pause(): Promise<void> {
    if (performance.now() - this.#since < sliceMs) return;
    await nextTurn();
    this.#since = performance.now();
  }
}

/** Reads a line of `stat`; null: it is not one. Its name stands in brackets and may hold anything. */
export function readStat(text: string): Omit<ProcessEntry, 'command'> | null {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return null;
  const pid = Number(text.slice(0, open));
  const fields = text
    .slice(close + 1)
    .trim()
    .split(' ');
  // The third field of stat, the state, is the first here.
  const field = (number: number) => Number(fields[number - 3]);
  const numbers = [field(4), field(14), field(15), field(16), field(17), field(22), field(24)];
  if (!Number.isInteger(pid) || numbers.some((number) => !Number.isFinite(number))) return null;
  const state = fields[0];
  if (state === 'Z' || state === 'X') return null;
  return {
    pid,
    parent: field(4),
    name: text.slice(open + 1, close),
    identity: `${pid} ${field(22)}`,
    cpuS: {
      own: (field(14) + field(15)) / ticksPerSecond,
      endedChildren: (field(16) + field(17)) / ticksPerSecond,
    },
    cores: null,
    rss: field(24) * pageBytes,
  };
}

const listening = '0A';

/** Inodes of the sockets that listen, by their port, from a table like /proc/net/tcp. */
export function listeningInodes(table: string): { port: number; inode: string }[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
      const port = Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16);
      return state === listening && inode !== undefined && Number.isInteger(port) ? [{ port, inode }] : [];
    });
}

/** `root`: where /proc is. */
export function linuxProcesses(root = '/proc'): ProcessTable {
  /** Arguments do not change; they are read once for each process. */
  let commands = new Map<string, readonly string[]>();

  function commandOf(stat: Omit<ProcessEntry, 'command'>): readonly string[] {
    const known = commands.get(stat.identity);
    if (known !== undefined) return known;
    const text = textOf(`${root}/${stat.pid}/cmdline`) ?? '';
    return Buffer.from(text, 'latin1')
      .toString('utf8')
      .split('\0')
      .filter((word) => word !== '');
  }

  function read(pid: string): ProcessEntry | null {
    const stat = readStat(textOf(`${root}/${pid}/stat`) ?? '');
    return stat === null ? null : { ...stat, command: commandOf(stat) };
  }

  return {
    async all() {
      const slices = new Slices();
      const found: ProcessEntry[] = [];
      for (const pid of namesIn(root)) {
        if (!/^\d+$/.test(pid)) continue;
        const entry = read(pid);
        if (entry !== null) found.push(entry);
        await slices.pause();
      }
      // A program that has just replaced another within its process may not have its own arguments yet.
      commands = new Map(
        found.filter(({ command }) => command.length > 0).map(({ identity, command }) => [identity, command]),
      );
      return found;
    },

    one: (pid) => Promise.resolve(read(String(pid))),

    async proportional(pid) {
      try {
        // Not on this thread: of a large process the kernel needs a while.
        const text = await readFile(`${root}/${pid}/smaps_rollup`, 'latin1');
        const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1];
        return kilobytes === undefined ? null : Number(kilobytes) * 1024;
      } catch {
        return null;
      }
    },

    async listeners(ports) {
      const slices = new Slices();
      const tables = ['tcp', 'tcp6'].map((name) => textOf(`${root}/net/${name}`) ?? '');
      const sockets = tables
        .flatMap(listeningInodes)
        .filter(({ port }) => ports === undefined || ports.includes(port));
      const portOf = new Map(sockets.map(({ port, inode }) => [`socket:[${inode}]`, port]));
      const found = new Map<number, PortListeners>(
        sockets.map(({ port }) => [port, { pids: [], hidden: false }]),
      );
      if (found.size === 0) return found;
      for (const pid of namesIn(root)) {
        if (!/^\d+$/.test(pid)) continue;
        const folder = `${root}/${pid}/fd`;
        for (const fd of namesIn(folder)) {
          const port = portOf.get(linkOf(`${folder}/${fd}`));
          const listeners = port === undefined ? undefined : found.get(port);
          if (listeners !== undefined && !listeners.pids.includes(Number(pid)))
            listeners.pids.push(Number(pid));
          await slices.pause();
        }
      }
      for (const listeners of found.values()) listeners.hidden = listeners.pids.length === 0;
      return found;
    },
  };
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
