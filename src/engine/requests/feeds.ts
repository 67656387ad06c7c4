/** Rows of data: which one a user or an iteration gets, decided by all threads together. */
import type { RunPlan } from '../plan.ts';
import type { PlanFeed } from '../requestPlan.ts';
import type { Random } from '../random.ts';

/** Before the rows: how many rows were handed out one after the other. */
const head = 1;

function placesOf(feed: PlanFeed): number {
  return feed.order === 'per_user' ? head + feed.rows.length : head;
}

function feedsIn(plan: Pick<RunPlan, 'users'>): PlanFeed[] {
  return plan.users.flatMap((users) => (users.kind === 'voice' ? [] : users.journey.feeds));
}

/** Memory in which the threads of a run agree who gets which row. */
export function feedMemory(plan: Pick<RunPlan, 'users'>): SharedArrayBuffer {
  const places = feedsIn(plan).reduce((sum, feed) => sum + placesOf(feed), 0);
  return new SharedArrayBuffer(places * Int32Array.BYTES_PER_ELEMENT);
}

/** A feed as the users of a thread know it. */
export class SharedFeed {
  readonly #feed: PlanFeed;
  readonly #counts: Int32Array;

  /** `counts`: its part of the memory of all threads; left out: it is nobody else's. */
  constructor(feed: PlanFeed, counts: Int32Array = new Int32Array(placesOf(feed))) {
    this.#feed = feed;
    this.#counts = counts;
  }

  get name(): string {
    return this.#feed.name;
  }

  get order(): PlanFeed['order'] {
    return this.#feed.order;
  }

  /** The row of an iteration. */
  row(random: Random): Record<string, unknown> | undefined {
    const { rows, order } = this.#feed;
    if (order === 'random') return rows[Math.floor(random.next() * rows.length)];
    return rows[(Atomics.add(this.#counts, 0, 1) >>> 0) % rows.length];
  }

  /** A row for a user to keep: the one of its number, or the next that nobody has; with more users than rows, some share one. */
  takeRow(vu: number): number {
    const { length } = this.#feed.rows;
    const first = (vu - 1) % length;
    if (Atomics.add(this.#counts, 0, 1) < length)
      for (let i = 0; i < length; i++) {
        const row = (first + i) % length;
        if (Atomics.compareExchange(this.#counts, head + row, 0, 1) === 0) return row;
      }
    Atomics.add(this.#counts, head + first, 1);
    return first;
  }

  giveBackRow(row: number): void {
    Atomics.sub(this.#counts, 0, 1);
    Atomics.sub(this.#counts, head + row, 1);
  }

  at(row: number): Record<string, unknown> | undefined {
    return this.#feed.rows[row];
  }
}

/** The feeds of every users entry, by the index of the entry, in the memory of all threads. */
export function sharedFeeds(plan: Pick<RunPlan, 'users'>, memory: SharedArrayBuffer): SharedFeed[][] {
  const counts = new Int32Array(memory);
  let at = 0;
  return plan.users.map((users) =>
    users.kind === 'voice'
      ? []
      : users.journey.feeds.map((feed) => {
          const from = at;
          at += placesOf(feed);
          return new SharedFeed(feed, counts.subarray(from, at));
        }),
  );
}
