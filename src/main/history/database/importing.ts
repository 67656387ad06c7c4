/** Runs that were made elsewhere: taken in unseen, seen once all of it is there. */
import type { Database } from 'better-sqlite3';
import { CrosstalkError } from '#contract/errors';
import type { RequestBy, RequestRow } from '#contract/requests';
import type { ImportedRun, RunMarker, RunSummary } from '#contract/run';
import type { SqlValue } from './columns.ts';
import { turnPercentile } from './cutOff.ts';
import { insertMarker } from './marks.ts';
import type { NewRun } from './messages.ts';
import { trendOf } from './trends.ts';
import type { RunWriter } from './write.ts';

/** What is known of it before its batches. */
export interface ImportBegin {
  run: NewRun;
  imported: ImportedRun;
  note: string;
  markers: readonly Omit<RunMarker, 'id'>[];
  notices: readonly string[];
}

/** What is known of it after them. */
export interface ImportEnd {
  runId: string;
  summary: RunSummary | null;
  durationMs: number;
  histograms: Record<string, string>;
  requests?: Partial<Record<RequestBy, RequestRow[]>> | undefined;
}

export class RunImport {
  readonly #db: Database;
  readonly #writer: RunWriter;

  constructor(db: Database, writer: RunWriter) {
    this.#db = db;
    this.#writer = writer;
  }

  /** Its id: its own, or one that is free where that is taken. */
  begin({ run, imported, note, markers, notices }: ImportBegin): string {
    const id = this.#freeId(run.id);
    this.#db
      .transaction(() => {
        this.#writer.write(id, [{ kind: 'create', run: { ...run, id } }]);
        const key = this.#keyOf(id);
        this.#db
          .prepare<SqlValue[]>(
            `UPDATE runs SET stage = 'arriving', source = ?, imported = ?, note = ?, noted = ? WHERE key = ?`,
          )
          .run(imported.source, JSON.stringify(imported), note, note.trim() === '' ? 0 : 1, key);
        markers.forEach((marker, i) => insertMarker(this.#db, key, { ...marker, id: i + 1 }));
        this.#writer.write(
          id,
          notices.map((message, i) => ({ kind: 'notice', n: i + 1, at: run.startedAt, message })),
        );
      })
      .immediate();
    return id;
  }

  /** From now on it is seen. */
  end({ runId, summary, durationMs, histograms, requests }: ImportEnd): void {
    this.#db
      .transaction(() => {
        const key = this.#keyOf(runId);
        if (summary !== null) {
          const own = { ...summary, run_id: runId };
          this.#writer.write(runId, [{ kind: 'finish', summary: own, histograms, requests }]);
        } else this.#endWithout(key, durationMs, histograms);
        this.#db.prepare<[number]>(`UPDATE runs SET stage = 'kept' WHERE key = ?`).run(key);
      })
      .immediate();
    this.#writer.forget(runId);
  }

  /** Without a summary what the batches say must do. */
  #endWithout(key: number, durationMs: number, histograms: Record<string, string>): void {
    const of = (metric: 'ttfa' | 'barge_in', share: number) => turnPercentile(this.#db, key, metric, share);
    this.#db
      .prepare<SqlValue[]>(
        `UPDATE runs SET state = 'finished', duration_ms = ?, ttfa_trend = ?, ttfa_p50 = ?, ttfa_p95 = ?, barge_in_p95 = ?
         WHERE key = ?`,
      )
      .run(
        durationMs,
        JSON.stringify(trendOf(this.#db, key, 'ttfa_p95')),
        of('ttfa', 0.5),
        of('ttfa', 0.95),
        of('barge_in', 0.95),
        key,
      );
    const keep = this.#db.prepare<[number, string, Buffer]>(
      'INSERT INTO histograms (run, name, data) VALUES (?, ?, ?)',
    );
    for (const [name, data] of Object.entries(histograms)) keep.run(key, name, Buffer.from(data, 'base64'));
  }

  #keyOf(id: string): number {
    const found = this.#db
      .prepare<[string], { key: number }>(`SELECT key FROM runs WHERE id = ? AND stage <> 'going'`)
      .get(id);
    if (found !== undefined) return found.key;
    throw new CrosstalkError({
      kind: 'unavailable',
      code: 'import_lost',
      message: `What was imported of run ${id} was removed meanwhile: import it again.`,
    });
  }

  #freeId(wanted: string): string {
    const taken = this.#db.prepare<[string], { key: number }>('SELECT key FROM runs WHERE id = ?');
    if (taken.get(wanted) === undefined) return wanted;
    for (let n = 2; ; n++) {
      const id = `${wanted}-${n}`;
      if (taken.get(id) === undefined) return id;
    }
  }
}
