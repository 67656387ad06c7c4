/** What went wrong in a run: counted by kind, and one by one. */
import type { Database } from 'better-sqlite3';
import type { ErrorGroup } from '#contract/api/runs';
import type { SqlRow, SqlValue } from '../columns.ts';
import { errorTable } from '../tables.ts';
import { textOf } from '../texts.ts';
import { Conditions, countOf, type ReviewedRun } from './run.ts';

interface GroupRow {
  kind: string;
  count: number;
  first: number;
  last: number;
  example: string;
  exampleCall: string | null;
  exampleTurn: number | null;
}

/**
 * Counted by kind, most frequent first, with the newest of each as its example. Grouped by the words themselves: one that
 * was forgotten among very many texts has a second number.
 */
export function readErrorGroups(db: Database, run: ReviewedRun): ErrorGroup[] {
  const groups = db
    .prepare<[number, number], GroupRow>(
      `SELECT g.word AS kind, g.count, g.first, g.last, ${textOf('message')} AS example,
              ${textOf('call_id')} AS exampleCall, r.turn AS exampleTurn
       FROM (SELECT t.text AS word, sum(k.count) AS count, min(k.first) AS first, max(k.last) AS last, max(k.newest) AS newest
             FROM (SELECT run, kind, count(*) AS count, min(at) AS first, max(at) AS last, max(seq) AS newest
                   FROM errors WHERE run = ? GROUP BY kind) k
             JOIN texts t ON t.run = k.run AND t.id = k.kind GROUP BY t.text) g
       JOIN errors r ON r.run = ? AND r.seq = g.newest`,
    )
    .all(run.key, run.key);
  const calls = callsByKind(db, run);
  return groups
    .map(({ first, last, ...group }) => ({
      ...group,
      firstAt: first / 1000,
      lastAt: last / 1000,
      calls: calls.get(group.kind) ?? 0,
    }))
    .sort((a, b) => b.count - a.count);
}

function callsByKind(db: Database, run: ReviewedRun): Map<string, number> {
  const rows = db
    .prepare<[number], { kind: string; calls: number }>(
      `SELECT kinds.text AS kind, count(DISTINCT ids.text) AS calls
       FROM (SELECT DISTINCT run, kind, call_id FROM errors WHERE run = ? AND call_id IS NOT NULL) d
       JOIN texts kinds ON kinds.run = d.run AND kinds.id = d.kind
       JOIN texts ids ON ids.run = d.run AND ids.id = d.call_id GROUP BY kinds.text`,
    )
    .all(run.key);
  return new Map(rows.map(({ kind, calls }) => [kind, calls]));
}

/** Errors one by one, newest first. */
export function readErrors(
  db: Database,
  run: ReviewedRun,
  query: { kind?: string | undefined; offset: number; limit: number },
): { total: number; errors: Record<string, unknown>[] } {
  const where = new Conditions(run.key);
  if (query.kind !== undefined) where.is('kind', query.kind);
  const page = db
    .prepare<SqlValue[], { seq: number }>(
      `SELECT r.seq AS seq FROM errors r WHERE ${where.sql} ORDER BY r.seq DESC LIMIT ? OFFSET ?`,
    )
    .all(...where.values, query.limit, query.offset);
  const one = db.prepare<SqlValue[], SqlRow>(`${errorTable.selectSql} WHERE r.run = ? AND r.seq = ?`);
  const rows = page.map(({ seq }) => one.get(run.key, seq)).filter((row) => row !== undefined);
  return { total: countOf(db, 'errors', where), errors: rows.map((row) => errorTable.decode(row)) };
}
