/** Every run this machine has kept: written while it goes on, read back afterwards. */
import { dirname } from 'node:path';
import type { Retention } from '#contract/api/history';
import type { CallQuery, ErrorGroup, RunEdit, TurnQuery } from '#contract/api/runs';
import type { LatencyMetric } from '#contract/metrics';
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
import { asking, type Ask } from './asking.ts';
import type { ConnectionOptions } from './connection.ts';
import { DatabaseConnection } from './connection.ts';
import type { NewRun, WriteItem } from './database/messages.ts';
import { databaseCalls } from './database/messages.ts';
import { countRecords } from './backlog.ts';
import { backup } from './backup.ts';
import { importRun } from './importRun.ts';
import { maskBatch, maskRun, maskSeries, maskSummary } from './maskedRecords.ts';
import { maskText } from './masking.ts';
import type { DatabaseFacts, ImportedRecord, SummarisedRun } from './records.ts';
import { removeChosen } from './removal.ts';
import type { RecorderOptions } from './recorder.ts';
import { recorderDefaults, RunRecorder } from './recorder.ts';
import { writeSpill } from './spill.ts';

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
  /** What percentiles are made of; empty where a run has only histograms. */
  values(runId: string, metric: LatencyMetric): Promise<Result<Float64Array>>;
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
  const listeners = new Listeners();
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

class Listeners {
  readonly change = new Set<(runId: string | null) => void>();
  readonly notice = new Set<(notice: HistoryNotice) => void>();
  readonly slow = new Set<(name: string, ms: number) => void>();
}

function subscribe<T>(set: Set<T>, listener: T): () => void {
  set.add(listener);
  return () => set.delete(listener);
}

/** Numbers of notices go on from here once a run is written; those before are its recorder's. */
const firstLateNotice = 1_000_000;

class WorkerHistory implements History {
  readonly #connection: DatabaseConnection;
  readonly #listeners: Listeners;
  readonly #file: string;
  readonly #options: RecorderOptions;
  readonly #recorders = new Map<string, RunRecorder>();
  #lateNotices = 0;
  readonly #read: Ask;
  readonly #change: Ask;

  constructor(connection: DatabaseConnection, listeners: Listeners, { file, recorder }: HistoryOptions) {
    this.#connection = connection;
    this.#read = asking(connection, 'read');
    this.#change = asking(connection, 'changed');
    this.#listeners = listeners;
    this.#file = file;
    this.#options = { ...recorderDefaults, ...recorder };
  }

  createRun(run: NewRun): void {
    const tell = (message: string) => {
      this.#recorders.get(run.id)?.notice(message);
      this.#tell(run.id, message);
    };
    this.#recorders.set(
      run.id,
      new RunRecorder(maskRun(run), (id, items) => this.#write(id, items), tell, this.#options),
    );
  }

  append(runId: string, batch: RunBatch): void {
    this.#recorders.get(runId)?.append(maskBatch(batch));
  }

  appendSeries(runId: string, begun: readonly SeriesInfo[], points: readonly SeriesPoint[]): void {
    this.#recorders.get(runId)?.appendSeries(begun.map(maskSeries), points);
  }

  notice(runId: string, message: string): void {
    const recorder = this.#recorders.get(runId);
    if (recorder === undefined) void this.#lateNotice(runId, maskText(message));
    else recorder.notice(maskText(message));
  }

