/** What percentiles of requests are made of. */
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import type { LatencyMetric } from '#contract/metrics';
import { requestOutcomes } from '#contract/requests';
import { valueColumns, type ValueColumn } from '#engine/requests/columns';
import { RunPeriod, StoredStep } from '../messages.ts';
import { percentileOf } from '../review/spread.ts';
import { blocksOf, type BlockSpan } from './blocks.ts';
import { Numbers } from './numbers.ts';

/** Whether requests have a value of this metric. */
export function isOfRequests(metric: LatencyMetric): metric is ValueColumn {
  return valueColumns.some((name) => name === metric);
}

/** The steps that a run's requests name by their place; of older runs none. */
export function stepsOf(db: Database, run: number): StoredStep[] {
  const row = db.prepare<[number], { steps: string | null }>('SELECT steps FROM runs WHERE key = ?').get(run);
  return row?.steps == null ? [] : z.array(StoredStep).parse(JSON.parse(row.steps));
}

/** Named stretches of a run, ms since the start of the load. */
export function periodsOf(db: Database, run: number): RunPeriod[] {
  const row = db
    .prepare<[number], { periods: string | null }>('SELECT periods FROM runs WHERE key = ?')
    .get(run);
  return row?.periods == null ? [] : z.array(RunPeriod).parse(JSON.parse(row.periods));
}

/** Which values: of one step by its name, of a stretch. */
export interface ValueQuery {
  step?: string | undefined;
  span?: BlockSpan | undefined;
}

/** Places in `requestOutcomes`. */
export const outcomeOf = {
  ok: requestOutcomes.indexOf('ok'),
  timeout: requestOutcomes.indexOf('timeout'),
  cut: requestOutcomes.indexOf('cut'),
};

/** Whether a request's times count (see `isTimed` of the engine): it ended well or its timeout expired, and nothing keeps it out. */
export function countsAsTimed(outcome: number | undefined, excluded: number | undefined): boolean {
  return excluded === 0 && (outcome === outcomeOf.ok || outcome === outcomeOf.timeout);
}

/**
 * Calls with the moment a request was to begin and its value, both whole microseconds (thousandths of what is counted a
 * second). Only what counts as timed, and nothing of set-up and tear-down.
 */
export function eachValue(
  db: Database,
  run: number,
  metric: ValueColumn,
  { step, span }: ValueQuery,
  take: (at: number, value: number) => void,
): void {
  const left = stepsOf(db, run).filter(({ stage, name }) => stage || (step !== undefined && name !== step));
  const others = new Set(left.map(({ id }) => id));
  for (const { block } of blocksOf(db, run, span)) {
    if (!block.has(metric)) continue;
    const values = block.column(metric);
    const excluded = block.column('excluded');
    const outcomes = block.column('outcome');
    const at = block.column('intendedAt');
    const steps = block.column('step');
    for (let i = 0; i < block.length; i++) {
      const value = values[i] ?? Number.NaN;
      if (Number.isNaN(value) || !countsAsTimed(outcomes[i], excluded[i])) continue;
      if (others.has(steps[i] ?? -1)) continue;
      take(at[i] ?? 0, value);
    }
  }
}

/** The values in milliseconds (or a second), in the order in which requests ended. */
export function requestValues(
  db: Database,
  run: number,
  metric: ValueColumn,
  query: ValueQuery = {},
): Float64Array {
  const found = new Numbers();
  eachValue(db, run, metric, query, (_at, value) => found.add(value / 1000));
  return found.values.slice();
}

/** Exact percentile (0–100, nearest rank); null: there are no values. */
export function requestPercentile(
  db: Database,
  run: number,
  metric: ValueColumn,
  percentile: number,
): number | null {
  return percentileOf(requestValues(db, run, metric).sort(), percentile);
}
