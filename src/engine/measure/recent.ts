/** The last seconds of a threshold, by the same definitions as the whole run: one second alone holds too few turns. */
import type { Statistic } from '#contract/metrics';
import type { CallRecord, TurnRecord } from '#contract/run';
import type { LatenessDelta } from '../messages.ts';
import { Rates } from './counts.ts';
import { windowMs } from './window.ts';

/** Rates need more: a few calls and turns a second are none of them. */
export const rateWindowMs = 30_000;

interface Weighted {
  value: number;
  count: number;
}

const shares: Partial<Record<Statistic, number>> = {
  min: 0, p50: 0.5, p75: 0.75, p90: 0.9, p95: 0.95, p99: 0.99, p99_9: 0.999, max: 1,
}; // prettier-ignore

/** Latencies of the last seconds, ms; a second is what was recorded between two calls of `second`. */
export class RecentValues {
  #seconds: { at: number; values: Weighted[] }[] = [];
  #open: Weighted[] = [];

  record(value: number): void {
    this.#open.push({ value, count: 1 });
  }

  lateness({ values, counts }: LatenessDelta): void {
    values.forEach((us, i) => this.#open.push({ value: us / 1000, count: counts[i] ?? 0 }));
  }

  second(now: number): void {
    if (this.#open.length > 0) this.#seconds.push({ at: now, values: this.#open });
    this.#open = [];
    this.#seconds = this.#seconds.filter(({ at }) => at > now - windowMs);
  }

  /** Exact, percentiles by nearest rank; null when there is no value, or for what has no window. */
  statistic(stat: Statistic): number | null {
    const sorted = this.#seconds.flatMap(({ values }) => values).sort((a, b) => a.value - b.value);
    const total = sorted.reduce((sum, { count }) => sum + count, 0);
    if (total === 0) return null;
    if (stat === 'mean') return sorted.reduce((sum, { value, count }) => sum + value * count, 0) / total;
    const share = shares[stat];
    if (share === undefined) return null;
    const rank = Math.max(1, Math.ceil(share * total));
    let seen = 0;
    return sorted.find(({ count }) => (seen += count) >= rank)?.value ?? null;
  }
}

/** Rates of the last seconds, likewise. */
export class RecentRates {
  #seconds: { at: number; rates: Rates }[] = [];
  #open = new Rates();

  turn(turn: TurnRecord): void {
    this.#open.turn(turn);
  }

  call(call: CallRecord): void {
    this.#open.call(call);
  }

  second(now: number): void {
    this.#seconds.push({ at: now, rates: this.#open });
    this.#open = new Rates();
    this.#seconds = this.#seconds.filter(({ at }) => at > now - rateWindowMs);
  }

  rate(name: Parameters<Rates['rate']>[0]): number | null {
    const all = new Rates();
    for (const { rates } of this.#seconds) all.add(rates);
    return all.rate(name);
  }
}
