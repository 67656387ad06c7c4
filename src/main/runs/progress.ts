/** What can be said of a run while it goes on, from its samples alone. */
import type { RunRow, RunSummary, Sample, ThresholdResult } from '#contract/run';
import type { Threshold } from '#contract/scenario/file';
import { trend } from '../history/trend.ts';

type Progressing = Pick<
  RunRow,
  'durationMs' | 'peakCalls' | 'ttfaP50' | 'ttfaP95' | 'bargeInP95' | 'turnSuccess' | 'errors' | 'ttfaTrend'
>;

const totals = [
  'callsAttempted',
  'callsConnected',
  'callsFailed',
  'callsDropped',
  'turnsOk',
  'turnsFailed',
] as const;

/** Adds up samples. Latencies are those of the newest window that had any; percentiles are never averaged. */
export class RunProgress {
  readonly #total = Object.fromEntries(totals.map((name) => [name, 0])) as Record<
    (typeof totals)[number],
    number
  >;
  readonly #trend: (number | null)[] = [];
  #newest: Sample | null = null;
  #peakCalls = 0;
  #errors = 0;
  #ttfa: Sample['ttfa'] | null = null;
  #bargeIn: Sample['bargeIn'] | null = null;
  #connect: Sample['connect'] | null = null;

  add(sample: Sample): void {
    this.#newest = sample;
    for (const name of totals) this.#total[name] += sample[name];
    this.#peakCalls = Math.max(this.#peakCalls, sample.active);
    this.#errors += sumOf(sample.errors);
    this.#trend.push(sample.ttfa.p95);
    if (sample.ttfa.count > 0) this.#ttfa = sample.ttfa;
    if (sample.bargeIn.count > 0) this.#bargeIn = sample.bargeIn;
    if (sample.connect.count > 0) this.#connect = sample.connect;
  }

  row(): Progressing {
    return {
      durationMs: this.#newest === null ? null : this.#newest.t * 1000,
      peakCalls: this.#peakCalls,
      ttfaP50: this.#ttfa?.p50 ?? null,
      ttfaP95: this.#ttfa?.p95 ?? null,
      bargeInP95: this.#bargeIn?.p95 ?? null,
      turnSuccess: share(this.#total.turnsOk, this.#total.turnsOk + this.#total.turnsFailed),
      errors: this.#errors,
      ttfaTrend: trend(this.#trend),
    };
  }

  /** The thresholds that samples can tell about, judged by what they say so far; the others show at the end. */
  thresholds(thresholds: readonly Threshold[]): ThresholdResult[] {
    return thresholds.flatMap((threshold) => {
      if (!threshold.enabled || threshold.where !== undefined) return [];
      const value = this.#valueOf(threshold);
      if (value === null) return [];
      const { metric, stat, condition, target, acceptable } = threshold;
      const holds = (limit: number) => (condition === 'below' ? value <= limit : value >= limit);
      const status = holds(target) ? 'pass' : holds(acceptable) ? 'warn' : 'fail';
      return [{ metric, stat, condition, target, acceptable, value, status }];
    });
  }

  #valueOf({ metric, stat }: Threshold): number | null {
    const total = this.#total;
    switch (metric) {
      case 'ttfa':
        return ofWindow(this.#ttfa, stat);
      case 'barge_in':
        return ofWindow(this.#bargeIn, stat);
      case 'connect':
        return ofWindow(this.#connect, stat);
      case 'connection_success':
        return share(total.callsConnected, total.callsAttempted);
      case 'turn_success':
        return share(total.turnsOk, total.turnsOk + total.turnsFailed);
      case 'calls_attempted':
        return total.callsAttempted;
      case 'calls_connected':
        return total.callsConnected;
      case 'calls_failed':
        return total.callsFailed;
      case 'calls_dropped':
        return total.callsDropped;
      case 'turns_ok':
        return total.turnsOk;
      case 'turns_failed':
        return total.turnsFailed;
      default:
        return null;
    }
  }
}

/** The same of a run that is over. */
export function finishedRow(
  summary: RunSummary,
  peakCalls: number,
  ttfaTrend: (number | null)[],
): Progressing {
  return {
    durationMs: summary.duration_s * 1000,
    peakCalls,
    ttfaP50: summary.metrics.ttfa.p50,
    ttfaP95: summary.metrics.ttfa.p95,
    bargeInP95: summary.metrics.barge_in.p95,
    turnSuccess: summary.rates.turn_success,
    errors: sumOf(summary.counts.errors),
    ttfaTrend,
  };
}

function sumOf(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function ofWindow(window: Sample['ttfa'] | null, stat: Threshold['stat']): number | null {
  return stat === 'p50' || stat === 'p95' || stat === 'p99' ? (window?.[stat] ?? null) : null;
}
