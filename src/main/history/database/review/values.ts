/** What percentiles are made of: every value of a metric that counts. */
import type { Database } from 'better-sqlite3';
import {
  callMetrics,
  turnMetrics,
  type CallMetric,
  type LatencyMetric,
  type TurnMetric,
} from '#contract/metrics';
import type { TurnRecord } from '#contract/run';
import { isOfRequests, requestValues } from '../requests/values.ts';
import { callTable, turnTable } from '../tables.ts';
import type { ReviewedRun } from './run.ts';

/** Field of a turn that holds a metric. */
export function turnField(metric: TurnMetric): Extract<keyof TurnRecord, string> {
  return metric === 'turn' ? 'turn_time' : metric;
}

const isTurnMetric = (metric: string): metric is TurnMetric => turnMetrics.some((name) => name === metric);
const isCallMetric = (metric: string): metric is CallMetric => callMetrics.some((name) => name === metric);

/**
 * SQL for a metric's values as columns `at` (the turn's or attempt's beginning) and `value`, both whole microseconds;
 * excluded turns and attempts of the warm-up are left out. Null for what no record holds.
 */
export function valuesSql(run: ReviewedRun, metric: LatencyMetric): string | null {
  if (isTurnMetric(metric)) {
    const value = turnTable(run.turnForm).sqlOf(turnField(metric));
    return `SELECT r.started_at AS at, ${value} AS value FROM turns r
      WHERE r.run = ${run.key} AND r.excluded IS NULL AND r.${turnField(metric)} IS NOT NULL`;
  }
  if (!isCallMetric(metric)) return null;
  return `SELECT r.started_at AS at, ${callTable.sqlOf(metric)} AS value FROM calls r
    WHERE r.run = ${run.key} AND r.started_at >= ${run.warmUpEnd} AND r.${metric} IS NOT NULL`;
}

/**
 * The values in milliseconds, in the order in which they came in, those of requests last; none where records do not have
 * them. `step`: of requests of that name alone.
 */
export function readValues(
  db: Database,
  run: ReviewedRun,
  metric: LatencyMetric,
  step?: string,
): Float64Array {
  const ofRequests = isOfRequests(metric) ? requestValues(db, run.key, metric, { step }) : new Float64Array();
  const sql = step === undefined ? valuesSql(run, metric) : null;
  if (sql === null) return ofRequests;
  const values = db.prepare<[], { value: number }>(`SELECT value FROM (${sql})`).pluck().all();
  const found = new Float64Array(values.length + ofRequests.length);
  values.forEach((micros, i) => {
    found[i] = Number(micros) / 1000;
  });
  found.set(ofRequests, values.length);
  return found;
}
