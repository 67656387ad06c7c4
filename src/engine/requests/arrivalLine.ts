/**
 * Arrivals of request users of one load on one thread: each takes an idle user, with its connection, or a new one. Who finds
 * no free place waits in the order of arrival.
 */
import type { Clock } from '../clock.ts';
import type { Places } from '../sharedCounts.ts';
import type { Alarms, Sleeper, Unset } from './alarms.ts';

/** Arrivals in order: their stamps, and the users entry of each. */
export interface ArrivalStamps {
  at: Float64Array;
  group: Uint16Array;
}

export interface ArrivalLineOptions {
  clock: Pick<Clock, 'now'>;
  alarms: Alarms;
  places: Places;
  /** At most so many of them at once on this thread. */
  most: number;
  /** It begins, with a place; by this thread's fault `lateMs` ago. */
  begin: (group: number, dueAt: number, lateMs: number) => void;
}

/** Places that other threads free are looked for so often while somebody waits. */
const lookAgainMs = 1;

export class ArrivalLine implements Sleeper {
  readonly #options: ArrivalLineOptions;
  #stamps: ArrivalStamps[] = [];
  /** The next one of the first stamps. */
  #at = 0;
  #busy = 0;
  /** The first in line was due and had no place. */
  #held = false;
  #alarm: Unset | null = null;
  #stepping = false;
  #closed = false;

  constructor(options: ArrivalLineOptions) {
    this.#options = options;
  }

  add(stamps: ArrivalStamps): void {
    if (this.#closed) {
      this.#options.places.drop(stamps.at.length);
      return;
    }
    this.#stamps.push(stamps);
    this.#step();
  }

  /** A place is free again. */
  leave(): void {
    this.#busy--;
    this.#options.places.leave();
    if (this.#held) this.#step();
  }

  wake(): void {
    this.#alarm = null;
    this.#step();
  }

  /** Nobody arrives any more: whoever was due and still waits is dropped. */
  withdraw(): void {
    this.#closed = true;
    this.#alarm?.();
    this.#alarm = null;
    const now = this.#options.clock.now();
    let due = 0;
    for (let next = this.#next(); next !== undefined && next <= now; next = this.#next()) {
      this.#at++;
      due++;
    }
    if (due > 0) this.#options.places.drop(due);
    this.#stamps = [];
    this.#at = 0;
  }

  #next(): number | undefined {
    let [first] = this.#stamps;
    while (first !== undefined && this.#at >= first.at.length) {
      this.#stamps.shift();
      this.#at = 0;
      [first] = this.#stamps;
    }
    return first?.at[this.#at];
  }

  #step(): void {
    // Whoever begins may be through at once.
    if (this.#stepping || this.#closed) return;
    this.#stepping = true;
    const { begin, clock, most, places } = this.#options;
    const horizon = clock.now();
    const held = this.#held;
    this.#held = false;
    for (let due = this.#next(); due !== undefined && due <= horizon; due = this.#next()) {
      if (this.#busy >= most || !places.tryTake()) {
        this.#held = true;
        break;
      }
      const group = this.#stamps[0]?.group[this.#at] ?? 0;
      this.#at++;
      this.#busy++;
      places.begin();
      begin(group, due, held ? 0 : clock.now() - due);
    }
    this.#stepping = false;
    this.#later();
  }

  #later(): void {
    this.#alarm?.();
    this.#alarm = null;
    const next = this.#next();
    if (next === undefined) return;
    const { alarms, clock } = this.#options;
    // Its own users say when they are through.
    if (this.#held && this.#busy >= this.#options.most) return;
    this.#alarm = alarms.set(this.#held ? clock.now() + lookAgainMs : next, this);
  }
}
