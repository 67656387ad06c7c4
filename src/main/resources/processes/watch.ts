/** Looks at the processes an environment names: how much CPU and memory each uses, with what it started. */
import type { WatchedProcess } from '#contract/scenario/resources';
import type { SeriesPoint } from '#contract/series';
import type { SeriesBook } from '../book.ts';
import { notFound, processesNamed, withDescendants } from './find.ts';
import type { PortListeners, ProcessEntry, ProcessTable } from './table.ts';
import { MemoryShares } from './shares.ts';
import { CpuUse } from './usage.ts';

/** What is known of one watched process from look to look. */
interface Watched {
  wanted: WatchedProcess;
  cpu: CpuUse;
  /** Of one that is watched by its id: another process may get the same one. */
  identity: string | null;
  /** Of one that is watched by its port. */
  listening: number[];
  hidden: boolean;
}

export class ProcessWatch {
  readonly #table: ProcessTable;
  readonly #book: SeriesBook;
  readonly #watched: Watched[];
  readonly #shares: MemoryShares;

  constructor(processes: readonly WatchedProcess[], table: ProcessTable, book: SeriesBook) {
    this.#table = table;
    this.#book = book;
    this.#shares = new MemoryShares(table);
    this.#watched = processes.map((wanted) => ({
      wanted,
      cpu: new CpuUse({ alone: !wanted.children }),
      identity: null,
      listening: [],
      hidden: false,
    }));
  }

  /** Values at `t` seconds since the start of the load. */
  async look(t: number): Promise<SeriesPoint[]> {
    this.#shares.begin();
    const atMs = performance.now();
    const alone = this.#watched.every(({ wanted }) => wanted.pid !== undefined && !wanted.children);
    const all = alone ? await this.#named() : await this.#table.all();
    await this.#findListeners(all);
    const points: SeriesPoint[] = [];
    for (const watched of this.#watched) points.push(...(await this.#one(watched, all, t, atMs)));
    return points;
  }

  /** Only those that are watched by their ids. */
  async #named(): Promise<ProcessEntry[]> {
    const entries = await Promise.all(this.#watched.map(({ wanted }) => this.#table.one(wanted.pid ?? 0)));
    return entries.filter((entry) => entry !== null);
  }

  /** Asks who listens on the ports of which nobody is known any more: that is more work than all the rest. */
  async #findListeners(all: readonly ProcessEntry[]): Promise<void> {
    const running = new Set(all.map(({ pid }) => pid));
    const open = this.#watched.filter(
      ({ wanted, listening }) => wanted.port !== undefined && !listening.some((pid) => running.has(pid)),
    );
    if (open.length === 0) return;
    const ports = open.map(({ wanted }) => wanted.port ?? 0);
    const found: ReadonlyMap<number, PortListeners> = await this.#table.listeners(ports);
    for (const watched of open) {
      const listeners = found.get(watched.wanted.port ?? 0);
      watched.listening = listeners?.pids ?? [];
      watched.hidden = listeners?.hidden ?? false;
    }
  }

  #roots({ wanted, listening }: Watched, all: readonly ProcessEntry[]): number[] {
    if (wanted.pid !== undefined) return [wanted.pid];
    if (wanted.port !== undefined) return listening;
    return processesNamed(wanted.process ?? '', all).map(({ pid }) => pid);
  }

  async #one(
    watched: Watched,
    all: readonly ProcessEntry[],
    t: number,
    atMs: number,
  ): Promise<SeriesPoint[]> {
    const { wanted } = watched;
    const roots = this.#roots(watched, all);
    const found = wanted.children
      ? [...withDescendants(roots, all).values()]
      : all.filter(({ pid }) => roots.includes(pid));
    const problem = this.#problem(watched, found);
    const entries = problem === null ? found : [];
    const cores = watched.cpu.look(entries, atMs);
    const memory = entries.length === 0 ? null : await this.#memory(entries);
    const series = { group: 'process', of: wanted.name } as const;
    return [
      { id: this.#book.id({ ...series, name: 'cpu', unit: 'cores' }, problem), t, value: cores },
      { id: this.#book.id({ ...series, name: 'memory', unit: 'bytes' }, problem), t, value: memory },
    ];
  }

  #problem(watched: Watched, found: readonly ProcessEntry[]): string | null {
    const { wanted, listening, hidden } = watched;
    if (wanted.pid !== undefined) {
      const entry = found.find(({ pid }) => pid === wanted.pid);
      if (watched.identity === null) watched.identity = entry?.identity ?? null;
      else if (entry?.identity !== watched.identity) return `process ${wanted.pid} has ended`;
    }
    return found.length === 0 ? notFound(wanted, { pids: listening, hidden }) : null;
  }

  /** Resident memory; of several processes what they share counts once, where the system tells that. */
  async #memory(entries: readonly ProcessEntry[]): Promise<number> {
    if (entries.length === 1) return entries[0]?.rss ?? 0;
    let memory = 0;
    for (const entry of entries) memory += entry.rss * (await this.#shares.of(entry));
    return memory;
  }
}
