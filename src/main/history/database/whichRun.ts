/** Finds the run that is asked about. */
import type { Database } from 'better-sqlite3';
import { CrosstalkError } from '#contract/errors';

/** What reading a run's records needs to know of it. */
export interface FoundRun {
  key: number;
  /** How its turns are written (`tables.ts`). */
  turnForm: number;
  state: string;
}

/** Throws `run_not_found` where there is none, `run_deleted` where it was deleted and can be restored. */
export function whichRun(db: Database, runId: string): FoundRun {
  const row = db
    .prepare<[string], FoundRun & { deletedAt: number | null }>(
      `SELECT key, turn_form AS turnForm, state, deleted_at AS deletedAt FROM runs WHERE id = ? AND stage = 'kept'`,
    )
    .get(runId);
  if (row === undefined) throw notFound(runId);
  const { deletedAt, ...run } = row;
  if (deletedAt === null) return run;
  throw new CrosstalkError({
    kind: 'not_found',
    code: 'run_deleted',
    message: `The run ${runId} was deleted: restore it (crosstalk runs restore ${runId}) to look at it.`,
  });
}

/** There is no such run. */
export function notFound(runId: string): CrosstalkError {
  return new CrosstalkError({
    kind: 'not_found',
    code: 'run_not_found',
    message: `There is no run ${runId} in the history; it may have been removed.`,
  });
}
