/** What was sampled beside a run. */
import type { Database } from 'better-sqlite3';
import type { SeriesInfo, SeriesPoint } from '#contract/series';
import type { SqlRow, SqlValue } from './columns.ts';

/** Writes series and their values; what is there already stays, but for why a series has no values. */
export class SeriesWriter {
  readonly #begin;
  readonly #add;

  constructor(db: Database) {
    this.#begin = db.prepare<SqlValue[]>(
      `INSERT INTO series (run, id, kind, source, name, unit, problem) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (run, id) DO UPDATE SET problem = excluded.problem`,
    );
    this.#add = db.prepare<SqlValue[]>(
      'INSERT INTO series_points (run, id, t_ms, value) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
  }

  write(run: number, begun: readonly SeriesInfo[], points: readonly SeriesPoint[]): void {
    for (const { id, group, of, name, unit, problem } of begun)
      this.#begin.run(run, id, group, of, name, unit, problem ?? null);
    for (const { id, t, value } of points) this.#add.run(run, id, Math.round(t * 1000), value);
  }
}

/** The series of a run in order, each with its values in order of time. */
export function readSeries(db: Database, run: number): Record<string, unknown>[] {
  const points = db.prepare<[number, SqlValue], { t: number; value: number | null }>(
    'SELECT t_ms AS t, value FROM series_points WHERE run = ? AND id = ? ORDER BY t_ms',
  );
  return db
    .prepare<[number], SqlRow>(
      'SELECT id, kind AS "group", source AS "of", name, unit, problem FROM series WHERE run = ? ORDER BY id',
    )
    .all(run)
    .map((series) => {
      const found = points.all(run, series.id ?? null);
      return { ...series, t: found.map(({ t }) => t / 1000), values: found.map(({ value }) => value) };
    });
}
