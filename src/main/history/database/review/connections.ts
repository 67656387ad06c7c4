/** How a run's connections lived and ended. */
import type { Database } from 'better-sqlite3';
import type { ConnectionReview } from '#contract/review';
import type { CallMetric } from '#contract/metrics';
import type { SqlValue } from '../columns.ts';
import { callTable } from '../tables.ts';
import type { ReviewedRun } from './run.ts';
import { spreadOf } from './spread.ts';
import { readValues } from './values.ts';

const most = 24;
/** Lengths of a bar that can be read, in seconds. */
const barSeconds = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400,
];

export function readConnections(db: Database, run: ReviewedRun): ConnectionReview {
  const spread = (metric: CallMetric) => spreadOf(readValues(db, run, metric));
  const totals = db
    .prepare<[number], { attempts: number; missing: number | null; again: number | null }>(
      `SELECT count(*) AS attempts, sum(greeting_missing) AS missing, sum(attempt > 1) AS again FROM calls WHERE run = ?`,
    )
    .get(run.key);
  const open = db
    .prepare<[number], { life: number; turns: number }>(
      `SELECT ${callTable.sqlOf('endedAt')} - ${callTable.sqlOf('connectedAt')} AS life, r.turns AS turns
       FROM calls r WHERE r.run = ? AND r.connected_at IS NOT NULL`,
    )
    .all(run.key);
  const lives = open.map(({ life }) => life / 1000);
  return {
    attempts: totals?.attempts ?? 0,
    outcomes: tally(db, run, 'outcome'),
    closeCodes: tally(db, run, 'close_code'),
    life: spreadOf(lives),
    lifeHistogram: lifeHistogram(lives),
    connect: spread('connect'),
    dns: spread('dns'),
    tcp: spread('tcp'),
    tls: spread('tls'),
    upgrade: spread('upgrade'),
    greeting: spread('greeting'),
    greetingsMissing: totals?.missing ?? 0,
    turnsPerConnection: spreadOf(open.map(({ turns }) => turns)),
    reconnections: totals?.again ?? 0,
  };
}

function tally(db: Database, run: ReviewedRun, column: 'outcome' | 'close_code'): Record<string, number> {
  // A connection that was never open cannot be closed with a code.
  const of = column === 'close_code' ? ' AND connected_at IS NOT NULL' : '';
  const rows = db
    .prepare<[number], { value: SqlValue; count: number }>(
      `SELECT ${column} AS value, count(*) AS count FROM calls WHERE run = ?${of} GROUP BY ${column} ORDER BY count DESC`,
    )
    .all(run.key);
  return Object.fromEntries(rows.map(({ value, count }) => [value === null ? 'none' : String(value), count]));
}

/** Bars of equal length from 0 on, as long as it takes for there to be few of them. */
function lifeHistogram(lives: readonly number[]): ConnectionReview['lifeHistogram'] {
  const longest = lives.reduce((a, b) => Math.max(a, b), 0);
  if (lives.length === 0) return { edges: [], counts: [] };
  const fits = barSeconds.find((seconds) => longest < seconds * 1000 * most);
  const bar = (fits ?? Math.ceil(longest / 1000 / most)) * 1000;
  const counts = new Array<number>(Math.floor(longest / bar) + 1).fill(0);
  for (const life of lives) {
    const place = Math.max(0, Math.floor(life / bar));
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return { edges: Array.from({ length: counts.length + 1 }, (_, i) => i * bar), counts };
}
