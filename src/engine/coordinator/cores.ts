/** Whether there was a core free for this process: what the cores it may use left idle. */
import { readFileSync } from 'node:fs';

/** Ticks of one core since the machine was started. */
interface CoreTicks {
  idle: number;
  all: number;
}

/** Linux only; elsewhere, and where the system hides it (some containers), it is not known. */
export class CoreWatch {
  #last = readCores();

  /** Core time left idle since the last call, in cores: 0.5 is half a core's time. null where it is not known. */
  takeIdle(): number | null {
    const last = this.#last;
    this.#last = readCores();
    return last !== null && this.#last !== null ? idleBetween(last, this.#last, allowedCores()) : null;
  }
}

/** Idle time in cores, over the cores of `allowed` that are in both. */
export function idleBetween(
  before: ReadonlyMap<number, CoreTicks>,
  after: ReadonlyMap<number, CoreTicks>,
  allowed: readonly number[] | null,
): number | null {
  let idle: number | null = null;
  for (const core of allowed ?? after.keys()) {
    const [from, to] = [before.get(core), after.get(core)];
    if (from === undefined || to === undefined || to.all <= from.all) continue;
    idle = (idle ?? 0) + Math.max(0, to.idle - from.idle) / (to.all - from.all);
  }
  return idle === null ? null : Math.round(idle * 1000) / 1000;
}

/** `cpu0 user nice system idle iowait irq softirq steal guest guest_nice` of every core in `/proc/stat`. */
export function parseCores(stat: string): Map<number, CoreTicks> {
  const cores = new Map<number, CoreTicks>();
  for (const line of stat.split('\n')) {
    const found = /^cpu(\d+) (.*)$/.exec(line);
    if (found === null) continue;
    // Guest time is in user time already.
    const ticks = (found[2] ?? '').split(' ').slice(0, 8).map(Number);
    const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
    const all = ticks.reduce((a, b) => a + b, 0);
    if (Number.isFinite(all)) cores.set(Number(found[1]), { idle, all });
  }
  return cores;
}

/** `0-3,8` as numbers. */
export function parseCoreList(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? [];
    if (first === undefined) return [];
    const [from, to] = [Number(first), Number(last ?? first)];
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
  });
}

function readCores(): Map<number, CoreTicks> | null {
  try {
    const cores = parseCores(readFileSync('/proc/stat', 'latin1'));
    return cores.size > 0 ? cores : null;
  } catch {
    return null;
  }
}

/** The cores this process may run on now; null: all. It may be told otherwise at any time. */
function allowedCores(): number[] | null {
  try {
    const found = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'latin1'));
    return found?.[1] === undefined ? null : parseCoreList(found[1]);
  } catch {
    return null;
  }
}
