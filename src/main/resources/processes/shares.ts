import type { ProcessEntry, ProcessTable } from './table.ts';

/**
 * How much of a process's resident memory is its own share (PSS by RSS). The kernel walks all of its pages for that,
 * so it is asked when a process is new, and then of one process at every look, one after the other.
 */
export class MemoryShares {
  readonly #table: Pick<ProcessTable, 'proportional'>;
  readonly #known = new Map<string, { share: number; asked: number; used: number }>();
  #look = 0;
  #oldest = 0;
  #asked = false;

  constructor(table: Pick<ProcessTable, 'proportional'>) {
    this.#table = table;
  }

  /** A look begins: one of those that are known may be asked again. */
  begin(): void {
    for (const [identity, { used }] of this.#known) if (used < this.#look) this.#known.delete(identity);
    const asked = [...this.#known.values()].map((known) => known.asked);
    this.#oldest = Math.min(...asked, this.#look);
    this.#look += 1;
    this.#asked = false;
  }

  /** 0–1; 1 where the system does not tell. */
  async of({ identity, pid, rss }: ProcessEntry): Promise<number> {
    const known = this.#known.get(identity);
    if (known !== undefined) {
      known.used = this.#look;
      if (this.#asked || known.asked > this.#oldest) return known.share;
      this.#asked = true;
    }
    const proportional = await this.#table.proportional(pid);
    const share = proportional === null || rss === 0 ? 1 : Math.min(1, proportional / rss);
    this.#known.set(identity, { share, asked: this.#look, used: this.#look });
    return share;
  }
}
