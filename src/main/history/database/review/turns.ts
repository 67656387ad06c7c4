/** A page of a run's turns: found by their numbers first, then read one by one, so that deep pages stay quick. */
import type { Database } from 'better-sqlite3';
import type { TurnQuery, turnSorts } from '#contract/api/runs';
import { snakeCase, type SqlRow, type SqlValue } from '../columns.ts';
import { turnTable } from '../tables.ts';
import { Conditions, countOf, type ReviewedRun } from './run.ts';
import { turnField } from './values.ts';

/** The turns that match, and how many there are of them. Whoever passes them on parses them. */
export function readTurns(
  db: Database,
  run: ReviewedRun,
  query: TurnQuery,
): { total: number; turns: Record<string, unknown>[] } {
  const table = turnTable(run.turnForm);
  const where = conditionsOf(run, query);
  const page = db
    .prepare<SqlValue[], { seq: number }>(
      `SELECT r.seq AS seq FROM turns r WHERE ${where.sql} ORDER BY ${orderOf(run, query)} LIMIT ? OFFSET ?`,
    )
    .all(...where.values, query.limit, query.offset);
  const one = db.prepare<SqlValue[], SqlRow>(`${table.selectSql} WHERE r.run = ? AND r.seq = ?`);
  const rows = page.map(({ seq }) => one.get(run.key, seq)).filter((row) => row !== undefined);
  return { total: countOf(db, 'turns', where), turns: rows.map((row) => table.decode(row)) };
}

function conditionsOf(run: ReviewedRun, query: TurnQuery): Conditions {
  const where = new Conditions(run.key);
  const { status, turn, bargeInOutcome, error, slowerThan, value, fromS, toS } = query;
  if (status !== undefined) where.add('r.status = ?', status);
  if (turn !== undefined) where.add('r.turn = ?', turn);
  if (bargeInOutcome !== undefined) where.add('r.barge_in_outcome = ?', bargeInOutcome);
  for (const field of ['conversation', 'user', 'callId'] as const) {
    const text = query[field];
    if (text !== undefined) where.is(snakeCase(field), text);
  }
  if (error === true) where.add('r.error IS NOT NULL');
  else if (error !== undefined) where.has(['error'], error);
  if (slowerThan !== undefined) where.add('r.ttfa >= ?', Math.round(slowerThan * 1000));
  if (value !== undefined) {
    const column = turnTable(run.turnForm).sqlOf(turnField(value.metric));
    if (value.least !== undefined) where.add(`${column} >= ?`, Math.round(value.least * 1000));
    if (value.below !== undefined) where.add(`${column} < ?`, Math.round(value.below * 1000));
  }
  if (fromS !== undefined) where.add('r.started_at >= ?', run.stampOf(fromS));
  if (toS !== undefined) where.add('r.started_at <= ?', run.stampOf(toS));
  const search = query.search?.trim() ?? '';
  if (search !== '') where.has(['call_id', 'conversation', 'clip', 'error'], search);
  return where;
}

type TurnSort = (typeof turnSorts)[number];

/** Those that an index is kept in order of: their own columns, compared as they are. */
const inOrder: ReadonlySet<TurnSort> = new Set(['startedAt', 'ttfa']);

function orderOf(run: ReviewedRun, { order, sort }: TurnQuery): string {
  if (sort === undefined) {
    return { newest: 'r.seq DESC', time: 'r.started_at, r.seq', slowest: 'r.ttfa DESC, r.seq DESC' }[order];
  }
  const value = turnTable(run.turnForm).sqlOf(sort.by);
  const direction = sort.descending ? 'DESC' : 'ASC';
  // Nothing is less than everything for SQLite: descending it comes last anyway.
  const nulls = sort.descending || inOrder.has(sort.by) ? '' : `${value} IS NULL, `;
  const last = !sort.descending && sort.by === 'ttfa' ? ' NULLS LAST' : '';
  return `${nulls}${value} ${direction}${last}, r.seq ${direction}`;
}
