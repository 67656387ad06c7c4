/**
 * Everything measured of the requests of a run. Histograms are kept per step alone: what a phase, a group, a users entry
 * or the whole run is asked for is the sum of its steps' histograms, which is exact.
 */
import { metricUnit, type IterationMetric, type RequestMetric } from '#contract/metrics';
import {
  grpcStatuses,
  requestOutcomes,
  type CheckRow,
  type RequestBy,
  type RequestRow,
  type RequestStep,
} from '#contract/requests';
import type { MetricSummary, RequestSummary } from '#contract/run';
import type { CheckDelta, RequestReport } from '../../messages.ts';
import type { RunPlan } from '../../plan.ts';
import {
  endOf,
  isTimed,
  noStatus,
  valueColumns,
  type IterationColumns,
  type RequestColumns,
  type ValueColumn,
} from '../../requests/columns.ts';
import { LatencyHistogram } from '../histogram.ts';

const ok = requestOutcomes.indexOf('ok');
const timeout = requestOutcomes.indexOf('timeout');
const cut = requestOutcomes.indexOf('cut');

/** Requests of one step, of all of the run or of one period. */
class StepTally {
  readonly values = new Map<ValueColumn, LatencyHistogram>();
  count = 0;
  ok = 0;
  failed = 0;
  timedOut = 0;
  retries = 0;
  bytesReceived = 0;
  /** By status; index `noStatus` is not used. */
  readonly statuses = new Map<number, number>();
  /** Intended start of the first, end of the last, ms. */
  from = Number.POSITIVE_INFINITY;
  to = Number.NEGATIVE_INFINITY;

  row(columns: RequestColumns, i: number): void {
    const outcome = columns.outcome[i];
    if (outcome === cut || columns.excluded[i] === warmUp) return;
    this.count++;
    if (outcome === ok) this.ok++;
    else this.failed++;
    if (outcome === timeout) this.timedOut++;
    this.retries += columns.retries[i] ?? 0;
    this.bytesReceived += columns.bytesReceived[i] ?? 0;
    const status = columns.status[i] ?? noStatus;
    if (status !== noStatus) this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    const at = columns.intendedAt[i] ?? 0;
    this.from = Math.min(this.from, at);
    this.to = Math.max(this.to, endOf(columns, i));
    if (!isTimed(columns, i)) return;
    for (const name of valueColumns) {
      const value = columns.values[name][i] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      this.#valuesOf(name).record(value);
    }
  }

  #valuesOf(name: ValueColumn): LatencyHistogram {
    let histogram = this.values.get(name);
    if (histogram === undefined) this.values.set(name, (histogram = new LatencyHistogram()));
    return histogram;
  }

  add(other: StepTally): void {
    this.count += other.count;
    this.ok += other.ok;
    this.failed += other.failed;
    this.timedOut += other.timedOut;
    this.retries += other.retries;
    this.bytesReceived += other.bytesReceived;
    for (const [status, n] of other.statuses) this.statuses.set(status, (this.statuses.get(status) ?? 0) + n);
    this.from = Math.min(this.from, other.from);
    this.to = Math.max(this.to, other.to);
    for (const [name, values] of other.values) this.#valuesOf(name).add(values);
  }

  /** Requests a second between the first intended start and the last end. */
  get perSecond(): number {
    return this.count === 0 ? 0 : this.count / Math.max(0.001, (this.to - this.from) / 1000);
  }
}

/** `excluded` of what began during the warm-up. */
const warmUp = 2;

interface Period {
  name: string;
  from: number;
  to: number;
}

/** A status as results have it: HTTP's begin at 100, codes of gRPC end at 16. */
export function statusWord(status: number): string {
  return (statusWords[status] ??= grpcStatuses[status] ?? String(status));
}

const statusWords: (string | undefined)[] = [];

