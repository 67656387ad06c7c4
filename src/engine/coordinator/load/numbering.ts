/** Successive multiples of the golden ratio spread evenly over the interval, however many there will be. */
const golden = 0.6180339887498949;

/** Where a new user is put. */
export interface Place {
  /** From 1, over all loads. */
  vu: number;
  worker: number;
  /** Its slot within the frame interval, 0–1. */
  phase: number;
}

/** Numbers users over all loads of a run, deals them to the workers in turn and spreads each worker's over the frame interval. */
export class Numbering {
  readonly #workers: number;
  #created = 0;
  /** Numbers that are somebody else's to give. */
  #reserved = 0;

  constructor(workers: number) {
    this.#workers = workers;
  }

  next(): Place {
    const place = this.#created++;
    const worker = place % this.#workers;
    const phase = (Math.floor(place / this.#workers) * golden + worker / this.#workers) % 1;
    return { vu: this.#reserved + place + 1, worker, phase };
  }

  /** Keeps so many numbers back: the first of them. */
  reserve(count: number): number {
    const first = this.#reserved + this.#created + 1;
    this.#reserved += count;
    return first;
  }
}
