/** Which rows of a block are asked for. */
import type { Database } from 'better-sqlite3';
import type { RequestQuery } from '#contract/api/requests';
import { requestOutcomes, type RequestStep } from '#contract/requests';
import type { ReviewedRun } from '../review/run.ts';
import type { BlockColumn, RequestBlock } from './block.ts';
import type { BlockSpan } from './blocks.ts';
import { isOfRequests, periodsOf, stepsOf } from './values.ts';

/** What may be asked of rows. */
export type RowQuery = Pick<
  RequestQuery,
  | 'step'
  | 'phase'
  | 'group'
  | 'user'
  | 'period'
  | 'outcome'
  | 'status'
  | 'error'
  | 'vu'
  | 'iteration'
  | 'value'
  | 'fromS'
  | 'toS'
>;

type Test = (value: number) => boolean;
type Condition = [column: BlockColumn, test: (block: RequestBlock) => Test];

const whole: BlockSpan = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };

/** What rows must fulfil. `span`: where they were to begin, stamps in whole microseconds. */
export interface Selection {
  span: BlockSpan;
  /** Rows of a block in order; null: all of them. */
  rowsOf(block: RequestBlock): Uint32Array | null;
  /** There is nothing to be fulfilled. */
  all: boolean;
}

const nothing: BlockSpan = { from: Number.MAX_SAFE_INTEGER, to: Number.MIN_SAFE_INTEGER };

/** Where a period of the run lies; one that it does not have is nowhere. */
export function spanOfPeriod(db: Database, run: ReviewedRun, name: string): BlockSpan {
  const period = periodsOf(db, run.key).find((one) => one.name === name);
  if (period === undefined) return nothing;
  return { from: run.stampOf(period.from / 1000), to: run.stampOf(period.to / 1000) - 1 };
}

const narrowed = (a: BlockSpan, b: BlockSpan): BlockSpan => ({
  from: Math.max(a.from, b.from),
  to: Math.min(a.to, b.to),
});

function spanOf(db: Database, run: ReviewedRun, { period, fromS, toS }: RowQuery): BlockSpan {
  const asked: BlockSpan = {
    from: fromS === undefined ? whole.from : run.stampOf(fromS),
    to: toS === undefined ? whole.to : run.stampOf(toS),
  };
  return period === undefined ? asked : narrowed(asked, spanOfPeriod(db, run, period));
}

function stepTest(steps: readonly RequestStep[], query: RowQuery): Test | null {
  const { step, phase, group, user } = query;
  if ([step, phase, group, user].every((asked) => asked === undefined)) return null;
  const ids = new Set(
    steps
      .filter(
        (one) =>
          (step === undefined || one.name === step) &&
          (phase === undefined || one.phase === phase) &&
          (group === undefined || one.group === group) &&
          (user === undefined || one.user === user),
      )
      .map(({ id }) => id),
  );
  return (value) => ids.has(value);
}

function conditionsOf(steps: readonly RequestStep[], query: RowQuery, span: BlockSpan): Condition[] {
  const conditions: Condition[] = [];
  const is = (column: BlockColumn, wanted: number | undefined) => {
    if (wanted !== undefined) conditions.push([column, () => (value) => value === wanted]);
  };
  const ofStep = stepTest(steps, query);
  if (ofStep !== null) conditions.push(['step', () => ofStep]);
  is('outcome', query.outcome === undefined ? undefined : requestOutcomes.indexOf(query.outcome));
  is('status', query.status);
  is('vu', query.vu);
  is('iteration', query.iteration);
  const { error, value } = query;
  if (error !== undefined) {
    conditions.push([
      'error',
      (block) => {
        const number = block.errors.indexOf(error) + 1;
        return (found) => number > 0 && found === number;
      },
    ]);
  }
  if (value !== undefined) {
    const least = (value.least ?? Number.NEGATIVE_INFINITY) * 1000;
    const below = (value.below ?? Number.POSITIVE_INFINITY) * 1000;
    conditions.push(
      isOfRequests(value.metric)
        ? [value.metric, () => (found) => found >= least && found < below]
        : ['step', () => () => false],
    );
  }
  if (span.from !== whole.from || span.to !== whole.to)
    conditions.push(['intendedAt', () => (at) => at >= span.from && at <= span.to]);
  return conditions;
}

/** Compiles a query. */
export function selectionOf(db: Database, run: ReviewedRun, query: RowQuery): Selection {
  const span = spanOf(db, run, query);
  const conditions = conditionsOf(stepsOf(db, run.key), query, span);
  return {
    span,
    all: conditions.length === 0,
    rowsOf(block) {
      let rows: Uint32Array | null = null;
      for (const [column, testOf] of conditions) {
        rows = kept(block.column(column), testOf(block), rows);
        if (rows.length === 0) break;
      }
      return rows;
    },
  };
}

function kept(values: Float64Array, test: Test, rows: Uint32Array | null): Uint32Array {
  const found = new Uint32Array(rows?.length ?? values.length);
  let n = 0;
  for (let i = 0; i < found.length; i++) {
    const row = rows === null ? i : (rows[i] ?? 0);
    if (test(values[row] ?? Number.NaN)) found[n++] = row;
  }
  return found.subarray(0, n);
}