export class RequestAggregate {
  readonly #steps: readonly RequestStep[];
  readonly #periods: readonly Period[];
  readonly #warmUpMs: number;
  /** By step. */
  readonly #all: StepTally[];
  /** By period, then by step. */
  readonly #ofPeriod: StepTally[][];
  readonly #iterations: Record<IterationMetric, LatencyHistogram> = {
    iteration: new LatencyHistogram(),
    iteration_uncorrected: new LatencyHistogram(),
  };
  /** By step, then by check. */
  readonly #checks: { passed: number; failed: number }[][];

  /** Steps of set-up and tear-down: no part of the load. */
  readonly #ofStages: ReadonlySet<number>;

  constructor(plan: Pick<RunPlan, 'steps' | 'stages' | 'periods' | 'warmUpMs'>) {
    this.#ofStages = new Set(
      plan.stages.flatMap(({ journey }) =>
        journey.tasks.flatMap(({ groups }) => groups.flatMap(({ steps }) => steps.map(({ id }) => id))),
      ),
    );
    this.#steps = plan.steps;
    this.#periods = plan.periods;
    this.#warmUpMs = plan.warmUpMs;
    this.#all = plan.steps.map(() => new StepTally());
    this.#ofPeriod = plan.periods.map(() => plan.steps.map(() => new StepTally()));
    this.#checks = plan.steps.map((step) => step.checks.map(() => ({ passed: 0, failed: 0 })));
  }

  /** Marks in the columns what began during the warm-up. `startedAt`: stamp of the start of the load. */
  take({ requests, iterations, checks }: RequestReport, startedAt: number): void {
    if (requests !== null) this.#rows(requests, startedAt);
    if (iterations !== null) this.#iterated(iterations, startedAt);
    for (const delta of checks) this.#checked(delta);
  }

  #rows(columns: RequestColumns, startedAt: number): void {
    for (let i = 0; i < columns.length; i++) {
      const step = columns.step[i] ?? 0;
      const sinceStart = (columns.intendedAt[i] ?? 0) - startedAt;
      if (sinceStart < this.#warmUpMs) columns.excluded[i] = warmUp;
      this.#all[step]?.row(columns, i);
      for (let p = 0; p < this.#periods.length; p++) {
        const period = this.#periods[p];
        if (period !== undefined && sinceStart >= period.from && sinceStart < period.to)
          this.#ofPeriod[p]?.[step]?.row(columns, i);
      }
    }
  }

  #iterated(columns: IterationColumns, startedAt: number): void {
    for (let i = 0; i < columns.length; i++) {
      if (columns.ok[i] !== 1 || (columns.intendedAt[i] ?? 0) - startedAt < this.#warmUpMs) continue;
      this.#iterations.iteration.record(columns.iteration[i] ?? Number.NaN);
      this.#iterations.iteration_uncorrected.record(columns.iteration_uncorrected[i] ?? Number.NaN);
    }
  }

  #checked({ step, check, passed, failed }: CheckDelta): void {
    const tally = this.#checks[step]?.[check];
    if (tally === undefined) return;
    tally.passed += passed;
    tally.failed += failed;
  }

  /** Requests that ended, without those of the warm-up. */
  get total(): Pick<StepTally, 'count' | 'ok' | 'failed'> {
    return this.#together(this.#all);
  }

  /** null: there were none. */
  get perSecond(): number | null {
    const all = this.#together(this.#all);
    return all.count === 0 ? null : all.perSecond;
  }

  #together(tallies: readonly StepTally[]): StepTally {
    const sum = new StepTally();
    for (const tally of tallies) sum.add(tally);
    return sum;
  }

  summary(metric: RequestMetric | IterationMetric): MetricSummary {
    if (metric === 'iteration' || metric === 'iteration_uncorrected')
      return this.#iterations[metric].summary();
    return withUnit(metric, this.#sumOf(metric));
  }

  #sumOf(metric: ValueColumn): LatencyHistogram {
    const sum = new LatencyHistogram();
    for (const { values } of this.#all) {
      const histogram = values.get(metric);
      if (histogram !== undefined) sum.add(histogram);
    }
    return sum;
  }

  /** Steps with the same key, in the order of the scenario; steps without one (no phase) are left out. */
  #grouped(by: Exclude<RequestBy, 'period'>): Map<string, RequestStep[]> {
    const groups = new Map<string, RequestStep[]>();
    for (const step of this.#steps) {
      const key = by === 'step' ? step.name : step[by];
      if (key === null) continue;
      const list = groups.get(key) ?? [];
      groups.set(key, list);
      list.push(step);
    }
    return groups;
  }

  /** `period`: only requests that began in it; a name that there is not gives none. */
  rows(by: RequestBy, period?: string): RequestRow[] {
    if (by === 'period') {
      return this.#periods.map(({ name }, p) => this.#row(name, [], this.#together(this.#ofPeriod[p] ?? [])));
    }
    const at = this.#periods.findIndex(({ name }) => name === period);
    const tallies = period === undefined ? this.#all : (this.#ofPeriod[at] ?? []);
    return [...this.#grouped(by)].flatMap(([key, steps]) => {
      const together = this.#together(steps.flatMap(({ id }) => tallies[id] ?? []));
      const isLoad = steps.some(({ id }) => !this.#ofStages.has(id));
      return isLoad ? [this.#row(key, by === 'step' ? steps : [], together)] : [];
    });
  }

  #row(key: string, steps: readonly RequestStep[], tally: StepTally): RequestRow {
    const at = (metric: ValueColumn, p: number) => tally.values.get(metric)?.percentile(p) ?? null;
    const request = (tally.values.get('request') ?? new LatencyHistogram()).summary();
    const first = steps[0];
    const { ok: good, failed } = tally;
    return {
      key,
      type: first?.type ?? '',
      phase: first?.phase ?? null,
      count: tally.count,
      failed,
      timedOut: tally.timedOut,
      retries: tally.retries,
      success: good + failed === 0 ? null : good / (good + failed),
      perSecond: tally.perSecond,
      p50: request.p50,
      p90: request.p90,
      p95: request.p95,
      p99: request.p99,
      max: request.max,
      mean: request.mean,
      uncorrectedP95: at('request_uncorrected', 95),
      firstByteP95: at('first_byte', 95),
      downloadP95: at('download', 95),
      firstTokenP95: at('first_token', 95),
      tokensPerSecondP50: at('tokens_per_second', 50),
      firstAudioP95: at('first_audio', 95),
      finalResultP95: at('final_result', 95),
      bytesReceived: tally.bytesReceived,
      statuses: Object.fromEntries(
        [...tally.statuses].sort(([a], [b]) => a - b).map(([status, n]) => [statusWord(status), n]),
      ),
    };
  }

  checks(): CheckRow[] {
    return this.#steps.flatMap(({ id, name, phase, checks }) =>
      this.#ofStages.has(id)
        ? []
        : checks.map((check, i) => ({
            step: name,
            phase,
            name: check,
            ...(this.#checks[id]?.[i] ?? { passed: 0, failed: 0 }),
          })),
    );
  }

  /** Requests by name, as the summary has them. */
  requests(): RequestSummary[] {
    return [...this.#grouped('step')].flatMap(([name, steps]) => {
      const tally = this.#together(steps.flatMap(({ id }) => this.#all[id] ?? []));
      if (tally.count === 0) return [];
      const of = (metric: ValueColumn) => (tally.values.get(metric) ?? new LatencyHistogram()).summary();
      return [
        {
          type: steps[0]?.type ?? '',
          name,
          count: tally.count,
          failures: tally.failed,
          latency: of('request'),
          coarse: false,
          phase: steps[0]?.phase ?? null,
          uncorrected: of('request_uncorrected'),
        },
      ];
    });
  }

  /** Histograms by `metric` and `metric|step=name`, phase, group, user and period likewise. */
  histograms(): [string, LatencyHistogram][] {
    const found: [string, LatencyHistogram][] = [];
    const put = (suffix: string, tally: StepTally) => {
      for (const [metric, histogram] of tally.values) found.push([`${metric}${suffix}`, histogram]);
    };
    put('', this.#together(this.#all));
    for (const by of ['step', 'phase', 'group', 'user'] as const) {
      for (const [key, steps] of this.#grouped(by))
        put(`|${by}=${key}`, this.#together(steps.flatMap(({ id }) => this.#all[id] ?? [])));
    }
    this.#periods.forEach(({ name }, p) => put(`|period=${name}`, this.#together(this.#ofPeriod[p] ?? [])));
    for (const [metric, histogram] of Object.entries(this.#iterations)) found.push([metric, histogram]);
    return found;
  }
}

function withUnit(metric: RequestMetric, histogram: LatencyHistogram): MetricSummary {
  return { ...histogram.summary(), unit: metricUnit(metric) === '1/s' ? '1/s' : 'ms' };
}
