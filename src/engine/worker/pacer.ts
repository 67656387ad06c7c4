/**
 * One pacing loop per worker on absolute deadlines: slot k is due at base + k × 2.5 ms, and every user has its slot
 * within the frame interval. A timer per user, re-armed after each send, would silently lose frames (at 1,000 calls 42
 * a second arrive instead of 50); an unbounded catch-up would starve the sockets, so a sweep gives way after 8 ms.
 * Waking up costs as much as three frames, so the loop wakes once a slot, and not for an empty one.
 */
import type { Clock } from '../clock.ts';

/** Something that has a slot in every frame interval. */
export interface Paced {
  /** `due` is when this slot should have been; `now` when it is. */
  tick(due: number, now: number): void;
  /** The schedule was shifted by this many milliseconds, because it could not be kept. */
  slipped(lagMs: number): void;
}

const slotMs = 2.5;
const sweepBudgetMs = 8;
/** Behind by more than this the schedule is re-anchored instead of bursting old frames. */
const slipMs = 200;

export class Pacer {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #buckets: Paced[][];
  #base = 0;
  /** Next slot to sweep, and how far that slot's bucket has been swept. */
  #slot = 0;
  #index = 0;
  #timer: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;
  #running = false;

  constructor(clock: Pick<Clock, 'now'>, frameMs: number) {
    this.#clock = clock;
    this.#buckets = Array.from({ length: Math.round(frameMs / slotMs) }, () => []);
  }

  /** `phase` 0–1: the place within the frame interval. */
  add(paced: Paced, phase: number): void {
    this.#buckets[Math.floor(phase * this.#buckets.length) % this.#buckets.length]?.push(paced);
  }

  remove(paced: Paced): void {
    for (const bucket of this.#buckets) {
      const at = bucket.indexOf(paced);
      if (at < 0) continue;
      bucket.splice(at, 1);
      if (bucket === this.#buckets[this.#slot % this.#buckets.length] && at < this.#index) this.#index--;
      return;
    }
  }

  start(): void {
    this.#running = true;
    this.#base = this.#clock.now();
    this.#slot = 0;
    this.#index = 0;
    this.#later(false);
  }

  stop(): void {
    this.#running = false;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#immediate) clearImmediate(this.#immediate);
    this.#timer = null;
    this.#immediate = null;
  }

  #later(behind: boolean): void {
    if (!this.#running) return;
    if (behind) {
      this.#immediate = setImmediate(() => this.#sweep());
      return;
    }
    const wait = this.#base + this.#nextOccupied() * slotMs - this.#clock.now();
    this.#timer = setTimeout(() => this.#sweep(), Math.max(1, Math.ceil(wait)));
  }

  /** The next slot that someone has; with nobody at all the one an interval away. */
  #nextOccupied(): number {
    const count = this.#buckets.length;
    for (let ahead = 0; ahead < count; ahead++) {
      const slot = this.#slot + ahead;
      if ((this.#buckets[slot % count]?.length ?? 0) > 0) return slot;
    }
    return this.#slot + count;
  }

  #sweep(): void {
    const began = this.#clock.now();
    const lag = began - (this.#base + this.#slot * slotMs);
    if (lag > slipMs) this.#slip(lag);
    let now = began;
    while (this.#running) {
      const due = this.#base + this.#slot * slotMs;
      if (due > now) break;
      const bucket = this.#buckets[this.#slot % this.#buckets.length] ?? [];
      while (this.#index < bucket.length) {
        const paced = bucket[this.#index++];
        now = this.#clock.now();
        paced?.tick(due, now);
        if (now - began > sweepBudgetMs) {
          this.#later(true);
          return;
        }
      }
      this.#slot++;
      this.#index = 0;
    }
    this.#later(false);
  }

  #slip(lag: number): void {
    this.#base += lag;
    for (const bucket of this.#buckets) for (const paced of bucket) paced.slipped(lag);
  }
}
