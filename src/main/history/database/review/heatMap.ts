/** How often which values occurred when. */
import type { Database } from 'better-sqlite3';
import type { LatencyMetric } from '#contract/metrics';
import type { HeatMap } from '#contract/review';
import { Numbers } from '../requests/numbers.ts';
import { eachValue, isOfRequests } from '../requests/values.ts';
import type { ReviewedRun } from './run.ts';
import { valuesSql } from './values.ts';

export interface HeatMapQuery {
  metric: LatencyMetric;
  /** Most columns. */
  columns: number;
  rows: number;
  /** Only this stretch, in seconds since the start of the load. */
  fromS?: number | undefined;
  toS?: number | undefined;
}

/** What is smaller than this belongs to the lowest row: a logarithmic scale has no 0. */
const smallestUs = 100;
/** A scale has at least this ratio from its lowest to its highest edge. */
const leastRatio = 1.25;

/** Columns of whole seconds over the run or the stretch; rows rise evenly on a logarithmic scale over the values there are. */
export function readHeatMap(db: Database, run: ReviewedRun, query: HeatMapQuery): HeatMap {
  const { metric, rows } = query;
  const [fromS, toS] = stretchOf(db, run, query);
  const stepS = Math.max(1, Math.ceil((toS - fromS) / query.columns));
  const [start, end] = [run.stampOf(fromS), run.stampOf(toS)];
  const { moments, values } = valuesWithin(db, run, metric, start, end);
  const limits = limitsOf(values);
  if (limits === null) return { metric, fromS, stepS, edges: [], counts: [] };
  const low = Math.max(smallestUs, limits.low);
  const ratio = Math.max(leastRatio, limits.high / low);
  const edges = Array.from({ length: rows + 1 }, (_, i) => (low * ratio ** (i / rows)) / 1000);
  const columns = Math.max(1, Math.ceil((toS - fromS) / stepS));
  const counts = Array.from({ length: columns }, () => new Array<number>(rows).fill(0));
  const scale = rows / Math.log(ratio);
  for (let i = 0; i < values.length; i++) {
    const at = moments[i] ?? 0;
    const column = counts[Math.min(columns - 1, Math.floor((at - start) / (stepS * 1e6)))];
    const row = Math.floor(Math.log(Math.max(values[i] ?? 0, low) / low) * scale);
    const place = Math.min(rows - 1, row);
    if (column !== undefined) column[place] = (column[place] ?? 0) + 1;
  }
  return { metric, fromS, stepS, edges, counts };
}

/** Values between two stamps, both in whole microseconds, with theirs. */
function valuesWithin(
  db: Database,
  run: ReviewedRun,
  metric: LatencyMetric,
  from: number,
  to: number,
): { moments: Float64Array; values: Float64Array } {
  const [moments, values] = [new Numbers(), new Numbers()];
  const take = (at: number, value: number) => {
    if (at < from || at > to) return;
    moments.add(at);
    values.add(value);
  };
  const sql = valuesSql(run, metric);
  if (sql !== null) {
    const found = db.prepare<[number, number], { at: number; value: number }>(
      `SELECT at, value FROM (${sql}) WHERE at >= ? AND at <= ?`,
    );
    for (const { at, value } of found.iterate(from, to)) take(at, value);
  }
  if (isOfRequests(metric)) eachValue(db, run.key, metric, { span: { from, to } }, take);
  return { moments: moments.values, values: values.values };
}

function limitsOf(values: Float64Array): { low: number; high: number } | null {
  if (values.length === 0) return null;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}

/** The stretch that is asked for; the whole run ends with its last second, or what began last. */
function stretchOf(db: Database, run: ReviewedRun, { fromS, toS }: HeatMapQuery): [from: number, to: number] {
  const ends = db
    .prepare<
      [number, number, number],
      { second: number | null; turn: number | null; request: number | null }
    >(
      `SELECT (SELECT max(t) FROM samples WHERE run = ?) AS second, (SELECT max(started_at) FROM turns WHERE run = ?) AS turn,
         (SELECT max(to_at) FROM requests WHERE run = ?) AS request`,
    )
    .get(run.key, run.key, run.key);
  const since = (at: number | null | undefined) => (typeof at === 'number' ? (at - run.startAt) / 1e6 : 0);
  const end = Math.ceil(Math.max(ends?.second ?? 0, since(ends?.turn), since(ends?.request), 1));
  const from = Math.max(0, fromS ?? 0);
  return [from, Math.max(from + 1, Math.min(toS ?? end, end))];
}
