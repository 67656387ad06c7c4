/** The history as the database's worker thread keeps it: writes go through a recorder of each run, questions straight to the worker. */
import { dirname } from 'node:path';
import type { Retention } from '#contract/api/history';
import type { CallQuery, RunEdit, TurnQuery } from '#contract/api/runs';
import { fail, ok, type Result } from '#contract/errors';
import type { LatencyMetric } from '#contract/metrics';
import type { BreakdownBy } from '#contract/review';
import type { ComparisonVerdict, RunMarker, RunRow } from '#contract/run';
import type { SeriesInfo, SeriesPoint } from '#contract/series';
import type { RunBatch, RunOutcome } from '#engine/run';
import { asking, type Ask } from './asking.ts';
import { backup } from './backup.ts';
import { countRecords, countRequests } from './backlog.ts';
import type { DatabaseConnection } from './connection.ts';
import { databaseCalls, type NewRun, type WriteItem } from './database/messages.ts';
import type { HeatMapQuery, History, HistoryNotice, HistoryOptions, SampleRange } from './history.ts';
import { importRun } from './importRun.ts';
import { maskBatch, maskRun, maskSeries, maskSummary } from './maskedRecords.ts';
import { maskText } from './masking.ts';
import type { ImportedRecord } from './records.ts';
import { recorderDefaults, RunRecorder, type RecorderOptions } from './recorder.ts';
import { removeChosen } from './removal.ts';
import { writeSpill } from './spill.ts';

/** Who is told what of a history; made before its connection, which tells of changes by other processes. */
export class HistoryListeners {
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

/** A history whose file is open, or is being tried for; see {@link History} for what each question gives. */
export class WorkerHistory implements History {
  readonly #connection: DatabaseConnection;
  readonly #listeners: HistoryListeners;
  readonly #file: string;
  readonly #options: RecorderOptions;
  readonly #recorders = new Map<string, RunRecorder>();
  #lateNotices = 0;
  readonly #read: Ask;
  readonly #change: Ask;

  constructor(
    connection: DatabaseConnection,
    listeners: HistoryListeners,
    { file, recorder }: HistoryOptions,
  ) {
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

  values(runId: string, metric: LatencyMetric, step?: string): Promise<Result<Float64Array>> {
    return this.#read(databaseCalls.values, { runId, metric, step });
  }

  requestPlan(runId: string) {
    return this.#read(databaseCalls.requestPlan, { runId });
  }

  requestSummary(query: Parameters<History['requestSummary']>[0]) {
    return this.#read(databaseCalls.requestSummary, query);
  }

  requestChecks(runId: string) {
    return this.#read(databaseCalls.requestChecks, { runId });
  }

  requestList(query: Parameters<History['requestList']>[0]) {
    return this.#read(databaseCalls.requestList, query);
  }

  requestsKept(query: Parameters<History['requestsKept']>[0]) {
    return this.#read(databaseCalls.requestsKept, query);
  }

  requestKept(runId: string, id: number) {
    return this.#read(databaseCalls.requestKept, { runId, id });
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
    const requests = countRequests(items);
    const all = `${items.filter((item) => item.kind === 'batch').length} s with ${countRecords(items)} turns, calls and errors${requests === 0 ? '' : ` and ${requests} requests`}`;
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
