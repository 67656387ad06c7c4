/** Every run this machine has kept: written while it goes on, read back afterwards. */
import type { z } from 'zod';
import type { Retention } from '#contract/api/history';
import type { RequestQuery } from '#contract/api/requests';
import type { CallQuery, ErrorGroup, RunEdit, TurnQuery } from '#contract/api/runs';
import type { ExportedRequests } from '#contract/exported';
import type { LatencyMetric } from '#contract/metrics';
import type { CheckRow, KeptRequest, RequestBy, RequestRecord, RequestRow } from '#contract/requests';
import type { AudioReview, BreakdownBy, BreakdownRow, ConnectionReview, HeatMap } from '#contract/review';
import type {
  CallRecord,
  ComparisonVerdict,
  ErrorRecord,
  RunDetail,
  RunMarker,
  RunRow,
  Sample,
  TurnRecord,
} from '#contract/run';
import type { RunSeries, SeriesInfo, SeriesPoint } from '#contract/series';
import type { Result } from '#contract/errors';
import { fail, ok } from '#contract/errors';
import type { RunBatch, RunOutcome } from '#engine/run';
import type { ConnectionOptions } from './connection.ts';
import { DatabaseConnection } from './connection.ts';
import type { NewRun } from './database/messages.ts';
import type { DatabaseFacts, ImportedRecord, SummarisedRun } from './records.ts';
import type { RecorderOptions } from './recorder.ts';
import { HistoryListeners, WorkerHistory } from './workerHistory.ts';

export type { NewRun } from './database/messages.ts';

/** Something the operator should know about the history of a run. */
export interface HistoryNotice {
  runId: string;
  message: string;
}

/** Which seconds of a run; in seconds since the start of the load. */
export interface SampleRange {
  atMost?: number | undefined;
  fromS?: number | undefined;
  toS?: number | undefined;
}

/** Which part of a run's values is looked at, and how finely; the stretch in seconds since the start of the load. */
export interface HeatMapQuery {
  runId: string;
  metric: LatencyMetric;
  /** Most columns. */
  columns: number;
  rows: number;
  fromS?: number | undefined;
  toS?: number | undefined;
}

/**
 * Writing never waits and never fails: what the database does not take is kept in memory and tried again, and a
 * notice says so. Reading answers with a result.
 */
