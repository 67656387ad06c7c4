/** Values of the last seconds, for live percentiles; one second alone holds too few turns. */
import type { Percentiles } from '#contract/run';
import { exactPercentile } from './histogram.ts';

export const windowMs = 10_000;

/** Values that were told together: with thousands of requests a second an object each would cost more than the sorting. */
interface Block {
  at: number;
  values: number[];
}

export class LiveWindow {
  #blocks: Block[] = [];

  add(at: number, value: number): void {
    const newest = this.#blocks.at(-1);
    if (newest?.at === at) newest.values.push(value);
    else this.#blocks.push({ at, values: [value] });
  }

  percentiles(now: number): Percentiles {
    this.#blocks = this.#blocks.filter(({ at }) => at > now - windowMs);
    const sorted = new Float64Array(this.#blocks.reduce((n, { values }) => n + values.length, 0));
    let filled = 0;
    for (const { values } of this.#blocks) {
      sorted.set(values, filled);
      filled += values.length;
    }
    sorted.sort();
    return {
      count: sorted.length,
      p50: exactPercentile(sorted, 50),
      p95: exactPercentile(sorted, 95),
      p99: exactPercentile(sorted, 99),
    };
  }
}
