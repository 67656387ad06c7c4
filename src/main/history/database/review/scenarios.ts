/** Many runs at once: those of a scenario, and the scenarios there are. */
import type { Database } from 'better-sqlite3';
import type { SqlValue } from '../columns.ts';

/** Not deleted, and wholly there. */
const listed = `stage = 'kept' AND deleted_at IS NULL`;

/** Ids of a scenario's runs that have a summary, newest first. */
export function summarisedRuns(
  db: Database,
  { scenario, environment, last }: { scenario: string; environment?: string | undefined; last: number },
): string[] {
  const one = environment === undefined ? '' : ' AND environment = ?';
  const values = environment === undefined ? [scenario, last] : [scenario, environment, last];
  return db
    .prepare<SqlValue[], { id: string }>(
      `SELECT id FROM runs WHERE scenario = ?${one} AND state = 'finished' AND summary IS NOT NULL AND ${listed}
       ORDER BY started_at DESC, key DESC LIMIT ?`,
    )
    .all(...values)
    .map(({ id }) => id);
}

/** Scenarios that were run, the last run first, as their environments are. */
export function readScenarios(db: Database): { scenario: string; environments: string[]; runs: number }[] {
  const rows = db
    .prepare<[], { scenario: string; environment: string; runs: number }>(
      `SELECT scenario, environment, count(*) AS runs FROM runs WHERE ${listed}
       GROUP BY scenario, environment ORDER BY max(started_at) DESC`,
    )
    .all();
  return [...Map.groupBy(rows, (row) => row.scenario)].map(([scenario, own]) => ({
    scenario,
    environments: own.map((row) => row.environment),
    runs: own.reduce((sum, row) => sum + row.runs, 0),
  }));
}