export interface History {
  createRun(run: NewRun): void;
  /** Records one second of a run. */
  append(runId: string, batch: RunBatch): void;
  /** Keeps a notice with its run. */
  notice(runId: string, message: string): void;
  /** Records the end of a run and waits, within a bound, until everything of it is written; fails with what is not. */
  finishRun(runId: string, outcome: RunOutcome): Promise<Result<void>>;
  /** Newest first. */
  list(query: { limit: number }): Promise<Result<RunRow[]>>;
  get(runId: string): Promise<Result<RunDetail>>;
  /** One row of the list. */
  row(runId: string): Promise<Result<RunRow>>;
  /** Seconds are merged when there are more than `atMost`. */
  samples(runId: string, within?: SampleRange): Promise<Result<Sample[]>>;
  turns(query: TurnQuery): Promise<Result<{ total: number; turns: TurnRecord[] }>>;
  calls(query: CallQuery): Promise<Result<{ total: number; calls: CallRecord[] }>>;
  /** Errors counted by kind, most frequent first. */
  errors(runId: string): Promise<Result<ErrorGroup[]>>;
  /** Final histograms as the engine gave them, by name. */
  histograms(runId: string): Promise<Result<Record<string, string>>>;
  /** Takes a run off the list for `restore`, or for good after a week; one that is going on is refused. */
  remove(runId: string): Promise<Result<void>>;
  restore(runId: string): Promise<Result<RunRow>>;
  /** Runs that were removed long enough ago, or whose recordings nobody needs any more: they are gone for good now. */
  purge(olderThanMs: number): Promise<Result<string[]>>;
  edit(runId: string, edit: RunEdit): Promise<Result<RunRow>>;
  setBaseline(runId: string, baseline: boolean): Promise<Result<RunRow>>;
  /** The run that runs of this scenario and environment are compared with. */
  baselineOf(scenario: string, environment: string): Promise<Result<string | null>>;
  /** Keeps how a run stands to its baseline. */
  setComparison(
    runId: string,
    found: { baselineId: string; verdict: ComparisonVerdict; sentence: string },
  ): Promise<Result<void>>;
  addMarker(runId: string, marker: Omit<RunMarker, 'id'>): Promise<Result<RunMarker>>;
  removeMarker(runId: string, id: number): Promise<Result<void>>;
  /** Takes in what was sampled beside a run that goes on; like `append` it never waits and never fails. */
  appendSeries(runId: string, begun: readonly SeriesInfo[], points: readonly SeriesPoint[]): void;
  series(runId: string): Promise<Result<RunSeries[]>>;
  errorList(query: {
    runId: string;
    kind?: string | undefined;
    offset: number;
    limit: number;
  }): Promise<Result<{ total: number; errors: ErrorRecord[] }>>;
  /** Every connection of one call. */
  connectionsOf(runId: string, callId: string): Promise<Result<CallRecord[]>>;
  /** What percentiles are made of; empty where a run has only histograms. `step`: of requests of that name alone. */
  values(runId: string, metric: LatencyMetric, step?: string): Promise<Result<Float64Array>>;
  /** Every step of a run, as its requests name them, and its periods. */
  requestPlan(runId: string): Promise<Result<Pick<ExportedRequests, 'steps' | 'periods'>>>;
  /** As the end of the run had it; before that, and of one period, counted from the requests. */
  requestSummary(query: {
    runId: string;
    by: RequestBy;
    period?: string | undefined;
  }): Promise<Result<RequestRow[]>>;
  requestChecks(runId: string): Promise<Result<CheckRow[]>>;
  requestList(
    query: z.input<typeof RequestQuery>,
  ): Promise<Result<{ total: number; requests: RequestRecord[] }>>;
  /** Requests whose contents were kept, newest first. */
  requestsKept(query: {
    runId: string;
    why?: KeptRequest['why'] | undefined;
    offset: number;
    limit: number;
  }): Promise<Result<{ total: number; requests: KeptRequest[] }>>;
  /** One request's contents; null: they were not kept. */
  requestKept(runId: string, id: number): Promise<Result<KeptRequest | null>>;
  breakdown(runId: string, by: BreakdownBy): Promise<Result<BreakdownRow[]>>;
  heatMap(query: HeatMapQuery): Promise<Result<HeatMap>>;
  connections(runId: string): Promise<Result<ConnectionReview>>;
  audio(runId: string): Promise<Result<AudioReview>>;
  /** Finished runs of a scenario, newest first. */
  summaries(query: {
    scenario: string;
    environment?: string | undefined;
    last: number;
  }): Promise<Result<SummarisedRun[]>>;
  /** Scenarios that were run, the last run first. */
  scenarios(): Promise<Result<{ scenario: string; environments: string[]; runs: number }[]>>;
  /** Keeps a run that was made elsewhere; it is seen only once all of it is there. */
  importRun(record: ImportedRecord, signal?: AbortSignal): Promise<Result<RunRow>>;
  facts(): Promise<Result<DatabaseFacts>>;
  /** Writes a consistent copy while runs may go on. */
  backup(file: string, onProgress: (done: number) => void, signal: AbortSignal): Promise<Result<number>>;
  prunePlan(rule: Retention): Promise<Result<{ runs: RunRow[]; bytes: number; kept: number }>>;
  /** Removes these runs for good, but for those that are starred, a baseline, or going on; the ids that are gone. */
  prune(runIds: readonly string[]): Promise<Result<string[]>>;
  /** Called with the run that was created, finished or removed here, or null when another process changed something. */
  onChange(listener: (runId: string | null) => void): () => void;
  onNotice(listener: (notice: HistoryNotice) => void): () => void;
  /** Called when the database took longer than it should for one request. */
  onSlow(listener: (name: string, ms: number) => void): () => void;
  /** What the operator should know of the history as a whole: why its file is not open yet, what could not be taken in. */
  notices(): readonly string[];
  /**
   * One last attempt to write what is still kept, then the file is closed. What could not be written goes into a file
   * beside it, which is taken in when the history is opened next; a notice says so. Fails with what is lost.
   */
  close(): Promise<Result<void>>;
}

/**
 * With `keepTrying` a history that is locked, full or does not answer when it is opened counts as opened: it takes runs
 * in, bounded, and writes them once it can; reading fails until then.
 */
export interface HistoryOptions extends ConnectionOptions {
  recorder?: Partial<RecorderOptions>;
}

/** Opens the history in `options.file`, creating it when it is missing. Fails with the reason when it cannot be used. */
export async function openHistory(options: HistoryOptions): Promise<Result<History>> {
  const listeners = new HistoryListeners();
  const connection = new DatabaseConnection(options, {
    onChanged: () => listeners.change.forEach((listener) => listener(null)),
    onSlow: (name, ms) => listeners.slow.forEach((listener) => listener(name, ms)),
  });
  const opened = await connection.opened();
  if (opened.ok) return ok(new WorkerHistory(connection, listeners, options));
  const { error } = opened;
  // A sentence of its own already.
  if (error.code === 'newer_history') return opened;
  return fail(
    'unavailable',
    'history_unavailable',
    `The history ${options.file} cannot be opened: ${error.message}.`,
    {
      cause: error,
    },
  );
}
