/** Everyone who waits on one engine thread: one timer for all of them, whoever is due first at the top of a heap. */
import type { Clock } from '../clock.ts';

export interface Sleeper {
  /** It is due; `now` is never before `due`. */
  wake(now: number, due: number): void;
}

interface Alarm {
  due: number;
  /** null: it was taken back. */
  sleeper: Sleeper | null;
}

/** Takes an alarm back. */
export type Unset = () => void;

export class Alarms {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #heap: Alarm[] = [];
  #timer: NodeJS.Timeout | null = null;
  /** What the timer is set for. */
  #timerDue = Number.POSITIVE_INFINITY;
  #ringing = false;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Wakes at this stamp, at once (but not before this has returned) where it is past. Called once at most. */
  set(due: number, sleeper: Sleeper): Unset {
    const alarm: Alarm = { due, sleeper };
    this.#push(alarm);
    if (!this.#ringing && due < this.#timerDue) this.#arm();
    return () => {
      alarm.sleeper = null;
    };
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerDue = Number.POSITIVE_INFINITY;
    this.#heap.length = 0;
  }

  #arm(): void {
    const [next] = this.#heap;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerDue = next?.due ?? Number.POSITIVE_INFINITY;
    if (next === undefined) return;
    const wait = Math.ceil(next.due - this.#clock.now());
    this.#timer = setTimeout(() => this.#ring(), Math.max(1, wait));
  }

  #ring(): void {
    this.#ringing = true;
    // Who becomes due meanwhile has to wait until answers were read.
    const horizon = this.#clock.now();
    try {
      for (let next = this.#heap[0]; next !== undefined && next.due <= horizon; next = this.#heap[0]) {
        this.#pop();
        next.sleeper?.wake(this.#clock.now(), next.due);
      }
    } finally {
      this.#ringing = false;
      this.#arm();
    }
  }

  #push(alarm: Alarm): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(alarm);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || parent.due <= alarm.due) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = alarm;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const left = heap[below];
      if (left === undefined) break;
      const right = heap[below + 1];
      const smaller = right !== undefined && right.due < left.due ? right : left;
      if (smaller === right) below++;
      if (smaller.due >= last.due) break;
      heap[at] = smaller;
      at = below;
    }
    heap[at] = last;
  }
}
