/** What can be said of a run while it goes on, from its samples alone. */
import type { RunRow, RunSummary, Sample } from '#contract/run';
import { trend } from '../history/trend.ts';

type Progressing = Pick<
  RunRow,
  | 'durationMs'
  | 'peakCalls'
  | 'ttfaP50'
  | 'ttfaP95'
  | 'bargeInP95'
  | 'turnSuccess'
  | 'requestP95'
  | 'requestSuccess'
  | 'requestsPerSecond'
  | 'errors'
  | 'ttfaTrend'
  | 'requestTrend'
>;

/** Adds up samples. Latencies are those of the newest window that had any; percentiles are never averaged. */
export class RunProgress {
  #turnsOk = 0;
  #turnsFailed = 0;
  readonly #trends: Record<'ttfa' | 'request', (number | null)[]> = { ttfa: [], request: [] };
  #requestsOk = 0;
  #requestsFailed = 0;
  #request: Sample['request'] | null = null;
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
    this.#requestsOk += sample.requestsOk;
    this.#requestsFailed += sample.requestsFailed;
    if (sample.request.count > 0) this.#request = sample.request;
    this.#trends.ttfa.push(sample.ttfa.p95);
    this.#trends.request.push(sample.request.p95);
    if (sample.ttfa.count > 0) this.#ttfa = sample.ttfa;
    if (sample.bargeIn.count > 0) this.#bargeIn = sample.bargeIn;
  }

  #perSecond(): number | null {
    const ended = this.#requestsOk + this.#requestsFailed;
    const seconds = this.#newest?.t ?? 0;
    return ended === 0 || seconds === 0 ? null : ended / seconds;
  }

  row(): Progressing {
    return {
      durationMs: this.#newest === null ? null : this.#newest.t * 1000,
      peakCalls: this.#peakCalls,
      ttfaP50: this.#ttfa?.p50 ?? null,
      ttfaP95: this.#ttfa?.p95 ?? null,
      bargeInP95: this.#bargeIn?.p95 ?? null,
      turnSuccess: share(this.#turnsOk, this.#turnsOk + this.#turnsFailed),
      requestP95: this.#request?.p95 ?? null,
      requestSuccess: share(this.#requestsOk, this.#requestsOk + this.#requestsFailed),
      requestsPerSecond: this.#perSecond(),
      errors: this.#errors,
      ttfaTrend: trend(this.#trends.ttfa),
      requestTrend: this.#requestsOk + this.#requestsFailed === 0 ? [] : trend(this.#trends.request),
    };
  }
}

/** The same of a run that is over. */
export function finishedRow(
  summary: RunSummary,
  soFar: Pick<Progressing, 'peakCalls' | 'ttfaTrend' | 'requestTrend'>,
): Progressing {
  const { peakCalls, ttfaTrend, requestTrend } = soFar;
  return {
    durationMs: summary.duration_s * 1000,
    peakCalls,
    ttfaP50: summary.metrics.ttfa.p50,
    ttfaP95: summary.metrics.ttfa.p95,
    bargeInP95: summary.metrics.barge_in.p95,
    turnSuccess: summary.rates.turn_success,
    requestP95: summary.metrics.request.p95,
    requestSuccess: summary.rates.request_success,
    requestsPerSecond: summary.requests_per_second,
    errors: sumOf(summary.counts.errors),
    ttfaTrend,
    requestTrend,
  };
}

function sumOf(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
