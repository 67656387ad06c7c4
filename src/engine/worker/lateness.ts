/**
 * Frame lateness is recorded fifty times a second and call, so it has a histogram of its own: log-linear buckets of
 * 1 µs up to 2 ms and then 1,024 per doubling (error at most 0.1 %), sent to the coordinator as a sparse difference.
 */
import type { LatenessDelta } from '../messages.ts';

const linear = 2048;
const half = 1024;
/** 2048 µs × 2^19 is above ten minutes. */
const doublings = 19;

export class LatenessRecorder {
  readonly #counts = new Uint32Array(linear + doublings * half);
  #touched: number[] = [];

  /** Records milliseconds; a frame sent before its time counts as on time. */
  record(ms: number): void {
    const us = ms > 0 ? Math.round(ms * 1000) : 0;
    let index = us;
    if (us >= linear) {
      const shift = 31 - Math.clz32(us) - 10;
      index = Math.min(linear + (shift - 1) * half + ((us >>> shift) - half), this.#counts.length - 1);
    }
    const before = this.#counts[index] ?? 0;
    if (before === 0) this.#touched.push(index);
    this.#counts[index] = before + 1;
  }

  /** What was recorded since the last call: values in µs (the middle of each bucket) with their counts. */
  take(): LatenessDelta {
    const touched = this.#touched;
    const values = new Float64Array(touched.length);
    const counts = new Uint32Array(touched.length);
    touched.forEach((index, i) => {
      values[i] = bucketMiddle(index);
      counts[i] = this.#counts[index] ?? 0;
      this.#counts[index] = 0;
    });
    this.#touched = [];
    return { values, counts };
  }
}

function bucketMiddle(index: number): number {
  if (index < linear) return index;
  const shift = Math.floor((index - linear) / half) + 1;
  const low = (half + ((index - linear) % half)) * 2 ** shift;
  return low + 2 ** (shift - 1);
}
