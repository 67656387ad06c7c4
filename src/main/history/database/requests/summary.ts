/** How a run's requests went, counted from the requests themselves: of runs without an end, and of a single period. */
import type { Database } from 'better-sqlite3';
import { grpcStatuses, type CheckRow, type RequestBy, type RequestRow } from '#contract/requests';
import { noStatus, type ValueColumn } from '#engine/requests/columns';
import type { StoredStep } from '../messages.ts';
import { percentileOf } from '../review/spread.ts';
import type { ReviewedRun } from '../review/run.ts';
import type { RequestBlock } from './block.ts';
import { blocksOf, type BlockSpan } from './blocks.ts';
import { Numbers } from './numbers.ts';
import { spanOfPeriod } from './selection.ts';
import { countsAsTimed, outcomeOf, periodsOf, stepsOf } from './values.ts';

/** Metrics of a row. */
const timed = [
  'request', 'request_uncorrected', 'first_byte', 'download', 'first_token', 'tokens_per_second', 'first_audio', 'final_result',
] as const satisfies readonly ValueColumn[]; // prettier-ignore
const ofWarmUp = 2;

class Tally {
  count = 0;
  ok = 0;
  failed = 0;
  timedOut = 0;
  retries = 0;
  bytesReceived = 0;
  checksPassed = 0;
  checksFailed = 0;
  readonly statuses = new Map<number, number>();
  readonly values = new Map<ValueColumn, Numbers>();
  from = Number.POSITIVE_INFINITY;
  to = Number.NEGATIVE_INFINITY;

  row(block: RequestBlock, i: number): void {
    const at = (name: Parameters<RequestBlock['column']>[0]) => block.column(name)[i] ?? 0;
    const [outcome, excluded] = [at('outcome'), at('excluded')];
    if (outcome === outcomeOf.cut || excluded === ofWarmUp) return;
    this.count += 1;
    if (outcome === outcomeOf.ok) this.ok += 1;
    else this.failed += 1;
    if (outcome === outcomeOf.timeout) this.timedOut += 1;
    this.retries += at('retries');
    this.bytesReceived += at('bytesReceived');
    this.checksPassed += at('checksPassed');
    this.checksFailed += at('checksFailed');
    const status = at('status');
    if (status !== noStatus) this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    const began = at('intendedAt');
    this.from = Math.min(this.from, began);
    this.to = Math.max(this.to, began + (at('request') || 0));
    if (!countsAsTimed(outcome, excluded)) return;
    for (const name of timed) {
      if (!block.has(name)) continue;
      const value = at(name);
      if (Number.isNaN(value)) continue;
      let values = this.values.get(name);
      if (values === undefined) this.values.set(name, (values = new Numbers()));
      values.add(value);
    }
  }

  toRow(key: string, step: StoredStep | undefined): RequestRow {
    const sorted = (name: ValueColumn) => (this.values.get(name)?.values ?? new Float64Array()).sort();
    const at = (values: Float64Array, percentile: number) => {
      const micros = percentileOf(values, percentile);
      return micros === null ? null : micros / 1000;
    };
    const request = sorted('request');
    const { count, ok, failed, timedOut, retries, bytesReceived } = this;
    return {
      ...{ key, type: step?.type ?? '', phase: step?.phase ?? null },
      ...{ count, failed, timedOut, retries, bytesReceived },
      success: count === 0 ? null : ok / count,
      perSecond: count === 0 ? 0 : count / Math.max(0.001, (this.to - this.from) / 1e6),
      p50: at(request, 50),
      p90: at(request, 90),
      p95: at(request, 95),
      p99: at(request, 99),
      max: at(request, 100),
      mean: request.length === 0 ? null : request.reduce((sum, n) => sum + n, 0) / request.length / 1000,
      uncorrectedP95: at(sorted('request_uncorrected'), 95),
      firstByteP95: at(sorted('first_byte'), 95),
      downloadP95: at(sorted('download'), 95),
      firstTokenP95: at(sorted('first_token'), 95),
      tokensPerSecondP50: at(sorted('tokens_per_second'), 50),
      firstAudioP95: at(sorted('first_audio'), 95),
      finalResultP95: at(sorted('final_result'), 95),
      statuses: Object.fromEntries(
        [...this.statuses].sort(([a], [b]) => a - b).map(([status, n]) => [statusName(status), n]),
      ),
    };
  }
}

/** HTTP's statuses begin at 100, codes of gRPC end at 16. */
function statusName(status: number): string {
  return grpcStatuses[status] ?? String(status);
}

/** Places of what a request is counted with: tallies of its step, its phase … or of the periods it began in. */
type Tallies = (step: number, at: number) => readonly Tally[];

function count(db: Database, run: ReviewedRun, span: BlockSpan | undefined, tallies: Tallies): void {
  for (const { block } of blocksOf(db, run.key, span)) {
    const [steps, began] = [block.column('step'), block.column('intendedAt')];
    for (let i = 0; i < block.length; i++) {
      const at = began[i] ?? 0;
      if (span !== undefined && (at < span.from || at > span.to)) continue;
      for (const tally of tallies(steps[i] ?? -1, at)) tally.row(block, i);
    }
  }
}

/** In the order of the scenario; `period`: only of what began in that period. Set-up and tear-down are no part of it. */
export function countRequests(
  db: Database,
  run: ReviewedRun,
  { by, period }: { by: RequestBy; period?: string | undefined },
): RequestRow[] {
  const steps = stepsOf(db, run.key).filter(({ stage }) => !stage);
  if (by === 'period') {
    const inLoad = new Set(steps.map(({ id }) => id));
    const periods = periodsOf(db, run.key).map(({ name }) => {
      return { name, span: spanOfPeriod(db, run, name), tally: new Tally() };
    });
    count(db, run, undefined, (step, at) =>
      inLoad.has(step)
        ? periods.filter(({ span }) => at >= span.from && at <= span.to).map(({ tally }) => tally)
        : [],
    );
    return periods.map(({ name, tally }) => tally.toRow(name, undefined));
  }
  const groups = new Map<string, { first: StoredStep; tally: Tally }>();
  const ofStep = new Map<number, [Tally]>();
  for (const step of steps) {
    const key = by === 'step' ? step.name : step[by];
    if (key === null) continue;
    const group = groups.get(key) ?? { first: step, tally: new Tally() };
    groups.set(key, group);
    ofStep.set(step.id, [group.tally]);
  }
  const span = period === undefined ? undefined : spanOfPeriod(db, run, period);
  count(db, run, span, (step) => ofStep.get(step) ?? []);
  return [...groups].map(([key, { first, tally }]) => tally.toRow(key, by === 'step' ? first : undefined));
}

/**
 * Checks of a run without an end. Requests say only how many of their checks passed: of a step with several checks they
 * are one row together.
 */
export function countChecks(db: Database, run: ReviewedRun): CheckRow[] {
  const steps = stepsOf(db, run.key).filter(({ stage, checks }) => !stage && checks.length > 0);
  const tallies = new Map(steps.map(({ id }) => [id, [new Tally()] as const]));
  count(db, run, undefined, (step) => tallies.get(step) ?? []);
  return steps.map(({ id, name, phase, checks }) => {
    const [only, second] = checks;
    const tally = tallies.get(id)?.[0];
    return {
      step: name,
      phase,
      name: second === undefined ? (only ?? '') : `all ${checks.length} checks`,
      passed: tally?.checksPassed ?? 0,
      failed: tally?.checksFailed ?? 0,
    };
  });
}
