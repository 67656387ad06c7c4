/** Deleting runs: off every list at first, to be restored; then for good, a bounded part at a time so that writing goes on. */
import type { Database } from 'better-sqlite3';
import { CrosstalkError } from '#contract/errors';
import type { Retention } from '#contract/api/history';
import type { SqlValue } from './columns.ts';
import type { RunRows } from './rows.ts';
import { notFound, whichRun } from './whichRun.ts';

/** One step takes about so long; a row is a few microseconds. */
const stepMs = 15;
const rowsAtOnce = 500;
/** A row of these may be some hundred kilobytes. */
const largeRowsAtOnce = 16;
const largeRows: ReadonlySet<string> = new Set(['requests', 'kept_requests']);
const pagesAtOnce = 500;
const dayMs = 24 * 60 * 60 * 1000;

/** What a run consists of beside its row, largest first, by what its rows are counted. */
const parts = [
  ['requests', 'first_id'],
  ['kept_requests', 'id'],
  ['turns', 'seq'],
  ['calls', 'seq'],
  ['errors', 'seq'],
  ['texts', 'id'],
  ['samples', 'n'],
  ['series_points', 'id, t_ms'],
] as const;

/** Bytes that a row of these tables takes with its indexes, about (`npm run bench:history`). */
const rowBytes = { run: 15_000, turns: 180, calls: 150, errors: 40, samples: 600 };

/** Never removed by a rule: starred ones, baselines, and what goes on. */
const spared = `(m.starred = 1 OR EXISTS (SELECT 1 FROM baselines b WHERE b.run = m.key))`;

export class RunRemoval {
  readonly #db: Database;
  readonly #rows: RunRows;
  /** Free pages are given back until so many are left: those a writer used meanwhile are no reason to go on for ever. */
  #vacuum = 0;

  readonly #last;

  constructor(db: Database, rows: RunRows) {
    this.#db = db;
    this.#rows = rows;
    this.#last = db.prepare<
      [number],
      Record<'turns' | 'calls' | 'errors' | 'samples' | 'requests' | 'kept', number | null>
    >(
      `SELECT (SELECT max(seq) FROM turns WHERE run = r.key) AS turns, (SELECT max(seq) FROM calls WHERE run = r.key) AS calls,
         (SELECT max(seq) FROM errors WHERE run = r.key) AS errors, (SELECT max(n) FROM samples WHERE run = r.key) AS samples,
         (SELECT sum(length(data)) FROM requests WHERE run = r.key) AS requests,
         (SELECT sum(length(data)) FROM kept_requests WHERE run = r.key) AS kept
       FROM runs r WHERE r.key = ?`,
    );
  }

  /** Off every list. Refuses a run that is still going on. */
  remove(runId: string, now = Date.now()): void {
    this.#rows.settleCutOff();
    const { key, state } = whichRun(this.#db, runId);
    if (state === 'running') {
      throw new CrosstalkError({
        kind: 'conflict',
        code: 'run_in_progress',
        message: `The run ${runId} is still going on: stop it before removing it.`,
      });
    }
    this.#db.prepare<[number, number]>('UPDATE runs SET deleted_at = ? WHERE key = ?').run(now, key);
  }

  /** Back on the lists; of a run that was not deleted nothing changes. */
  restore(runId: string): void {
    const { changes } = this.#db
      .prepare<[string]>(`UPDATE runs SET deleted_at = NULL WHERE id = ? AND stage = 'kept'`)
      .run(runId);
    if (changes === 0) throw notFound(runId);
  }

  /** Runs that were deleted before `deletedBefore` go for good, and what an earlier program did not finish removing. Their ids. */
  goDeleted(deletedBefore: number): string[] {
    this.#rows.settleCutOff();
    return this.#db
      .transaction(() => {
        this.#db
          .prepare<[number]>(`UPDATE runs SET stage = 'going' WHERE stage = 'kept' AND deleted_at < ?`)
          .run(deletedBefore);
        return this.#going();
      })
      .immediate();
  }

  /** These runs go for good, but for those that are spared or going on. The ids of those that go. */
  goChosen(runIds: readonly string[]): string[] {
    this.#rows.settleCutOff();
    const one = this.#db.prepare<[string]>(
      `UPDATE runs AS m SET stage = 'going' WHERE id = ? AND stage = 'kept' AND state <> 'running' AND NOT ${spared}`,
    );
    return this.#db.transaction(() => runIds.filter((id) => one.run(id).changes > 0)).immediate();
  }

