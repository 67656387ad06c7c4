/** Deals users, or calls that arrive, to the users entries of a load by weight. */
export class Shares {
  readonly #entries: { group: number; weight: number; count: number }[];

  /** `group` indexes `RunPlan.users`. */
  constructor(entries: readonly { group: number; weight: number }[]) {
    this.#entries = entries.map((entry) => ({ ...entry, count: 0 }));
  }

  /** The group that is furthest below its share. */
  next(): number {
    let best = this.#entries[0];
    for (const entry of this.#entries)
      if (best === undefined || (entry.count + 1) / entry.weight < (best.count + 1) / best.weight)
        best = entry;
    if (best === undefined) throw new Error('A load has no users entry');
    best.count++;
    return best.group;
  }

  /** One of a group was taken off again. */
  giveBack(group: number): void {
    const entry = this.#entries.find((one) => one.group === group);
    if (entry !== undefined) entry.count--;
  }
}
