/** What is said about a run: its name, note, star and tags, whether it is a baseline, how it stands to one, its markers. */
import type { Database } from 'better-sqlite3';
import { CrosstalkError } from '#contract/errors';
import type { RunEdit } from '#contract/api/runs';
import type { ComparisonVerdict, RunMarker } from '#contract/run';
import type { SqlValue } from './columns.ts';
import { whichRun } from './whichRun.ts';

/** Most markers of one run. */
const mostMarkers = 1000;

/** Writes them; what is left out of an edit stays. Every method throws what `whichRun` throws. */
export class RunMarks {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  edit(runId: string, edit: RunEdit): void {
    const { key } = whichRun(this.#db, runId);
    const { name, note, tags, starred } = edit;
    const changes: [column: string, value: SqlValue][] = [];
    if (name !== undefined) changes.push(['name', name]);
    if (note !== undefined) changes.push(['note', note], ['noted', note.trim() === '' ? 0 : 1]);
    if (tags !== undefined) changes.push(['tags', JSON.stringify([...new Set(tags)])]);
    if (starred !== undefined) changes.push(['starred', starred ? 1 : 0]);
    if (changes.length === 0) return;
    const columns = changes.map(([column]) => `${column} = ?`).join(', ');
    this.#db
      .prepare<SqlValue[]>(`UPDATE runs SET ${columns} WHERE key = ?`)
      .run(...changes.map(([, value]) => value), key);
  }

  /** One run is the baseline of its scenario and environment; the former is none any more. Refused while it goes on. */
  setBaseline(runId: string, baseline: boolean): void {
    const { key, state } = whichRun(this.#db, runId);
    if (!baseline) {
      this.#db.prepare<[number]>('DELETE FROM baselines WHERE run = ?').run(key);
      return;
    }
    if (state === 'running') {
      throw new CrosstalkError({
        kind: 'conflict',
        code: 'run_in_progress',
        message: `The run ${runId} is still going on: let it end before it becomes a baseline.`,
      });
    }
    this.#db
      .prepare<[number]>(
        `INSERT INTO baselines (scenario, environment, run) SELECT scenario, environment, key FROM runs WHERE key = ?
         ON CONFLICT (scenario, environment) DO UPDATE SET run = excluded.run`,
      )
      .run(key);
  }

  baselineOf(scenario: string, environment: string): string | null {
    const row = this.#db
      .prepare<[string, string], { id: string }>(
        `SELECT r.id FROM baselines b JOIN runs r ON r.key = b.run
         WHERE b.scenario = ? AND b.environment = ? AND r.stage = 'kept' AND r.deleted_at IS NULL`,
      )
      .get(scenario, environment);
    return row?.id ?? null;
  }

  setComparison(
    runId: string,
    found: { baselineId: string; verdict: ComparisonVerdict; sentence: string },
  ): void {
    const { key } = whichRun(this.#db, runId);
    this.#db
      .prepare<SqlValue[]>(
        `INSERT INTO comparisons (run, baseline, verdict, sentence) VALUES (?, ?, ?, ?)
         ON CONFLICT (run) DO UPDATE SET baseline = excluded.baseline, verdict = excluded.verdict, sentence = excluded.sentence`,
      )
      .run(key, found.baselineId, found.verdict, found.sentence);
  }

  addMarker(runId: string, marker: Omit<RunMarker, 'id'>): RunMarker {
    const { key } = whichRun(this.#db, runId);
    return this.#db
      .transaction(() => {
        const { last, count } = this.#db
          .prepare<[number], { last: number | null; count: number }>(
            'SELECT max(id) AS last, count(*) AS count FROM markers WHERE run = ?',
          )
          .get(key) ?? { last: null, count: 0 };
        if (count >= mostMarkers) {
          throw new CrosstalkError({
            kind: 'refused',
            code: 'too_many_markers',
            message: `The run ${runId} has ${mostMarkers} markers, which is the most: remove one before adding another.`,
          });
        }
        const id = (last ?? 0) + 1;
        insertMarker(this.#db, key, { ...marker, id });
        return { ...marker, id };
      })
      .immediate();
  }

  removeMarker(runId: string, id: number): void {
    const { key } = whichRun(this.#db, runId);
    const { changes } = this.#db
      .prepare<[number, number]>('DELETE FROM markers WHERE run = ? AND id = ?')
      .run(key, id);
    if (changes > 0) return;
    throw new CrosstalkError({
      kind: 'not_found',
      code: 'marker_not_found',
      message: `The run ${runId} has no marker ${id}; it may have been removed in another window.`,
    });
  }
}

/** A marker whose number is known. */
export function insertMarker(db: Database, key: number, marker: RunMarker): void {
  db.prepare<SqlValue[]>('INSERT INTO markers (run, id, t, kind, text) VALUES (?, ?, ?, ?, ?)').run(
    key,
    marker.id,
    marker.t,
    marker.kind,
    marker.text,
  );
}
