/** Answers what is asked about the requests of a run; what comes out is checked by whoever asked. */
import type { Database } from 'better-sqlite3';
import type { RequestQuery } from '#contract/api/requests';
import type { CheckRow, KeptRequest, RequestBy } from '#contract/requests';
import type { SqlValue } from '../columns.ts';
import { ReviewedRun } from '../review/run.ts';
import { parseJson } from '../rows.ts';
import { readRequests, type RequestPage } from './list.ts';
import { countChecks, countRequests } from './summary.ts';
import { periodsOf, stepsOf } from './values.ts';

type FindRun = (runId: string) => { key: number; turnForm: number };

/** Which contents. */
export interface KeptQuery {
  runId: string;
  why?: KeptRequest['why'] | undefined;
  offset: number;
  limit: number;
}

export class RequestReader {
  readonly #db: Database;
  readonly #find: FindRun;

  constructor(db: Database, find: FindRun) {
    this.#db = db;
    this.#find = find;
  }

  plan(runId: string): unknown {
    const { key } = this.#find(runId);
    return { steps: stepsOf(this.#db, key), periods: periodsOf(this.#db, key) };
  }

  list({ runId, ...query }: RequestQuery): RequestPage {
    return readRequests(this.#db, this.#run(runId), { runId, ...query });
  }

  /** As the end of the run had it; without an end, or of one period, counted from the requests. */
  summary({ runId, by, period }: { runId: string; by: RequestBy; period?: string | undefined }): unknown {
    const run = this.#run(runId);
    if (period !== undefined) return countRequests(this.#db, run, { by, period });
    const kept = this.#column(run, 'request_breakdowns');
    if (typeof kept === 'object' && kept !== null && by in kept)
      return Object.entries(kept).find(([name]) => name === by)?.[1];
    return countRequests(this.#db, run, { by });
  }

  /** As the summary has them; without one, as far as the requests tell. */
  checks(runId: string): unknown {
    const run = this.#run(runId);
    const summary = this.#column(run, 'summary');
    if (typeof summary !== 'object' || summary === null) return countChecks(this.#db, run);
    return 'checks' in summary ? summary.checks : ([] satisfies CheckRow[]);
  }

  /** Newest first. */
  kept({ runId, why, offset, limit }: KeptQuery): { total: number; requests: unknown[] } {
    const { key } = this.#find(runId);
    const where = why === undefined ? 'run = ?' : 'run = ? AND why = ?';
    const values: SqlValue[] = why === undefined ? [key] : [key, why];
    const total = this.#db
      .prepare<SqlValue[], { n: number }>(`SELECT count(*) AS n FROM kept_requests WHERE ${where}`)
      .get(...values);
    const requests = this.#db
      .prepare<SqlValue[], { data: string }>(
        `SELECT data FROM kept_requests WHERE ${where} ORDER BY id DESC LIMIT ? OFFSET ?`,
      )
      .all(...values, limit, offset);
    return { total: total?.n ?? 0, requests: requests.map(({ data }) => parseJson(data)) };
  }

  /** null: its contents were not kept. */
  one(runId: string, id: number): unknown {
    const row = this.#db
      .prepare<[number, number], { data: string }>('SELECT data FROM kept_requests WHERE run = ? AND id = ?')
      .get(this.#find(runId).key, id);
    return row === undefined ? null : parseJson(row.data);
  }

  #run(runId: string): ReviewedRun {
    return new ReviewedRun(this.#db, this.#find(runId));
  }

  #column({ key }: ReviewedRun, column: 'request_breakdowns' | 'summary'): unknown {
    const row = this.#db
      .prepare<[number], { text: string | null }>(`SELECT ${column} AS text FROM runs WHERE key = ?`)
      .get(key);
    return parseJson(row?.text ?? null);
  }
}
