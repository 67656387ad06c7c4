/**
 * Calls that arrive: each begins at its moment, to the millisecond, whatever became of the others. The slots of the pacing
 * loop would be too coarse for that, so the queue has a timer of its own, one for all.
 */
import type { Clock } from '../clock.ts';
import type { UserAssignment } from '../messages.ts';
import type { Places } from '../sharedCounts.ts';

export interface Arriving extends UserAssignment {
  arrivesAt: number;
}

export interface ArrivalQueueOptions {
  clock: Pick<Clock, 'now'>;
  /** The places of a load. */
  places: (load: number) => Places;
  /** Whether a connect of this group may begin now; true takes the moment. */
  mayConnect: (group: number, now: number) => boolean;
  /** The call begins: it has a place, which its user gives back. */
  begin: (arrival: Arriving, now: number) => void;
  /** The arrival becomes no call. */
  gone: (vu: number) => void;
}

export class ArrivalQueue {
  readonly #options: ArrivalQueueOptions;
  /** To come, the next one last. */
  #coming: Arriving[] = [];
  /** Due and with a place, waiting until a connect may begin. */
  #waiting: Arriving[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(options: ArrivalQueueOptions) {
    this.#options = options;
  }

  add(arrivals: readonly Arriving[]): void {
    this.#coming.push(...arrivals);
    this.#coming.sort((a, b) => b.arrivesAt - a.arrivesAt || b.vu - a.vu);
    this.#step();
  }

  /** Takes the arrivals of a load back (all: undefined). Those that were due are dropped; nobody had asked for the others yet. */
  withdraw(load?: number): void {
    const theirs = (arrival: Arriving) => load === undefined || arrival.load === load;
    const now = this.#options.clock.now();
    for (const arrival of this.#waiting.filter(theirs)) {
      this.#options.places(arrival.load).giveUp();
      this.#options.gone(arrival.vu);
    }
    for (const arrival of this.#coming.filter(theirs)) {
      if (arrival.arrivesAt <= now) this.#options.places(arrival.load).drop();
      this.#options.gone(arrival.vu);
    }
    this.#waiting = this.#waiting.filter((arrival) => !theirs(arrival));
    this.#coming = this.#coming.filter((arrival) => !theirs(arrival));
    this.#later();
  }

  #step(): void {
    const now = this.#options.clock.now();
    for (let next = this.#coming.at(-1); next && next.arrivesAt <= now; next = this.#coming.at(-1)) {
      this.#coming.pop();
      if (this.#options.places(next.load).take()) this.#waiting.push(next);
      else this.#options.gone(next.vu);
    }
    let begun = 0;
    for (const arrival of this.#waiting) {
      if (!this.#options.mayConnect(arrival.group, now)) break;
      begun++;
      this.#options.places(arrival.load).begin();
      this.#options.begin(arrival, now);
    }
    if (begun > 0) this.#waiting.splice(0, begun);
    this.#later();
  }

  #later(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const next = this.#coming.at(-1);
    if (this.#waiting.length === 0 && next === undefined) return;
    const wait = this.#waiting.length > 0 ? 1 : Math.ceil((next?.arrivesAt ?? 0) - this.#options.clock.now());
    this.#timer = setTimeout(() => this.#step(), Math.max(1, wait));
  }
}
