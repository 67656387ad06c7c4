/** The run that is asked about, and where its times begin. */
import type { Database } from 'better-sqlite3';
import type { SqlValue } from '../columns.ts';

/** Stamps are whole microseconds on the run's clock, as the tables have them. */
export class ReviewedRun {
  readonly key: number;
  readonly turnForm: number;
  readonly #db: Database;
  #startAt: number | null = null;
  #warmUpEnd: number | null = null;

  constructor(db: Database, found: { key: number; turnForm: number }) {
    this.#db = db;
    this.key = found.key;
    this.turnForm = found.turnForm;
  }

  /** Stamp of the start of the load: what the first second counts from. */
  get startAt(): number {
    if (this.#startAt !== null) return this.#startAt;
    const first = this.#db
      .prepare<[number], { t: number; at: number }>(
        'SELECT t, at FROM samples WHERE run = ? ORDER BY n LIMIT 1',
      )
      .get(this.key);
    this.#startAt = first === undefined ? 0 : Math.round((first.at - first.t * 1000) * 1000);
    return this.#startAt;
  }

  /** Stamp of a moment in seconds since the start of the load. */
  stampOf(seconds: number): number {
    return this.startAt + Math.round(seconds * 1e6);
  }

  /**
   * Calls that began before this stamp are of the warm-up and stay out of the latencies, as their turns do. A run that
   * does not say how long its warm-up was has at least that of its turns.
   */
  get warmUpEnd(): number {
    this.#warmUpEnd ??= this.#findWarmUpEnd();
    return this.#warmUpEnd;
  }

  #findWarmUpEnd(): number {
    const said = this.#db
      .prepare<[number], { s: number | null }>(
        `SELECT json_extract(summary, '$.warm_up_s') AS s FROM runs WHERE key = ?`,
      )
      .get(this.key);
    if (typeof said?.s === 'number') return this.stampOf(said.s);
    const last = this.#db
      .prepare<[number], { at: number | null }>(
        `SELECT max(started_at) AS at FROM turns WHERE run = ? AND excluded = 'warm_up'`,
      )
      .get(this.key);
    return typeof last?.at === 'number' ? last.at + 1 : Number.MIN_SAFE_INTEGER;
  }
}

/** What rows of one run must fulfil, as SQL with its values. */
export class Conditions {
  readonly #clauses: string[] = ['r.run = ?'];
  readonly values: SqlValue[];
  readonly run: number;

  constructor(run: number) {
    this.run = run;
    this.values = [run];
  }

  add(clause: string, ...values: SqlValue[]): void {
    this.#clauses.push(clause);
    this.values.push(...values);
  }

  /** The numbered text of a column is exactly this one. */
  is(column: string, text: string): void {
    this.add(`r.${column} IN (SELECT id FROM texts WHERE run = ? AND text = ?)`, this.run, text);
  }

  /** One of these columns has the text in it; upper and lower case are the same. */
  has(columns: readonly string[], text: string): void {
    const within = `IN (SELECT id FROM texts WHERE run = ? AND text LIKE ? ESCAPE '\\')`;
    const pattern = `%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
    this.add(
      `(${columns.map((column) => `r.${column} ${within}`).join(' OR ')})`,
      ...columns.flatMap(() => [this.run, pattern]),
    );
  }

  /** Whether there is none but the run itself. */
  get all(): boolean {
    return this.#clauses.length === 1;
  }

  get sql(): string {
    return this.#clauses.join(' AND ');
  }
}

/** How many rows there are. Numbers within a run have no gaps, so that the last one is the count of all. */
export function countOf(db: Database, table: 'turns' | 'calls' | 'errors', where: Conditions): number {
  const what = where.all ? 'max(r.seq)' : 'count(*)';
  const row = db
    .prepare<SqlValue[], { n: number | null }>(`SELECT ${what} AS n FROM ${table} r WHERE ${where.sql}`)
    .get(...where.values);
  return row?.n ?? 0;
}
