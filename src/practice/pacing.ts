/**
 * One loop for every deadline of every call. Deadlines are absolute, so nothing drifts; a sweep is short, so that
 * sockets are read even when there is more to do than time; and nothing ticks while nothing is due.
 */
import { msOf, nsOf } from './time.ts';

/** How close to a precise deadline the loop stops sleeping and polls: timers have a grain of 1 ms. */
const pollWindow = nsOf(1.2);
const sweepBudget = nsOf(0.5);
const longestSleepMs = 1000;
/** From 4000 reads a second on (80 calls) the time that polling takes is worth more than what it gains. */
const countedReads = 64;
const busyWithin = nsOf(countedReads * 0.25);

export interface Scheduled {
  cancel(): void;
}

interface Task extends Scheduled {
  due: bigint;
  /** Order of scheduling, which decides between equal deadlines. */
  order: number;
  run: ((now: bigint) => void) | null;
}

export class Pacer {
  readonly #precise = new Heap();
  readonly #coarse = new Heap();
  #order = 0;
  #timer: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;
  #armedFor: bigint | null = null;
  #sweeping = false;
  #reads = 0;
  #readsSince = 0n;
  #busy = false;

  /**
   * Runs `run` once at `due`. `precise` polls through the last millisecond for sub-millisecond accuracy: for the
   * moments that are measured, not for every frame of a stream. With many calls nothing is polled, since polling would
   * keep a core busy: such a moment then comes up to 1 ms late, and the stamps say when it came.
   */
  schedule(due: bigint, run: (now: bigint) => void, precise = false): Scheduled {
    const task: Task = { due, order: this.#order++, run, cancel: () => (task.run = null) };
    (precise ? this.#precise : this.#coarse).push(task);
    if (!this.#sweeping) this.#arm();
    return task;
  }

  /** A socket has been read: counted, to know how busy this process is. */
  noteRead(at: bigint): void {
    if (++this.#reads < countedReads) return;
    this.#busy = at - this.#readsSince < busyWithin;
    this.#readsSince = at;
    this.#reads = 0;
  }

  /** Forgets everything that is scheduled. */
  stop(): void {
    this.#precise.clear();
    this.#coarse.clear();
    this.#disarm();
  }

  #disarm(): void {
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#immediate) clearImmediate(this.#immediate);
    this.#timer = null;
    this.#immediate = null;
    this.#armedFor = null;
  }

  #arm(): void {
    const precise = this.#precise.peek();
    const coarse = this.#coarse.peek();
    const awake = this.#busy ? 0n : pollWindow;
    let wake = coarse?.due ?? null;
    if (precise && (wake === null || precise.due - awake < wake)) wake = precise.due - awake;
    if (wake === null) {
      this.#disarm();
      return;
    }
    if (this.#armedFor !== null && this.#armedFor <= wake) return;
    this.#disarm();
    this.#armedFor = wake;
    const wait = msOf(wake - process.hrtime.bigint());
    if (wait <= 0) this.#immediate = setImmediate(this.#sweep);
    else this.#timer = setTimeout(this.#sweep, Math.min(Math.max(1, Math.floor(wait)), longestSleepMs));
  }

  readonly #sweep = (): void => {
    this.#disarm();
    this.#sweeping = true;
    const start = process.hrtime.bigint();
    let now = start;
    try {
      while (now - start < sweepBudget) {
        const task = this.#due(now);
        if (!task) break;
        const { run } = task;
        task.run = null;
        run?.(now);
        now = process.hrtime.bigint();
      }
    } finally {
      this.#sweeping = false;
      this.#arm();
    }
  };

  /** Takes the earliest task that is due from the two heaps. */
  #due(now: bigint): Task | null {
    const precise = this.#precise.peek();
    const coarse = this.#coarse.peek();
    const heap = precise && (!coarse || isBefore(precise, coarse)) ? this.#precise : this.#coarse;
    const first = heap.peek();
    return first && first.due <= now ? heap.pop() : null;
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.due === b.due ? a.order < b.order : a.due < b.due;
}

/** A binary heap by deadline; cancelled tasks leave when they reach the top. */
class Heap {
  #items: Task[] = [];

  clear(): void {
    this.#items = [];
  }

  peek(): Task | null {
    for (;;) {
      const first = this.#items[0];
      if (!first) return null;
      if (first.run) return first;
      this.#take();
    }
  }

  pop(): Task | null {
    return this.peek() && this.#take();
  }

  push(task: Task): void {
    const items = this.#items;
    let at = items.length;
    items.push(task);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent];
      if (!above || isBefore(above, task)) break;
      items[at] = above;
      at = parent;
    }
    items[at] = task;
  }

  #take(): Task | null {
    const items = this.#items;
    const first = items[0] ?? null;
    const last = items.pop();
    if (!last || last === first) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      let below = items[child];
      if (!below) break;
      const right = items[child + 1];
      if (right && isBefore(right, below)) {
        child++;
        below = right;
      }
      if (!isBefore(below, last)) break;
      items[at] = below;
      at = child;
    }
    items[at] = last;
    return first;
  }
}
