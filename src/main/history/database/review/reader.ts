/** Answers what is asked about one run or many. What comes out is checked by whoever asked, against the contract. */
import type { Database } from 'better-sqlite3';
import type { CallQuery, TurnQuery } from '#contract/api/runs';
import type { LatencyMetric } from '#contract/metrics';
import type { BreakdownBy } from '#contract/review';
import type { SqlRow, SqlValue } from '../columns.ts';
import { callTable } from '../tables.ts';
import { readAudio } from './audio.ts';
import { readBreakdown } from './breakdown.ts';
import { readCalls } from './calls.ts';
import { readConnections } from './connections.ts';
import { readErrorGroups, readErrors } from './errors.ts';
import { readHeatMap, type HeatMapQuery } from './heatMap.ts';
import { Conditions, ReviewedRun } from './run.ts';
import { readSamples, type SampleQuery } from './samples.ts';
import { readScenarios, summarisedRuns } from './scenarios.ts';
import { readTurns } from './turns.ts';
import { readValues } from './values.ts';

/** Everything about one run, as `RunReader` gives it. */
interface RunDetails {
  get(runId: string): Record<string, unknown>;
}

/** Finds the run that is asked about, or throws why it cannot be asked about. */
type FindRun = (runId: string) => { key: number; turnForm: number };

export class ReviewReader {
  readonly #db: Database;
  readonly #find: FindRun;
  readonly #runs: RunDetails;

  constructor(db: Database, find: FindRun, runs: RunDetails) {
    this.#db = db;
    this.#find = find;
    this.#runs = runs;
  }

  samples({ runId, ...query }: SampleQuery & { runId: string }) {
    return readSamples(this.#db, this.#run(runId), query);
  }

  turns(query: TurnQuery) {
    return readTurns(this.#db, this.#run(query.runId), query);
  }

  calls(query: CallQuery) {
    return readCalls(this.#db, this.#run(query.runId).key, query);
  }

  errors(runId: string) {
    return readErrorGroups(this.#db, this.#run(runId));
  }

  errorList({
    runId,
    ...query
  }: {
    runId: string;
    kind?: string | undefined;
    offset: number;
    limit: number;
  }) {
    return readErrors(this.#db, this.#run(runId), query);
  }

  /** Every connection of one call, in their order. */
  connectionsOf(runId: string, callId: string): Record<string, unknown>[] {
    const where = new Conditions(this.#run(runId).key);
    where.is('call_id', callId);
    return this.#db
      .prepare<SqlValue[], SqlRow>(`${callTable.selectSql} WHERE ${where.sql} ORDER BY r.attempt, r.seq`)
      .all(...where.values)
      .map((row) => callTable.decode(row));
  }

  values(runId: string, metric: LatencyMetric, step?: string): Float64Array {
    return readValues(this.#db, this.#run(runId), metric, step);
  }

  breakdown(runId: string, by: BreakdownBy) {
    return readBreakdown(this.#db, this.#run(runId), by);
  }

  heatMap({ runId, ...query }: HeatMapQuery & { runId: string }) {
    return readHeatMap(this.#db, this.#run(runId), query);
  }

  connections(runId: string) {
    return readConnections(this.#db, this.#run(runId));
  }

  audio(runId: string) {
    return readAudio(this.#db, this.#run(runId));
  }

  summaries(query: { scenario: string; environment?: string | undefined; last: number }) {
    return summarisedRuns(this.#db, query).map((id) => {
      const { row, summary } = this.#runs.get(id);
      return { row, summary };
    });
  }

  scenarios() {
    return readScenarios(this.#db);
  }

  #run(runId: string): ReviewedRun {
    return new ReviewedRun(this.#db, this.#find(runId));
  }
}
