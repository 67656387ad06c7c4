import type { Clock } from '../clock.ts';

/** Something that ends by itself when its time is over. */
export abstract class Expiring {
  deadline = 0;
  list: DeadlineList | null = null;
  next: Expiring | null = null;
  previous: Expiring | null = null;

  abstract expired(): void;
}

/** Those that have the same time: the first that came is the first to go, so that one timer serves them all. */
class DeadlineList {
  first: Expiring | null = null;
  last: Expiring | null = null;
  timer: NodeJS.Timeout | null = null;
  readonly #clock: Clock;
  readonly #ms: number;

  constructor(clock: Clock, ms: number) {
    this.#clock = clock;
    this.#ms = ms;
  }

  add(entry: Expiring, now: number): void {
    entry.deadline = now + this.#ms;
    entry.list = this;
    entry.previous = this.last;
    entry.next = null;
    if (this.last) this.last.next = entry;
    else this.first = entry;
    this.last = entry;
    this.timer ??= this.#armed(this.#ms);
  }

  remove(entry: Expiring): void {
    if (entry.previous) entry.previous.next = entry.next;
    else this.first = entry.next;
    if (entry.next) entry.next.previous = entry.previous;
    else this.last = entry.previous;
    entry.list = entry.next = entry.previous = null;
  }

  #armed(ms: number): NodeJS.Timeout {
    return setTimeout(this.#tick, Math.min(Math.ceil(ms), 2 ** 31 - 1));
  }

  readonly #tick = (): void => {
    const now = this.#clock.now();
    while (this.first && this.first.deadline <= now) {
      const { first } = this;
      this.remove(first);
      first.expired();
    }
    this.timer = this.first ? this.#armed(Math.max(1, this.first.deadline - now)) : null;
  };
}

/** Timeouts of many requests: a timer for each length of time, not for each request. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #lists = new Map<number, DeadlineList>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(entry: Expiring, ms: number, now: number): void {
    let list = this.#lists.get(ms);
    if (!list) this.#lists.set(ms, (list = new DeadlineList(this.#clock, ms)));
    list.add(entry, now);
  }

  /** Nothing happens to one that is not waiting. */
  remove(entry: Expiring): void {
    entry.list?.remove(entry);
  }

  close(): void {
    for (const list of this.#lists.values()) if (list.timer) clearTimeout(list.timer);
    this.#lists.clear();
  }
}