  /** Of a run that is written already: a comparison or a webhook that failed has something to say only then. */
  async #lateNotice(runId: string, message: string): Promise<void> {
    const n = firstLateNotice + ++this.#lateNotices;
    const written = await this.#write(runId, [{ kind: 'notice', n, at: Date.now(), message }]);
    if (written.ok) this.#changed(runId);
  }

  async finishRun(runId: string, outcome: RunOutcome): Promise<Result<void>> {
    const recorder = this.#recorders.get(runId);
    if (recorder === undefined)
      return fail('not_found', 'run_not_found', `There is no run ${runId} being recorded.`);
    const result = await recorder.finish({ ...outcome, summary: maskSummary(outcome.summary) });
    if (recorder.empty) this.#recorders.delete(runId);
    return result;
  }

  list(query: { limit: number }) {
    return this.#read(databaseCalls.list, query);
  }

  get(runId: string) {
    return this.#read(databaseCalls.get, { runId });
  }

  samples(runId: string, within: SampleRange = {}) {
    return this.#read(databaseCalls.samples, { runId, ...within });
  }

  turns(query: TurnQuery) {
    return this.#read(databaseCalls.turns, query);
  }

  calls(query: CallQuery) {
    return this.#read(databaseCalls.calls, query);
  }

  errors(runId: string) {
    return this.#read(databaseCalls.errors, { runId });
  }

  histograms(runId: string) {
    return this.#read(databaseCalls.histograms, { runId });
  }

  errorList(query: Parameters<History['errorList']>[0]) {
    return this.#read(databaseCalls.errorList, query);
  }

  connectionsOf(runId: string, callId: string) {
    return this.#read(databaseCalls.connectionsOf, { runId, callId });
  }

  values(runId: string, metric: LatencyMetric): Promise<Result<Float64Array>> {
    return this.#read(databaseCalls.values, { runId, metric });
  }

  breakdown(runId: string, by: BreakdownBy) {
    return this.#read(databaseCalls.breakdown, { runId, by });
  }

  heatMap(query: HeatMapQuery) {
    return this.#read(databaseCalls.heatMap, query);
  }

  connections(runId: string) {
    return this.#read(databaseCalls.connections, { runId });
  }

  audio(runId: string) {
    return this.#read(databaseCalls.audio, { runId });
  }

  summaries(query: Parameters<History['summaries']>[0]) {
    return this.#read(databaseCalls.summaries, query);
  }

  scenarios() {
    return this.#read(databaseCalls.scenarios, null);
  }

  row(runId: string) {
    return this.#read(databaseCalls.row, { runId });
  }

  series(runId: string) {
    return this.#read(databaseCalls.series, { runId });
  }

  baselineOf(scenario: string, environment: string) {
    return this.#read(databaseCalls.baselineOf, { scenario, environment });
  }

  facts() {
    return this.#read(databaseCalls.facts, null);
  }

  prunePlan(rule: Retention) {
    return this.#read(databaseCalls.prunePlan, rule);
  }

  async remove(runId: string): Promise<Result<void>> {
    return withoutValue(await this.#tellOf(runId, this.#change(databaseCalls.remove, { runId })));
  }

  restore(runId: string) {
    return this.#tellOf(runId, this.#change(databaseCalls.restore, { runId }));
  }

  edit(runId: string, edit: RunEdit) {
    return this.#tellOf(runId, this.#change(databaseCalls.edit, { runId, edit }));
  }

  async setBaseline(runId: string, baseline: boolean): Promise<Result<RunRow>> {
    const set = await this.#tellOf(runId, this.#change(databaseCalls.setBaseline, { runId, baseline }));
    // How every other run of its scenario stands has changed with it.
    if (set.ok) this.#changed(null);
    return set;
  }

  async setComparison(
    runId: string,
    found: { baselineId: string; verdict: ComparisonVerdict; sentence: string },
  ): Promise<Result<void>> {
    const set = this.#change(databaseCalls.setComparison, { runId, ...found });
    return withoutValue(await this.#tellOf(runId, set));
  }

  addMarker(runId: string, marker: Omit<RunMarker, 'id'>) {
    return this.#tellOf(runId, this.#change(databaseCalls.addMarker, { runId, marker }));
  }

  async removeMarker(runId: string, id: number): Promise<Result<void>> {
    return withoutValue(await this.#tellOf(runId, this.#change(databaseCalls.removeMarker, { runId, id })));
  }

  purge(olderThanMs: number) {
    const deletedBefore = Date.now() - olderThanMs;
    return removeChosen(this.#change, this.#change(databaseCalls.goDeleted, { deletedBefore }));
  }

  async prune(runIds: readonly string[]): Promise<Result<string[]>> {
    const chosen = this.#change(databaseCalls.goChosen, { runIds: [...runIds] });
    const removed = await removeChosen(this.#change, chosen);
    if (removed.ok && removed.value.length > 0) this.#changed(null);
    return removed;
  }

  async importRun(record: ImportedRecord, signal?: AbortSignal): Promise<Result<RunRow>> {
    const imported = await importRun(this.#change, record, signal);
    if (imported.ok) this.#changed(imported.value.id);
    return imported;
  }

  backup(file: string, onProgress: (done: number) => void, signal: AbortSignal) {
    return backup(this.#change, file, onProgress, signal);
  }

  onChange(listener: (runId: string | null) => void): () => void {
    return subscribe(this.#listeners.change, listener);
  }

  onNotice(listener: (notice: HistoryNotice) => void): () => void {
    return subscribe(this.#listeners.notice, listener);
  }

  onSlow(listener: (name: string, ms: number) => void): () => void {
    return subscribe(this.#listeners.slow, listener);
  }

  notices(): readonly string[] {
    const { waiting, problems } = this.#connection;
    if (waiting === null) return problems;
    return [
      `The history ${this.#file} cannot be opened: ${waiting.message}. Crosstalk keeps trying; runs are kept in memory until then.`,
    ];
  }

  async close(): Promise<Result<void>> {
    const results = await Promise.all([...this.#recorders.values()].map((recorder) => this.#end(recorder)));
    this.#recorders.clear();
    await this.#connection.close();
    return results.find((result) => !result.ok) ?? ok(undefined);
  }

  /** One last attempt to write a run; what is left goes into a file of its own. */
  async #end(recorder: RunRecorder): Promise<Result<void>> {
    const { items, trouble } = await recorder.close();
    if (items.length === 0) return ok(undefined);
    const lost = (what: string, why: string) =>
      fail(
        'unavailable',
        'history_incomplete',
        `History is incomplete: ${why}; ${what} of run ${recorder.runId} are lost.`,
        trouble === null ? {} : { cause: trouble },
      );
    const reason = trouble?.message ?? 'there was no time to write it';
    const all = `${items.filter((item) => item.kind === 'batch').length} s with ${countRecords(items)} turns, calls and errors`;
    if (this.#file === ':memory:') return lost(all, reason);
    const spilled = writeSpill(dirname(this.#file), recorder.runId, items);
    if (!spilled.ok) return lost(all, `${reason}, and ${spilled.error.message}`);
    const { file, left } = spilled.value;
    const without = left === 0 ? '' : ` (without ${left} turns, calls and errors: the disk is full)`;
    this.#tell(
      recorder.runId,
      `What is not yet in the history of this run waits in ${file}${without}; Crosstalk takes it in when it starts next.`,
    );
    return left === 0 ? ok(undefined) : lost(`${left} turns, calls and errors`, 'the disk is full');
  }

  #tell(runId: string, message: string): void {
    this.#listeners.notice.forEach((listener) => listener({ runId, message }));
  }

  /** Passes an answer on; when something was changed everyone hears of the run. */
  async #tellOf<T>(runId: string, change: Promise<Result<T>>): Promise<Result<T>> {
    const changed = await change;
    if (changed.ok) this.#changed(runId);
    return changed;
  }

  async #write(runId: string, items: WriteItem[]) {
    const written = await this.#connection.ask(databaseCalls.write, { runId, items });
    if (written.ok && items.some((item) => item.kind === 'create' || item.kind === 'finish'))
      this.#changed(runId);
    return written;
  }

  #changed(runId: string | null): void {
    this.#listeners.change.forEach((listener) => listener(runId));
  }
}

function withoutValue(result: Result<unknown>): Result<void> {
  return result.ok ? ok(undefined) : result;
}
