/** What can be said of a run while it goes on, from its samples alone. */
import type { RunRow, RunSummary, Sample } from '#contract/run';
import { trend } from '../history/trend.ts';

type Progressing = Pick<
  RunRow,
  'durationMs' | 'peakCalls' | 'ttfaP50' | 'ttfaP95' | 'bargeInP95' | 'turnSuccess' | 'errors' | 'ttfaTrend'
>;

/** Adds up samples. Latencies are those of the newest window that had any; percentiles are never averaged. */
export class RunProgress {
  #turnsOk = 0;
  #turnsFailed = 0;
  readonly #trend: (number | null)[] = [];
  #newest: Sample | null = null;
  #peakCalls = 0;
  #errors = 0;
  #ttfa: Sample['ttfa'] | null = null;
  #bargeIn: Sample['bargeIn'] | null = null;

  add(sample: Sample): void {
    this.#newest = sample;
    this.#turnsOk += sample.turnsOk;
    this.#turnsFailed += sample.turnsFailed;
    this.#peakCalls = Math.max(this.#peakCalls, sample.active);
    this.#errors += sumOf(sample.errors);
    this.#trend.push(sample.ttfa.p95);
    if (sample.ttfa.count > 0) this.#ttfa = sample.ttfa;
    if (sample.bargeIn.count > 0) this.#bargeIn = sample.bargeIn;
  }

  row(): Progressing {
    return {
      durationMs: this.#newest === null ? null : this.#newest.t * 1000,
      peakCalls: this.#peakCalls,
      ttfaP50: this.#ttfa?.p50 ?? null,
      ttfaP95: this.#ttfa?.p95 ?? null,
      bargeInP95: this.#bargeIn?.p95 ?? null,
      turnSuccess: share(this.#turnsOk, this.#turnsOk + this.#turnsFailed),
      errors: this.#errors,
      ttfaTrend: trend(this.#trend),
    };
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
