/** The last seconds of a threshold, by the same definitions as the whole run: one second alone holds too few turns. */
import type { Statistic } from '#contract/metrics';
import type { CallRecord, TurnRecord } from '#contract/run';
import type { LatenessDelta } from '../messages.ts';
import type { RequestColumns } from '../requests/columns.ts';
import { Rates } from './counts.ts';
import { windowMs } from './window.ts';

/** Rates need more: a few calls and turns a second are none of them. */
const rateWindowMs = 30_000;

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
  /** How often each value is in the window: frames have few different ones, and ten seconds of them overlap. */
  readonly #counts = new Map<number, number>();

  record(value: number): void {
    this.#open.push({ value, count: 1 });
  }

  lateness({ values, counts }: LatenessDelta): void {
    values.forEach((us, i) => this.#open.push({ value: us / 1000, count: counts[i] ?? 0 }));
  }

  second(now: number): void {
    for (const { value, count } of this.#open) this.#add(value, count);
    this.#seconds.push({ at: now, values: this.#open });
    this.#open = [];
    const isOver = ({ at }: { at: number }) => at <= now - windowMs;
    for (const { values } of this.#seconds.filter(isOver))
      for (const { value, count } of values) this.#add(value, -count);
    this.#seconds = this.#seconds.filter((second) => !isOver(second));
  }

  #add(value: number, count: number): void {
    const left = (this.#counts.get(value) ?? 0) + count;
    if (left === 0) this.#counts.delete(value);
    else this.#counts.set(value, left);
  }

  /** Exact, percentiles by nearest rank; null when there is no value, or for what has no window. */
  statistic(stat: Statistic): number | null {
    let total = 0;
    let sum = 0;
    for (const [value, count] of this.#counts) {
      total += count;
      sum += value * count;
    }
    if (total === 0) return null;
    if (stat === 'mean') return sum / total;
    const share = shares[stat];
    if (share === undefined) return null;
    const rank = Math.max(1, Math.ceil(share * total));
    let seen = 0;
    const sorted = Float64Array.from(this.#counts.keys()).sort();
    return sorted.find((value) => (seen += this.#counts.get(value) ?? 0) >= rank) ?? null;
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

  request(columns: RequestColumns, i: number): void {
    this.#open.request(columns, i);
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
