/** Runs as lists show them. */
import type { Database } from 'better-sqlite3';
import type { SqlRow, SqlValue } from './columns.ts';
import { findCutOff, markCutOff } from './cutOff.ts';
import { trendOf, type TrendColumn } from './trends.ts';
import { notFound, whichRun } from './whichRun.ts';

/**
 * `m` is the run once more, for what the index `runs_listed` holds: the row itself has these columns behind its long
 * texts, which a list must not read.
 */
const columns = `r.key, r.id, r.name, r.scenario, r.environment, r.state, r.started_at, r.planned_ms, r.duration_ms, r.peak_calls,
  r.turns_ok, r.turns_failed, r.errors, r.ttfa_p50, r.ttfa_p95, r.barge_in_p95, r.turn_success, r.verdict, r.trusted, r.ended,
  r.tags, r.ttfa_trend, r.request_trend, m.starred, m.noted, m.source, m.requests_ok, m.requests_failed, m.request_p95, m.request_success,
  m.requests_per_second, c.baseline AS compared_with, c.verdict AS compared_verdict,
  c.sentence AS compared_sentence`;

/** Which runs are asked for: `where` and `order` are SQL on `m` (what `runs_listed` has) and `r`. */
export interface RowQuery {
  where?: string;
  values?: readonly SqlValue[];
  order?: string;
  limit?: number;
  /** Further columns of `r` that come with the raw row. */
  more?: readonly string[];
}

interface Baseline {
  id: string;
  ttfa_p95: number | null;
  request_p95: number | null;
}

