/** A page of a run's connections: found by their numbers first, then read one by one, so that deep pages stay quick. */
import type { Database } from 'better-sqlite3';
import type { CallQuery } from '#contract/api/runs';
import type { SqlRow, SqlValue } from '../columns.ts';
import { callTable } from '../tables.ts';

type CallSort = NonNullable<CallQuery['sort']>['by'];

const sortedBy: Record<CallSort, string> = {
  startedAt: 'r.started_at',
  duration: 'r.ended_at',
  connect: 'r.connect',
  upgrade: 'r.upgrade',
  greeting: 'r.greeting',
  turns: 'r.turns',
};

/** Stamps are whole microseconds; what was rounded to one is the same as itself. */
const micros = (ms: number) => Math.round(ms * 1000);

/** `%` and `_` of what was typed are meant as they are. */
const pattern = (text: string) => `%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;

function conditionsOf(run: number, query: CallQuery): { where: string; values: SqlValue[] } {
  const conditions = ['r.run = ?'];
  const values: SqlValue[] = [run];
  const add = (condition: string, ...more: SqlValue[]) => {
    conditions.push(condition);
    values.push(...more);
  };
  const { outcome, error, after, before } = query;
  const search = query.search?.trim() ?? '';
  if (outcome !== undefined) add('r.outcome = ?', outcome);
  if (error) add('r.error IS NOT NULL');
  if (after !== undefined) add('r.started_at > ?', micros(after));
  if (before !== undefined) add('r.started_at < ?', micros(before));
  if (search !== '') {
    const texts = "(SELECT id FROM texts WHERE run = ? AND text LIKE ? ESCAPE '\\')";
    const found = [run, pattern(search)];
    add(`(r.call_id IN ${texts} OR r.user IN ${texts} OR r.error IN ${texts})`, ...found, ...found, ...found);
  }
  return { where: conditions.join(' AND '), values };
}

function orderOf(sort: CallQuery['sort']): string {
  if (sort === undefined) return 'r.seq';
  const column = sortedBy[sort.by];
  return `${column} IS NULL, ${column} ${sort.descending ? 'DESC' : 'ASC'}, r.seq`;
}

/** The connections of the run with this key that match, and how many there are of them. */
export function readCalls(
  db: Database,
  run: number,
  query: CallQuery,
): { total: number; calls: Record<string, unknown>[] } {
  const { where, values } = conditionsOf(run, query);
  const page = db
    .prepare<SqlValue[], { seq: number }>(
      `SELECT r.seq FROM calls r WHERE ${where} ORDER BY ${orderOf(query.sort)} LIMIT ? OFFSET ?`,
    )
    .all(...values, query.limit, query.offset);
  const one = db.prepare<SqlValue[], SqlRow>(`${callTable.selectSql} WHERE r.run = ? AND r.seq = ?`);
  const rows = page.map(({ seq }) => one.get(run, seq)).filter((row) => row !== undefined);
  // Numbers within a run have no gaps, so that the last one is the count of all.
  const what = where === 'r.run = ?' ? 'max(r.seq)' : 'count(*)';
  const total = db
    .prepare<SqlValue[], { n: number | null }>(`SELECT ${what} AS n FROM calls r WHERE ${where}`)
    .get(...values);
  return { total: total?.n ?? 0, calls: rows.map((row) => callTable.decode(row)) };
}
