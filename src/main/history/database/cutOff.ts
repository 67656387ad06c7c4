/** Runs whose owner died: found, completed with what can still be said, and marked for good. */
import type { Database } from 'better-sqlite3';
import { isAlive } from './owner.ts';
import { requestPercentile } from './requests/values.ts';
import { trendOf } from './trends.ts';

interface OwnedRow {
  key: number;
  stage: string;
  owner_host: string;
  owner_pid: number;
  owner_started: string | null;
  heartbeat_at: number;
}

/** The runs that count as running, or as being imported, although their owner is dead. */
export function findCutOff(db: Database, now = Date.now()): { key: number; stage: string }[] {
  return db
    .prepare<[], OwnedRow>(
      `SELECT key, stage, owner_host, owner_pid, owner_started, heartbeat_at FROM runs WHERE state = 'running'`,
    )
    .all()
    .filter(
      (row) =>
        !isAlive(
          { host: row.owner_host, pid: row.owner_pid, started: row.owner_started },
          row.heartbeat_at,
          now,
        ),
    )
    .map(({ key, stage }) => ({ key, stage }));
}

/** Marks a run as cut off, with percentiles over all turns and requests it had written; of an import that was cut off nothing stays. */
export function markCutOff(db: Database, key: number, stage: string): void {
  if (stage !== 'kept') {
    db.prepare(`UPDATE runs SET state = 'cut_off', stage = 'going' WHERE key = ?`).run(key);
    return;
  }
  db.prepare(
    `UPDATE runs SET state = 'cut_off', ttfa_p50 = ?, ttfa_p95 = ?, barge_in_p95 = ?, ttfa_trend = ?,
       request_trend = ?, request_p95 = ?
     WHERE key = ? AND state = 'running'`,
  ).run(
    turnPercentile(db, key, 'ttfa', 0.5),
    turnPercentile(db, key, 'ttfa', 0.95),
    turnPercentile(db, key, 'barge_in', 0.95),
    JSON.stringify(trendOf(db, key, 'ttfa_p95')),
    JSON.stringify(trendOf(db, key, 'request_p95')),
    requestPercentile(db, key, 'request', 95),
    key,
  );
}

/** Exact percentile (nearest rank) of a turn metric in milliseconds; turns kept out of the headline do not count. */
export function turnPercentile(
  db: Database,
  key: number,
  metric: 'ttfa' | 'barge_in',
  share: number,
): number | null {
  const counted = `FROM turns WHERE run = ? AND ${metric} IS NOT NULL AND excluded IS NULL`;
  const count = db.prepare<[number], { n: number }>(`SELECT count(*) AS n ${counted}`).get(key)?.n ?? 0;
  if (count === 0) return null;
  const rank = Math.max(0, Math.ceil(share * count) - 1);
  const row = db
    .prepare<[number, number], { value: number }>(
      `SELECT ${metric} AS value ${counted} ORDER BY ${metric} LIMIT 1 OFFSET ?`,
    )
    .get(key, rank);
  return row === undefined ? null : row.value / 1000;
}