  /** Nothing stays of a run that was being imported. */
  drop(runId: string): void {
    this.#db
      .prepare<[string]>(
        `UPDATE runs SET stage = 'going', state = 'cut_off' WHERE id = ? AND stage = 'arriving'`,
      )
      .run(runId);
  }

  /** Removes a bounded part of what goes, then gives a bounded part of the free space back. Whether there is more. */
  goOn(): boolean {
    const next = this.#db
      .prepare<[], { key: number }>(`SELECT key FROM runs WHERE stage = 'going' LIMIT 1`)
      .get();
    if (next !== undefined) {
      this.#removePart(next.key);
      this.#vacuum = Number.MAX_SAFE_INTEGER;
      return true;
    }
    const free = this.#free();
    if (free === 0 || free >= this.#vacuum) {
      // Only then does the file become smaller; where another program reads it, a little later.
      if (this.#vacuum > 0) this.#db.pragma('wal_checkpoint(TRUNCATE)');
      this.#vacuum = 0;
      return false;
    }
    this.#vacuum = free;
    this.#db.pragma(`incremental_vacuum(${pagesAtOnce})`);
    return true;
  }

  /** What a rule would remove: a run stays when either part of the rule keeps it. */
  prunePlan(
    rule: Retention,
    now = Date.now(),
  ): { runs: Record<string, unknown>[]; bytes: number; kept: number } {
    const { olderThanDays, keepNewest } = rule;
    if (olderThanDays === null && keepNewest === null) return { runs: [], bytes: 0, kept: 0 };
    const conditions = [`r.state <> 'running'`];
    const values: SqlValue[] = [];
    if (olderThanDays !== null) {
      conditions.push('m.started_at < ?');
      values.push(now - olderThanDays * dayMs);
    }
    if (keepNewest !== null) {
      conditions.push(
        `m.key NOT IN (SELECT key FROM runs WHERE stage = 'kept' AND deleted_at IS NULL ORDER BY started_at DESC, key DESC LIMIT ?)`,
      );
      values.push(keepNewest);
    }
    const where = conditions.join(' AND ');
    const going = this.#rows.find({ where: `${where} AND NOT ${spared}`, values });
    const kept = this.#rows.find({ where: `${where} AND ${spared}`, values });
    const bytes = going.reduce((sum, { raw }) => sum + this.#bytesOf(Number(raw.key)), 0);
    return { runs: going.map(({ row }) => row), bytes, kept: kept.length };
  }

  #going(): string[] {
    return this.#db
      .prepare<[], { id: string }>(`SELECT id FROM runs WHERE stage = 'going'`)
      .all()
      .map(({ id }) => id);
  }

  #free(): number {
    return Number(this.#db.pragma('freelist_count', { simple: true }));
  }

  #removePart(key: number): void {
    const until = performance.now() + stepMs;
    for (const [table, number] of parts) {
      const some = this.#db.prepare<[number, number, number]>(
        `DELETE FROM ${table} WHERE run = ? AND (${number}) IN (SELECT ${number} FROM ${table} WHERE run = ? LIMIT ?)`,
      );
      const atOnce = largeRows.has(table) ? largeRowsAtOnce : rowsAtOnce;
      for (;;) {
        const { changes } = some.run(key, key, atOnce);
        if (changes < atOnce) break;
        if (performance.now() > until) return;
      }
    }
    this.#db.prepare<[number]>('DELETE FROM runs WHERE key = ?').run(key);
  }

  /** What a run takes in the file, about: the numbers within a run have no gaps, so that the last one is the count of all. */
  #bytesOf(key: number): number {
    const last = this.#last.get(key);
    if (last === undefined) return 0;
    const { turns, calls, errors, samples, requests, kept } = last;
    return (
      rowBytes.run +
      (turns ?? 0) * rowBytes.turns +
      (calls ?? 0) * rowBytes.calls +
      (errors ?? 0) * rowBytes.errors +
      (samples ?? 0) * rowBytes.samples +
      (requests ?? 0) +
      (kept ?? 0)
    );
  }
}
