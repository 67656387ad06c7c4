/** How much some processes together use: from what they used before and now. */
import type { ProcessEntry } from './table.ts';

interface Seen {
  atMs: number;
  entries: ReadonlyMap<string, ProcessEntry>;
}

type Counted = (entry: ProcessEntry) => number;

/** Everything a process and its ended children used. */
function total({ cpuS }: ProcessEntry): number {
  return cpuS === null ? 0 : cpuS.own + cpuS.endedChildren;
}

/** The CPU of a set of processes that may change from one look to the next. */
export class CpuUse {
  readonly #counted: Counted;
  #before: Seen | null = null;

  /** `alone`: what children used is none of it, also when they have ended. */
  constructor({ alone = false } = {}) {
    this.#counted = alone ? ({ cpuS }) => cpuS?.own ?? 0 : total;
  }

  /** Cores in use since the look before (1 is one core busy all the time); null at the first one that found any. */
  look(entries: readonly ProcessEntry[], atMs: number): number | null {
    const now: Seen = { atMs, entries: new Map(entries.map((entry) => [entry.identity, entry])) };
    const before = this.#before;
    this.#before = now;
    const [first] = entries;
    if (first === undefined) return null;
    if (first.cpuS === null) return entries.reduce((sum, { cores }) => sum + (cores ?? 0), 0);
    if (before === null || before.entries.size === 0 || atMs <= before.atMs) return null;
    return usedBetween(before, now, this.#counted) / ((atMs - before.atMs) / 1000);
  }
}

/**
 * A child that ended leaves what it used to its parent, which then seems to have used all of it at once; so what ended
 * ones were seen to have used is taken off. Where nobody inherits it, that would take off too much: what the others
 * used themselves is the least.
 */
function usedBetween(before: Seen, now: Seen, counted: Counted): number {
  let own = 0;
  let all = 0;
  for (const [identity, entry] of now.entries) {
    // One that is new began since: everything it used counts.
    const known = before.entries.get(identity);
    own += (entry.cpuS?.own ?? 0) - (known?.cpuS?.own ?? 0);
    all += counted(entry) - (known === undefined ? 0 : counted(known));
  }
  for (const [identity, entry] of before.entries) if (!now.entries.has(identity)) all -= counted(entry);
  return Math.max(own, all, 0);
}
