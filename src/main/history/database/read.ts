/** Reads runs back. What comes out is checked by whoever asked, against the contract. */
import type { Database } from 'better-sqlite3';
import type { CallQuery, TurnQuery } from '#contract/api/runs';
import { CrosstalkError } from '#contract/errors';
import { trend } from '../trend.ts';
import type { SqlRow, SqlValue } from './columns.ts';
import { findCutOff, markCutOff } from './cutOff.ts';
import { readCalls } from './review/calls.ts';
import { decodeSample, selectSamplesSql } from './samples.ts';
import { turnTable } from './tables.ts';
import { textOf } from './texts.ts';

const rowColumns = `key, id, name, scenario, environment, state, started_at, planned_ms, duration_ms, peak_calls, turns_ok,
  turns_failed, errors, ttfa_p50, ttfa_p95, barge_in_p95, turn_success, verdict, trusted, ended, tags, ttfa_trend`;

/** The reading side of the database. */
export class RunReader {
  readonly #db: Database;
  /** Runs whose owner is dead but which could not be marked so. */
  #unmarked = new Set<number>();

  constructor(db: Database) {
    this.#db = db;
  }

  list(limit: number): Record<string, unknown>[] {
    this.settleCutOff();
    return this.#db
      .prepare<[number], SqlRow>(`SELECT ${rowColumns} FROM runs ORDER BY started_at DESC, key DESC LIMIT ?`)
      .all(limit)
      .map((row) => this.#runRow(row));
  }

  get(runId: string): Record<string, unknown> {
    this.settleCutOff();
    const row = this.#db
      .prepare<[string], SqlRow>(
        `SELECT ${rowColumns}, seed, clock_base_ns, clock_epoch_ms, origin, applied, summary, scenario_yaml FROM runs WHERE id = ?`,
      )
      .get(runId);
    if (row === undefined) throw notFound(runId);
    const summary = parseJson(row.summary);
    const notices = this.#db
      .prepare<[SqlValue], { message: string }>('SELECT message FROM notices WHERE run = ? ORDER BY n')
      .all(row.key ?? null);
    return {
      row: this.#runRow(row),
      clock: { baseNs: row.clock_base_ns, epochMs: row.clock_epoch_ms },
      seed: row.seed,
      origin: parseJson(row.origin),
      scenarioYaml: row.scenario_yaml,
      applied: parseJson(row.applied),
      thresholds:
        typeof summary === 'object' && summary !== null && 'thresholds' in summary ? summary.thresholds : [],
      summary,
      notices: notices.map((notice) => notice.message),
    };
  }

  samples(runId: string): Record<string, unknown>[] {
    return this.#db.prepare<[number], SqlRow>(selectSamplesSql).all(this.#key(runId)).map(decodeSample);
  }

  turns(query: TurnQuery): { total: number; turns: Record<string, unknown>[] } {
    const { key, turnForm } = this.#run(query.runId);
    const table = turnTable(turnForm);
    const conditions = ['r.run = ?'];
    const values: SqlValue[] = [key];
    if (query.status !== undefined) {
      conditions.push('r.status = ?');
      values.push(query.status);
    }
    if (query.conversation !== undefined) {
      conditions.push('r.conversation IN (SELECT id FROM texts WHERE run = ? AND text = ?)');
      values.push(key, query.conversation);
    }
    if (query.turn !== undefined) {
      conditions.push('r.turn = ?');
      values.push(query.turn);
    }
    if (query.callId !== undefined) {
      conditions.push('r.call_id IN (SELECT id FROM texts WHERE run = ? AND text = ?)');
      values.push(key, query.callId);
    }
    const where = conditions.join(' AND ');
    const order = {
      newest: 'r.seq DESC',
      time: 'r.started_at, r.seq',
      slowest: 'r.ttfa DESC, r.seq DESC',
    }[query.order];
    // The page is found in the index alone, then its rows are read one by one: deep pages stay quick.
    const page = this.#db
      .prepare<SqlValue[], { seq: number }>(
        `SELECT seq FROM turns r WHERE ${where} ORDER BY ${order} LIMIT ? OFFSET ?`,
      )
      .all(...values, query.limit, query.offset);
    const one = this.#db.prepare<SqlValue[], SqlRow>(`${table.selectSql} WHERE r.run = ? AND r.seq = ?`);
    const rows = page.map(({ seq }) => one.get(key, seq)).filter((row) => row !== undefined);
    return { total: this.#count('turns', where, values), turns: rows.map((row) => table.decode(row)) };
  }

  calls(query: CallQuery): { total: number; calls: Record<string, unknown>[] } {
    return readCalls(this.#db, this.#key(query.runId), query);
  }

  /** Errors counted by kind, most frequent first, with the newest message of each. */
  errors(runId: string): { kind: string; count: number; firstAt: number; lastAt: number; example: string }[] {
    const key = this.#key(runId);
    const rows = this.#db
      .prepare<
        [number, number],
        { kind: string; count: number; first: number; last: number; example: string }
      >(
        `SELECT ${textOf('kind')} AS kind, g.count, g.first, g.last, ${textOf('message')} AS example
         FROM (SELECT kind, count(*) AS count, min(at) AS first, max(at) AS last, max(seq) AS newest
               FROM errors WHERE run = ? GROUP BY kind) g
         JOIN errors r ON r.run = ? AND r.seq = g.newest`,
      )
      .all(key, key);
    const groups = new Map<
      string,
      { kind: string; count: number; firstAt: number; lastAt: number; example: string }
    >();
    for (const row of rows) {
      // A kind may have got a second number when very many texts came between.
      const group = groups.get(row.kind);
      const [firstAt, lastAt] = [row.first / 1000, row.last / 1000];
      if (group === undefined) {
        groups.set(row.kind, { kind: row.kind, count: row.count, firstAt, lastAt, example: row.example });
        continue;
      }
      group.count += row.count;
      group.firstAt = Math.min(group.firstAt, firstAt);
      if (lastAt > group.lastAt) [group.lastAt, group.example] = [lastAt, row.example];
    }
    return [...groups.values()].sort((a, b) => b.count - a.count);
  }

  histograms(runId: string): Record<string, string> {
    const rows = this.#db
      .prepare<[number], { name: string; data: Buffer }>(
        'SELECT name, data FROM histograms WHERE run = ? ORDER BY name',
      )
      .all(this.#key(runId));
    return Object.fromEntries(rows.map((row) => [row.name, row.data.toString('base64')]));
  }

  /** Removes a run with everything recorded of it and gives its space back. Refuses one that is still going on. */
  remove(runId: string): null {
    this.settleCutOff();
    const row = this.#db
      .prepare<[string], { state: string }>('SELECT state FROM runs WHERE id = ?')
      .get(runId);
    if (row === undefined) throw notFound(runId);
    if (row.state === 'running') {
      throw new CrosstalkError({
        kind: 'conflict',
        code: 'run_in_progress',
        message: `The run ${runId} is still going on: stop it before removing it.`,
      });
    }
    this.#db.prepare('DELETE FROM runs WHERE id = ?').run(runId);
    this.#db.pragma('incremental_vacuum(5000)');
    return null;
  }

  /** Marks the runs whose owner died. True when there were any. */
  settleCutOff(now = Date.now()): boolean {
    const keys = findCutOff(this.#db, now);
    this.#unmarked = new Set();
    for (const key of keys) {
      try {
        markCutOff(this.#db, key);
      } catch {
        // Locked, full or read-only: the row is shown as cut off all the same and marked another time.
        this.#unmarked.add(key);
      }
    }
    return keys.length > 0;
  }

  #runRow(row: SqlRow): Record<string, unknown> {
    const state =
      row.state === 'running' && typeof row.key === 'number' && this.#unmarked.has(row.key)
        ? 'cut_off'
        : row.state;
    const [ok, failed] = [Number(row.turns_ok), Number(row.turns_failed)];
    return {
      id: row.id,
      name: row.name,
      scenario: row.scenario,
      environment: row.environment,
      state,
      startedAt: new Date(Number(row.started_at)).toISOString(),
      durationMs: row.duration_ms,
      plannedMs: row.planned_ms,
      peakCalls: row.peak_calls,
      verdict: row.verdict,
      trusted: row.trusted === null ? null : row.trusted === 1,
      ended: row.ended,
      ttfaP50: row.ttfa_p50,
      ttfaP95: row.ttfa_p95,
      bargeInP95: row.barge_in_p95,
      turnSuccess: row.turn_success ?? (ok + failed === 0 ? null : ok / (ok + failed)),
      errors: row.errors,
      tags: parseJson(row.tags),
      ttfaTrend: row.ttfa_trend === null ? this.#trendSoFar(Number(row.key)) : parseJson(row.ttfa_trend),
    };
  }

  #trendSoFar(key: number): (number | null)[] {
    const rows = this.#db
      .prepare<[number], { ttfa_p95: number | null }>('SELECT ttfa_p95 FROM samples WHERE run = ? ORDER BY n')
      .all(key);
    return trend(rows.map((row) => row.ttfa_p95));
  }

  #key(runId: string): number {
    return this.#run(runId).key;
  }

  #run(runId: string): { key: number; turnForm: number } {
    const row = this.#db
      .prepare<[string], { key: number; turnForm: number }>(
        'SELECT key, turn_form AS turnForm FROM runs WHERE id = ?',
      )
      .get(runId);
    if (row === undefined) throw notFound(runId);
    return row;
  }

  #count(table: 'turns' | 'calls', where: string, values: SqlValue[]): number {
    // Numbers within a run have no gaps, so that the last one is the count of all.
    const what = where === 'r.run = ?' ? 'max(r.seq)' : 'count(*)';
    const row = this.#db
      .prepare<SqlValue[], { n: number | null }>(`SELECT ${what} AS n FROM ${table} r WHERE ${where}`)
      .get(...values);
    return row?.n ?? 0;
  }
}

function parseJson(value: SqlValue | undefined): unknown {
  return typeof value === 'string' ? (JSON.parse(value) as unknown) : null;
}

function notFound(runId: string): CrosstalkError {
  return new CrosstalkError({
    kind: 'not_found',
    code: 'run_not_found',
    message: `There is no run ${runId} in the history; it may have been removed.`,
  });
}
