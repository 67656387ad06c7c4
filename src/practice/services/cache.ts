/** Lists fetched from a slow system behind the services, kept for a time. */

/** When it was, or will have been, fetched, and until when it is kept; in ns. */
interface Entry {
  filledAt: bigint;
  until: bigint;
}

/**
 * A cache that only knows times: the lists themselves never change. With `stampede` every request that finds it empty
 * fetches for itself; else they all wait for the first one's.
 */
export class TimedCache {
  readonly #ttl: bigint;
  readonly #stampede: boolean;
  readonly #entries = new Map<string, Entry>();

  constructor(ttl: bigint, stampede: boolean) {
    this.#ttl = ttl;
    this.#stampede = stampede;
  }

  /** When `name` can be had from `now` on: now, or when it will have been fetched. `fetch` says how long that takes, in ns. */
  readyAt(name: string, now: bigint, fetch: () => bigint): bigint {
    const entry = this.#entries.get(name);
    if (entry) {
      if (now < entry.filledAt) return this.#stampede ? now + fetch() : entry.filledAt;
      if (now < entry.until) return now;
    }
    const filledAt = now + fetch();
    this.#entries.set(name, { filledAt, until: filledAt + this.#ttl });
    return filledAt;
  }
}
