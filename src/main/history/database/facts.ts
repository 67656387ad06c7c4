/** How many runs there are and what they take. */
import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';

export function databaseFacts(db: Database, file: string): Record<string, number | string | null> {
  const number = (pragma: string) => Number(db.pragma(pragma, { simple: true }));
  const page = number('page_size');
  const counts = db
    .prepare<[], { runs: number; deleted: number; turns: number; oldest: number | null }>(
      `SELECT count(*) FILTER (WHERE deleted_at IS NULL) AS runs, count(deleted_at) AS deleted,
         coalesce(sum((SELECT max(seq) FROM turns WHERE run = runs.key)), 0) AS turns,
         min(started_at) FILTER (WHERE deleted_at IS NULL) AS oldest
       FROM runs WHERE stage = 'kept'`,
    )
    .get() ?? { runs: 0, deleted: 0, turns: 0, oldest: null };
  return {
    ...counts,
    oldest: counts.oldest === null ? null : new Date(counts.oldest).toISOString(),
    bytes: file === ':memory:' ? number('page_count') * page : sizeOf(file) + sizeOf(`${file}-wal`),
    freeBytes: number('freelist_count') * page,
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
