/** Reads runs back. What comes out is checked by whoever asked, against the contract. */
import type { Database } from 'better-sqlite3';
import type { SqlRow, SqlValue } from './columns.ts';
import { parseJson, type RunRows } from './rows.ts';
import { readSeries } from './series.ts';
import { whichRun } from './whichRun.ts';

const detailColumns = [
  'seed', 'clock_base_ns', 'clock_epoch_ms', 'origin', 'applied', 'summary', 'scenario_yaml', 'environment_yaml', 'note',
  'imported',
]; // prettier-ignore

/** The reading side of the database. */
export class RunReader {
  readonly #db: Database;
  readonly #rows: RunRows;

  constructor(db: Database, rows: RunRows) {
    this.#db = db;
    this.#rows = rows;
  }

  list(limit: number): Record<string, unknown>[] {
    return this.#rows.find({ limit }).map(({ row }) => row);
  }

  row(runId: string): Record<string, unknown> {
    return this.#rows.one(runId).row;
  }

  get(runId: string): Record<string, unknown> {
    const { row, raw } = this.#rows.one(runId, detailColumns);
    const key = raw.key ?? null;
    const summary = parseJson(raw.summary);
    const notices = this.#db
      .prepare<[SqlValue], { message: string }>('SELECT message FROM notices WHERE run = ? ORDER BY n')
      .all(key);
    return {
      row,
      clock: { baseNs: raw.clock_base_ns, epochMs: raw.clock_epoch_ms },
      seed: raw.seed,
      origin: parseJson(raw.origin),
      scenarioYaml: raw.scenario_yaml,
      environmentYaml: raw.environment_yaml,
      applied: parseJson(raw.applied),
      thresholds:
        typeof summary === 'object' && summary !== null && 'thresholds' in summary ? summary.thresholds : [],
      summary,
      notices: notices.map((notice) => notice.message),
      note: raw.note,
      markers: this.#db
        .prepare<[SqlValue], SqlRow>('SELECT id, t, text, kind FROM markers WHERE run = ? ORDER BY t, id')
        .all(key),
      imported: parseJson(raw.imported),
    };
  }

  histograms(runId: string): Record<string, string> {
    const rows = this.#db
      .prepare<[number], { name: string; data: Buffer }>(
        'SELECT name, data FROM histograms WHERE run = ? ORDER BY name',
      )
      .all(this.#key(runId));
    return Object.fromEntries(rows.map((row) => [row.name, row.data.toString('base64')]));
  }

  series(runId: string): Record<string, unknown>[] {
    return readSeries(this.#db, this.#key(runId));
  }

  #key(runId: string): number {
    return whichRun(this.#db, runId).key;
  }
}