/** Reads rows of the list. */
export class RunRows {
  readonly #db: Database;
  /** Runs whose owner is dead but which could not be marked so. */
  #unmarked = new Set<number>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** Runs that are neither deleted nor on their way in or out; newest first unless told otherwise. */
  find(query: RowQuery = {}): { row: Record<string, unknown>; raw: SqlRow }[] {
    const {
      where = '1',
      values = [],
      order = 'm.started_at DESC, m.key DESC',
      limit = -1,
      more = [],
    } = query;
    this.settleCutOff();
    const baselines = this.#baselines();
    return this.#db
      .prepare<SqlValue[], SqlRow>(
        `SELECT ${[columns, ...more.map((name) => `r.${name}`)].join(', ')}
         FROM runs m JOIN runs r ON r.key = m.key LEFT JOIN comparisons c ON c.run = m.key
         WHERE m.stage = 'kept' AND m.deleted_at IS NULL AND (${where}) ORDER BY ${order} LIMIT ?`,
      )
      .all(...values, limit)
      .map((raw) => ({ row: this.#row(raw, baselines), raw }));
  }

  /** One row. Throws what `whichRun` throws. */
  one(runId: string, more: readonly string[] = []): { row: Record<string, unknown>; raw: SqlRow } {
    const { key } = whichRun(this.#db, runId);
    const [found] = this.find({ where: 'm.key = ?', values: [key], more });
    if (found === undefined) throw notFound(runId);
    return found;
  }

  /** Marks the runs whose owner died. True when there were any. */
  settleCutOff(now = Date.now()): boolean {
    const found = findCutOff(this.#db, now);
    this.#unmarked = new Set();
    for (const { key, stage } of found) {
      try {
        markCutOff(this.#db, key, stage);
      } catch {
        // Locked, full or read-only: the row is shown as cut off all the same and marked another time.
        this.#unmarked.add(key);
      }
    }
    return found.some(({ stage }) => stage === 'kept');
  }

  /** `CROSS`: the few baselines first, then their runs, not the other way round. */
  #baselines(): Map<string, Baseline> {
    const rows = this.#db
      .prepare<[], Baseline & { scenario: string; environment: string }>(
        `SELECT b.scenario, b.environment, r.id, r.ttfa_p95, r.request_p95 FROM baselines b CROSS JOIN runs r ON r.key = b.run
         WHERE r.stage = 'kept' AND r.deleted_at IS NULL`,
      )
      .all();
    return new Map(rows.map((row) => [kind(row.scenario, row.environment), row]));
  }

  #row(raw: SqlRow, baselines: ReadonlyMap<string, Baseline>): Record<string, unknown> {
    const cutOff = raw.state === 'running' && typeof raw.key === 'number' && this.#unmarked.has(raw.key);
    const [ok, failed] = [Number(raw.turns_ok), Number(raw.turns_failed)];
    const requests = Number(raw.requests_ok) + Number(raw.requests_failed);
    const baseline = baselines.get(kind(raw.scenario, raw.environment));
    const isBaseline = baseline?.id === raw.id;
    return {
      id: raw.id,
      name: raw.name,
      scenario: raw.scenario,
      environment: raw.environment,
      state: cutOff ? 'cut_off' : raw.state,
      startedAt: new Date(Number(raw.started_at)).toISOString(),
      durationMs: raw.duration_ms,
      plannedMs: raw.planned_ms,
      peakCalls: raw.peak_calls,
      verdict: raw.verdict,
      trusted: trusted(raw),
      ended: raw.ended,
      ttfaP50: raw.ttfa_p50,
      ttfaP95: raw.ttfa_p95,
      bargeInP95: raw.barge_in_p95,
      turnSuccess: raw.turn_success ?? (ok + failed === 0 ? null : ok / (ok + failed)),
      ...requestFigures(raw),
      errors: raw.errors,
      tags: parseJson(raw.tags),
      ttfaTrend: parseJson(raw.ttfa_trend) ?? this.#trendSoFar(raw, 'ttfa_p95'),
      requestTrend:
        requests === 0 ? [] : (parseJson(raw.request_trend) ?? this.#trendSoFar(raw, 'request_p95')),
      starred: raw.starred === 1,
      noted: raw.noted === 1,
      source: raw.source,
      isBaseline,
      delta: baseline === undefined || isBaseline || raw.state === 'running' ? null : delta(raw, baseline),
    };
  }

  #trendSoFar({ key }: SqlRow, column: TrendColumn): (number | null)[] {
    return trendOf(this.#db, Number(key), column);
  }
}

/** Of a run that goes on, or was cut off, as far as its seconds tell. */
function requestFigures(raw: SqlRow): Record<string, unknown> {
  const [ok, ended] = [Number(raw.requests_ok), Number(raw.requests_ok) + Number(raw.requests_failed)];
  const seconds = Number(raw.duration_ms) / 1000;
  return {
    requestP95: raw.request_p95,
    requestSuccess: raw.request_success ?? (ended === 0 ? null : ok / ended),
    requestsPerSecond: raw.requests_per_second ?? (ended === 0 || seconds === 0 ? null : ended / seconds),
  };
}

/** Other tools do not say whether they kept their schedule: of their runs only distrust is known. */
function trusted({ trusted: kept, source }: SqlRow): boolean | null {
  if (kept === null) return null;
  return kept === 1 && source !== 'crosstalk' ? null : kept === 1;
}

/** How a run stands to its baseline; what was found when it was compared counts only for the baseline it was compared with. */
function delta(raw: SqlRow, baseline: Baseline): Record<string, unknown> {
  const compared = raw.compared_with === baseline.id;
  return {
    baselineId: baseline.id,
    ttfaP95: difference(raw.ttfa_p95, baseline.ttfa_p95),
    requestP95: difference(raw.request_p95, baseline.request_p95),
    verdict: compared ? raw.compared_verdict : null,
    sentence: compared ? raw.compared_sentence : null,
  };
}

const difference = (own: SqlValue | undefined, other: number | null) =>
  typeof own === 'number' && other !== null ? own - other : null;

const kind = (scenario: SqlValue | undefined, environment: SqlValue | undefined) =>
  JSON.stringify([scenario, environment]);

/** A column that holds JSON; null where it holds nothing. Whoever passes it on parses it. */
export function parseJson(value: SqlValue | undefined): unknown {
  return typeof value === 'string' ? (JSON.parse(value) as unknown) : null;
}
