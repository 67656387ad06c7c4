/** What the threads of a run decide together, in memory that all of them see: who may begin a call. */

const slots = { most: 0, taken: 1, started: 2, dropped: 3, firstVu: 4, came: 5, left: 6 } as const;

function memory(count: number): SharedArrayBuffer {
  return new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT);
}

/** The calls that may go on at once of a load whose calls arrive at a rate, and what became of the arrivals. */
export class Places {
  readonly #counts: Int32Array;
  readonly buffer: SharedArrayBuffer;

  /** Joins those that another thread has made. */
  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#counts = new Int32Array(buffer);
  }

  /** `firstVu`: number of the first user that stays for further arrivals; as many as there are places may come. */
  static of(most: number, firstVu = 1): Places {
    const places = new Places(memory(Object.keys(slots).length));
    Atomics.store(places.#counts, slots.most, most);
    Atomics.store(places.#counts, slots.firstVu, firstVu);
    return places;
  }

  /** How many calls may go on at once. */
  get most(): number {
    return Atomics.load(this.#counts, slots.most);
  }

  /** The places of one thread (from 0) where each has its own: whoever waits on one is not overtaken for ever by another's. */
  shareOf(thread: number, threads: number): number {
    return Math.floor(this.most / threads) + (thread < this.most % threads ? 1 : 0);
  }

  /** Users that stay for further arrivals and have not left. */
  get users(): number {
    return Atomics.load(this.#counts, slots.came) - Atomics.load(this.#counts, slots.left);
  }

  /** A user comes that stays for further arrivals: its number. */
  userCame(): number {
    return Atomics.load(this.#counts, slots.firstVu) + Atomics.add(this.#counts, slots.came, 1);
  }

  userLeft(): void {
    Atomics.add(this.#counts, slots.left, 1);
  }

  /** Calls that have begun or wait to be connected, and are not over. */
  get taken(): number {
    return Atomics.load(this.#counts, slots.taken);
  }

  /** Calls that have begun since the start. */
  get started(): number {
    return Atomics.load(this.#counts, slots.started);
  }

  /** Arrivals that became no call. */
  get dropped(): number {
    return Atomics.load(this.#counts, slots.dropped);
  }

  /** An arrival is due: true when it has a place now; else it is dropped. */
  take(): boolean {
    if (this.tryTake()) return true;
    this.drop();
    return false;
  }

  /** True when there was a place; nothing is dropped. */
  tryTake(): boolean {
    const { most } = this;
    for (;;) {
      const { taken } = this;
      if (taken >= most) return false;
      if (Atomics.compareExchange(this.#counts, slots.taken, taken, taken + 1) === taken) return true;
    }
  }

  /** The call of a place begins. */
  begin(): void {
    Atomics.add(this.#counts, slots.started, 1);
  }

  /** The call of a place is over. */
  leave(): void {
    Atomics.sub(this.#counts, slots.taken, 1);
  }

  /** A place is given back by an arrival that could not begin. */
  giveUp(): void {
    this.leave();
    this.drop();
  }

  /** Arrivals that are not even tried. */
  drop(count = 1): void {
    Atomics.add(this.#counts, slots.dropped, count);
  }
}

/** A number of calls that all users of a load share: whoever is through with one takes the next. */
export class SharedCalls {
  readonly #left: Int32Array;
  readonly buffer: SharedArrayBuffer;

  /** Joins those that another thread has made. */
  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#left = new Int32Array(buffer);
  }

  static of(calls: number): SharedCalls {
    const shared = new SharedCalls(memory(1));
    Atomics.store(shared.#left, 0, calls);
    return shared;
  }

  get spent(): boolean {
    return Atomics.load(this.#left, 0) <= 0;
  }

  /** Takes one; false when none is left. */
  take(): boolean {
    if (Atomics.sub(this.#left, 0, 1) > 0) return true;
    // Nobody counts below 0, however many ask.
    Atomics.add(this.#left, 0, 1);
    return false;
  }
}
