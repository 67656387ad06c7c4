/** Sparklines of a run's seconds. */
import type { Database } from 'better-sqlite3';
import { trend } from '../trend.ts';

/** A column of `samples`, ms. */
export type TrendColumn = 'ttfa_p95' | 'request_p95';

/** What a run has in its seconds so far, as few points. */
export function trendOf(db: Database, key: number, column: TrendColumn): (number | null)[] {
  const values = db
    .prepare<[number], number | null>(`SELECT ${column} FROM samples WHERE run = ? ORDER BY n`)
    .pluck()
    .all(key);
  return trend(values);
}
