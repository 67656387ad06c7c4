/** A repeatable source of random numbers; one per virtual user, so that adding a user changes nobody else's choices. */
export class Random {
  #state: number;

  constructor(...seeds: number[]) {
    let h = 0x9e3779b9;
    for (const seed of seeds) {
      h = Math.imul(h ^ (seed >>> 0), 0x85ebca6b);
      h = (h ^ (h >>> 13)) >>> 0;
      h = Math.imul(h, 0xc2b2ae35);
      h = (h ^ (h >>> 16)) >>> 0;
    }
    this.#state = h >>> 0;
  }

  /** Uniform in [0, 1): mulberry32 (Tommy Ettinger, public domain). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** One of `items`, by weight. */
  pick<T extends { weight: number }>(items: readonly T[]): T | undefined {
    let total = 0;
    for (const item of items) total += item.weight;
    let at = this.next() * total;
    for (const item of items) {
      at -= item.weight;
      if (at < 0) return item;
    }
    return items.at(-1);
  }
}
