/** Which processes are meant by what an environment says of one. */
import type { WatchedProcess } from '#contract/scenario/resources';
import type { PortListeners, ProcessEntry } from './table.ts';

/** A program's name without its folder and ending. */
function programName(path: string): string {
  return (path.split(/[/\\]/).at(-1) ?? path).replace(/\.exe$/i, '');
}

/** What a process is called by its program; some put their state behind it (`redis-server *:6379`). */
export function programOf({ command: [program = ''] }: Pick<ProcessEntry, 'command'>): string {
  return programName(program.split(' ')[0] ?? '');
}

/** A process of that name: as the system calls it (Linux cuts it at 15 characters), or its program. */
function isNamed(entry: ProcessEntry, wanted: string): boolean {
  const names = [entry.name, programOf(entry), programName(entry.command[0] ?? '')];
  return names.includes(wanted) || entry.name === `${wanted}.exe`;
}

/** A process and everything above it. */
function withAncestors(pid: number, byPid: ReadonlyMap<number, ProcessEntry>): Set<number> {
  const found = new Set<number>();
  for (let at = pid; at > 0 && !found.has(at); at = byPid.get(at)?.parent ?? 0) found.add(at);
  return found;
}

/** All below some processes, themselves included. */
export function withDescendants(
  roots: readonly number[],
  all: readonly ProcessEntry[],
): ReadonlyMap<number, ProcessEntry> {
  const byPid = new Map(all.map((entry) => [entry.pid, entry]));
  const children = Map.groupBy(all, ({ parent }) => parent);
  const found = new Map<number, ProcessEntry>();
  const waiting = [...roots];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    const entry = byPid.get(pid);
    if (entry === undefined || found.has(pid)) continue;
    found.set(pid, entry);
    for (const child of children.get(pid) ?? []) waiting.push(child.pid);
  }
  return found;
}

/**
 * The processes of a name; where none has it, those whose command line holds the text. Crosstalk itself and whoever
 * started it are none of them: their command lines hold the text because it was asked for.
 */
export function processesNamed(
  wanted: string,
  all: readonly ProcessEntry[],
  own = process.pid,
): ProcessEntry[] {
  const byPid = new Map(all.map((entry) => [entry.pid, entry]));
  const above = withAncestors(own, byPid);
  const others = all.filter(({ pid }) => !above.has(pid));
  const named = others.filter((entry) => isNamed(entry, wanted));
  return named.length > 0 ? named : others.filter(({ command }) => command.join(' ').includes(wanted));
}

/** Why there is nothing to see of a process. */
export function notFound(
  { process: named, port, pid }: WatchedProcess,
  listeners: PortListeners | undefined,
): string {
  if (named !== undefined)
    return `no process is running whose name or command line has ${JSON.stringify(named)}`;
  if (port !== undefined)
    return listeners?.hidden === true
      ? `something listens on port ${port}, but this user may not see which process it is; watch it by its name, or run Crosstalk as its user`
      : `no process listens on port ${port}`;
  return `there is no process ${pid ?? 0}`;
}
