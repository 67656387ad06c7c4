/** How often which values occurred when. */
import type { Database } from 'better-sqlite3';
import type { LatencyMetric } from '#contract/metrics';
import type { HeatMap } from '#contract/review';
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
  const sql = valuesSql(run, metric);
  const [fromS, toS] = stretchOf(db, run, query);
  const stepS = Math.max(1, Math.ceil((toS - fromS) / query.columns));
  const empty = { metric, fromS, stepS, edges: [], counts: [] };
  if (sql === null) return empty;
  const within = `FROM (${sql}) WHERE at >= ? AND at <= ?`;
  const bounds: [number, number] = [run.stampOf(fromS), run.stampOf(toS)];
  const limits = db
    .prepare<[number, number], { low: number | null; high: number | null }>(
      `SELECT min(value) AS low, max(value) AS high ${within}`,
    )
    .get(...bounds);
  if (limits === undefined || limits.low === null || limits.high === null) return empty;
  const low = Math.max(smallestUs, limits.low);
  const ratio = Math.max(leastRatio, limits.high / low);
  const edges = Array.from({ length: rows + 1 }, (_, i) => (low * ratio ** (i / rows)) / 1000);
  const columns = Math.max(1, Math.ceil((toS - fromS) / stepS));
  const counts = Array.from({ length: columns }, () => new Array<number>(rows).fill(0));
  const values = db.prepare<[number, number], { at: number; value: number }>(`SELECT at, value ${within}`);
  const [start] = bounds;
  const scale = rows / Math.log(ratio);
  for (const { at, value } of values.iterate(...bounds)) {
    const column = counts[Math.min(columns - 1, Math.floor((at - start) / (stepS * 1e6)))];
    const row = Math.floor(Math.log(Math.max(value, low) / low) * scale);
    const place = Math.min(rows - 1, row);
    if (column !== undefined) column[place] = (column[place] ?? 0) + 1;
  }
  return { metric, fromS, stepS, edges, counts };
}

/** The stretch that is asked for; the whole run ends with its last second or the last turn that began. */
function stretchOf(db: Database, run: ReviewedRun, { fromS, toS }: HeatMapQuery): [from: number, to: number] {
  const ends = db
    .prepare<[number, number], { second: number | null; turn: number | null }>(
      `SELECT (SELECT max(t) FROM samples WHERE run = ?) AS second, (SELECT max(started_at) FROM turns WHERE run = ?) AS turn`,
    )
    .get(run.key, run.key);
  const turn = typeof ends?.turn === 'number' ? (ends.turn - run.startAt) / 1e6 : 0;
  const end = Math.ceil(Math.max(ends?.second ?? 0, turn, 1));
  const from = Math.max(0, fromS ?? 0);
  return [from, Math.max(from + 1, Math.min(toS ?? end, end))];
}
