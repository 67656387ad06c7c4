/** Values of the last seconds, for live percentiles; one second alone holds too few turns. */
import type { Percentiles } from '#contract/run';
import { exactPercentile } from './histogram.ts';

export const windowMs = 10_000;

export class LiveWindow {
  #values: { at: number; value: number }[] = [];

  add(at: number, value: number): void {
    this.#values.push({ at, value });
  }

  percentiles(now: number): Percentiles {
    this.#values = this.#values.filter((v) => v.at > now - windowMs);
    const sorted = this.#values.map((v) => v.value).sort((a, b) => a - b);
    return {
      count: sorted.length,
      p50: exactPercentile(sorted, 50),
      p95: exactPercentile(sorted, 95),
      p99: exactPercentile(sorted, 99),
    };
  }
}
