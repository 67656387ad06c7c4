/**
 * One pacing loop per worker on absolute deadlines: slot k is due at base + k × 2.5 ms, and every user has its slot
 * within the frame interval. A timer per user, re-armed after each send, would silently lose frames (at 1,000 calls 42
 * a second arrive instead of 50); an unbounded catch-up would starve the sockets, so a sweep gives way after 8 ms.
 * Waking up costs as much as three frames, so the loop wakes once a slot, and not for an empty one.
 */
import type { Clock } from '../clock.ts';

/** Something that has a slot in every frame interval. */
export interface Paced {
  /** Its slot has come: says whether there is something to send, which is then got ready. `now` is when it is. */
  tick(now: number): boolean;
  /** Sends what `tick` got ready. `due` is when this slot should have been; `now` when it is. */
  send(due: number, now: number): void;
  /** The schedule was shifted by this many milliseconds, because it could not be kept. */
  slipped(lagMs: number): void;
}

const slotMs = 2.5;
const sweepBudgetMs = 8;
/**
 * So many are got ready before the first of them sends. A system call leaves nothing of our code in the processor's
 * caches; in turn with it every step of ours would cost several times as much.
 */
const atOnce = 16;
/** Behind by more than this the schedule is re-anchored instead of bursting old frames. */
const slipMs = 200;

export class Pacer {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #buckets: Paced[][];
  #base = 0;
  /** Next slot to sweep, and how far that slot's bucket has been swept. */
  #slot = 0;
  #index = 0;
  readonly #ready: Paced[] = [];
  /** The next of those that are ready. */
  #sendAt = 0;
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
    this.#ready.length = 0;
    this.#sendAt = 0;
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
      while (this.#index < bucket.length || this.#sendAt < this.#ready.length) {
        if (this.#sendAt === this.#ready.length) this.#getReady(bucket);
        const paced = this.#ready[this.#sendAt];
        if (!paced) continue;
        this.#sendAt++;
        now = this.#clock.now();
        paced.send(due, now);
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

  /** Gets the next few of a slot ready to send. */
  #getReady(bucket: readonly Paced[]): void {
    const now = this.#clock.now();
    this.#ready.length = 0;
    this.#sendAt = 0;
    while (this.#ready.length < atOnce && this.#index < bucket.length) {
      const paced = bucket[this.#index++];
      if (paced?.tick(now)) this.#ready.push(paced);
    }
  }

  #slip(lag: number): void {
    this.#base += lag;
    for (const bucket of this.#buckets) for (const paced of bucket) paced.slipped(lag);
  }
}
