/** Writes runs: one transaction per request, and every item of it may arrive twice. */
import type { Database, Statement } from 'better-sqlite3';
import type { z } from 'zod';
import { CrosstalkError } from '#contract/errors';
import { KeptRequest } from '#contract/requests';
import { CallRecord, ErrorRecord, Sample, TurnRecord } from '#contract/run';
import type { RecordTable, SqlValue } from './columns.ts';
import type { NewRun, WriteItem } from './messages.ts';
import type { Owner } from './owner.ts';
import { storedRequests, TakenRequests } from './requests/taken.ts';
import { RequestWriter } from './requests/writer.ts';
import { encodeSample, insertSampleSql } from './samples.ts';
import { SeriesWriter } from './series.ts';
import { callTable, errorTable, newestTurnForm, turnTable } from './tables.ts';
import { TextNumbers } from './texts.ts';
import { trendOf } from './trends.ts';

type BatchItem = Extract<WriteItem, { kind: 'batch' }>;
type FinishItem = Pick<
  Extract<WriteItem, { kind: 'finish' }>,
  'summary' | 'histograms' | 'breakdowns' | 'requests'
>;
type Written = { refused: number; reason: string | null };

/** What is remembered of a run while this process writes it. */
interface OpenRun {
  key: number;
  turnForm: number;
  texts: TextNumbers;
  next: { turns: number; calls: number; errors: number };
  /** Epoch milliseconds of its last write. */
  touchedAt: number;
}

/** The writing side of the database. */
export class RunWriter {
  readonly #db: Database;
  readonly #owner: Owner;
  readonly #open = new Map<string, OpenRun>();
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #series: SeriesWriter;
  readonly #requests: RequestWriter;

  constructor(db: Database, owner: Owner) {
    this.#db = db;
    this.#owner = owner;
    this.#statements = prepareStatements(db);
    this.#series = new SeriesWriter(db);
    this.#requests = new RequestWriter(db);
  }

  /** Writes all items or, when it throws, none. Records that are not what they should be are left out and counted. */
  write(runId: string, items: Iterable<WriteItem>, now = Date.now()): Written {
    const written: Written = { refused: 0, reason: null };
    try {
      const finished = this.#db
        .transaction(() => {
          let ended = false;
          for (const item of items) {
            ended ||= item.kind === 'finish';
            if (item.kind === 'create') this.#create(item.run, now);
            else if (item.kind === 'batch') this.#batch(this.#run(runId, now), item, written);
            else if (item.kind === 'notice') {
              this.#statements.notice.run(this.#run(runId, now).key, item.n, item.at, item.message);
            } else if (item.kind === 'series') {
              this.#series.write(this.#run(runId, now).key, item.begun, item.points);
            } else this.#finish(this.#run(runId, now), item);
          }
          return ended;
        })
        .immediate();
      if (finished) this.forget(runId);
    } catch (thrown) {
      // Numbers given out within the transaction are void.
      this.forget(runId);
      throw thrown;
    }
    return written;
  }

  /** Writes what another process, which lives no more, had left; the run does not become this process's own. */
  takeIn(runId: string, items: Iterable<WriteItem>): Written {
    return new RunWriter(this.#db, { ...this.#owner, started: 'ended' }).write(runId, items);
  }

  /** Tells other processes that the owner of the runs it is writing still lives. A locked or full file is no reason to fail. */
  heartbeat(now = Date.now()): void {
    for (const run of this.#open.values()) {
      if (now - run.touchedAt < 1000) continue;
      try {
        this.#statements.heartbeat.run(now, run.key);
        run.touchedAt = now;
      } catch {
        return;
      }
    }
  }

  /** It is written no more: from now on its owner need not show that it lives. */
  forget(runId: string): void {
    const run = this.#open.get(runId);
    if (run !== undefined) this.#requests.forget(run.key);
    this.#open.delete(runId);
  }

  #create(run: NewRun, now: number): void {
    const { host, pid, started } = this.#owner;
    this.#statements.create.run(
      run.id, run.name, run.scenario, run.environment, Math.round(run.startedAt), run.plannedMs, run.seed,
      run.clock.baseNs, run.clock.epochMs, host, pid, started, now,
      JSON.stringify(run.tags), JSON.stringify(run.origin), JSON.stringify(run.applied), run.scenarioYaml,
      run.environmentYaml ?? null, jsonOf(run.steps), jsonOf(run.periods),
    ); // prettier-ignore
  }

  #run(runId: string, now: number): OpenRun {
    const known = this.#open.get(runId);
    if (known !== undefined) {
      known.touchedAt = now;
      return known;
    }
    const found = this.#statements.key.get(runId);
    if (found === undefined) {
      throw new CrosstalkError({
        kind: 'not_found',
        code: 'run_not_found',
        message: `There is no run ${runId} in the history.`,
      });
    }
    const { key, turn_form: turnForm } = found;
    const next = (table: string) =>
      (this.#db
        .prepare<[number], { seq: number | null }>(`SELECT max(seq) AS seq FROM ${table} WHERE run = ?`)
        .get(key)?.seq ?? 0) + 1;
    const run: OpenRun = {
      key,
      turnForm,
      texts: new TextNumbers(this.#db, key),
      next: { turns: next('turns'), calls: next('calls'), errors: next('errors') },
      touchedAt: now,
    };
    this.#open.set(runId, run);
    return run;
  }

  #batch(run: OpenRun, { n, batch }: BatchItem, written: Written): void {
    const last = this.#statements.batches.get(run.key)?.batches ?? 0;
    if (n <= last) return;
    const sample = accept(Sample, batch.sample, written);
    if (sample !== null) this.#statements.sample.run(run.key, n, ...encodeSample(sample));
    for (const raw of batch.turns) {
      const turn = accept(TurnRecord, raw, written);
      if (turn !== null) insert(this.#statements.turn, turnTable(run.turnForm), run, run.next.turns++, turn);
    }
    for (const raw of batch.calls) {
      const call = accept(CallRecord, raw, written);
      if (call !== null) insert(this.#statements.call, callTable, run, run.next.calls++, call);
    }
    for (const raw of batch.errors) {
      const error = accept(ErrorRecord, raw, written);
      if (error !== null) insert(this.#statements.error, errorTable, run, run.next.errors++, error);
    }
    for (const raw of batch.requests ?? []) {
      const taken = accept(TakenRequests, raw, written);
      if (taken !== null) this.#requests.write(run.key, storedRequests(taken));
    }
    for (const raw of batch.kept ?? []) {
      const kept = accept(KeptRequest, raw, written);
      if (kept !== null) this.#requests.keep(run.key, kept);
    }
    this.#statements.progress.run({
      key: run.key,
      n,
      now: run.touchedAt,
      duration: sample === null ? null : sample.t * 1000,
      active: sample?.active ?? 0,
      ok: sample?.turnsOk ?? 0,
      failed: sample?.turnsFailed ?? 0,
      errors: sample === null ? 0 : Object.values(sample.errors).reduce((sum, count) => sum + count, 0),
      ttfaP50: sample?.ttfa.p50 ?? null,
      ttfaP95: sample?.ttfa.p95 ?? null,
      bargeInP95: sample?.bargeIn.p95 ?? null,
      requestsOk: sample?.requestsOk ?? 0,
      requestsFailed: sample?.requestsFailed ?? 0,
      requestP95: sample?.request.p95 ?? null,
    });
  }

  #finish(run: OpenRun, { summary, histograms, breakdowns, requests }: FinishItem): void {
    this.#statements.finish.run({
      key: run.key,
      duration: summary.duration_s * 1000,
      verdict: summary.verdict,
      trusted: summary.trusted ? 1 : 0,
      ended: summary.ended,
      errors: Object.values(summary.counts.errors).reduce((sum, count) => sum + count, 0),
      ok: summary.counts.turns_ok,
      failed: summary.counts.turns_failed,
      success: summary.rates.turn_success,
      ttfaP50: summary.metrics.ttfa.p50,
      ttfaP95: summary.metrics.ttfa.p95,
      bargeInP95: summary.metrics.barge_in.p95,
      trend: JSON.stringify(trendOf(this.#db, run.key, 'ttfa_p95')),
      requestTrend: JSON.stringify(trendOf(this.#db, run.key, 'request_p95')),
      summary: JSON.stringify(summary),
      breakdowns: jsonOf(breakdowns),
      requests: summary.counts.requests === 0 ? null : jsonOf(requests),
      requestsOk: summary.counts.requests - summary.counts.requests_failed,
      requestsFailed: summary.counts.requests_failed,
      requestP95: summary.metrics.request.p95,
      requestSuccess: summary.rates.request_success,
      perSecond: summary.requests_per_second,
    });
    for (const [name, data] of Object.entries(histograms)) {
      this.#statements.histogram.run(run.key, name, Buffer.from(data, 'base64'));
    }
  }
}

const jsonOf = (value: unknown) => (value === undefined ? null : JSON.stringify(value));

function accept<S extends z.ZodType>(schema: S, raw: unknown, written: Written): z.output<S> | null {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  written.refused += 1;
  const issue = parsed.error.issues[0];
  written.reason ??= issue === undefined ? 'unreadable' : `${issue.path.join('.')}: ${issue.message}`;
  return null;
}

function insert<T extends object>(
  statement: Statement<SqlValue[]>,
  table: RecordTable<T>,
  run: OpenRun,
  seq: number,
  record: T,
): void {
  statement.run(run.key, seq, ...table.encode(record, run.texts));
}

function prepareStatements(db: Database) {
  return {
    create: db.prepare<SqlValue[]>(
      `INSERT INTO runs (id, name, scenario, environment, started_at, planned_ms, seed, clock_base_ns, clock_epoch_ms,
         owner_host, owner_pid, owner_started, heartbeat_at, tags, origin, applied, scenario_yaml,
         environment_yaml, steps, periods, turn_form, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${newestTurnForm}, 'running') ON CONFLICT (id) DO NOTHING`,
    ),
    key: db.prepare<[string], { key: number; turn_form: number }>(
      'SELECT key, turn_form FROM runs WHERE id = ?',
    ),
    batches: db.prepare<[number], { batches: number }>('SELECT batches FROM runs WHERE key = ?'),
    sample: db.prepare<SqlValue[]>(insertSampleSql),
    turn: db.prepare<SqlValue[]>(turnTable(newestTurnForm).insertSql),
    call: db.prepare<SqlValue[]>(callTable.insertSql),
    error: db.prepare<SqlValue[]>(errorTable.insertSql),
    // An owner that writes lives, whatever another process believed when it heard nothing for a while.
    progress: db.prepare<Record<string, SqlValue>>(
      `UPDATE runs SET batches = :n, heartbeat_at = :now, duration_ms = coalesce(:duration, duration_ms),
         peak_calls = max(peak_calls, :active), turns_ok = turns_ok + :ok, turns_failed = turns_failed + :failed,
         errors = errors + :errors, ttfa_p50 = coalesce(:ttfaP50, ttfa_p50), ttfa_p95 = coalesce(:ttfaP95, ttfa_p95),
         barge_in_p95 = coalesce(:bargeInP95, barge_in_p95), requests_ok = requests_ok + :requestsOk,
         requests_failed = requests_failed + :requestsFailed, request_p95 = coalesce(:requestP95, request_p95),
         state = iif(state = 'cut_off', 'running', state), ttfa_trend = iif(state = 'cut_off', NULL, ttfa_trend), request_trend = iif(state = 'cut_off', NULL, request_trend)
       WHERE key = :key`,
    ),
    finish: db.prepare<Record<string, SqlValue>>(
      `UPDATE runs SET state = 'finished', duration_ms = :duration, verdict = :verdict, trusted = :trusted, ended = :ended,
         errors = :errors, turns_ok = :ok, turns_failed = :failed, turn_success = :success, ttfa_p50 = :ttfaP50,
         ttfa_p95 = :ttfaP95, barge_in_p95 = :bargeInP95, ttfa_trend = :trend, request_trend = :requestTrend, summary = :summary,
         breakdowns = :breakdowns, request_breakdowns = :requests, requests_ok = :requestsOk,
         requests_failed = :requestsFailed, request_p95 = :requestP95, request_success = :requestSuccess,
         requests_per_second = :perSecond
       WHERE key = :key`,
    ),
    histogram: db.prepare<[number, string, Buffer]>(
      'INSERT INTO histograms (run, name, data) VALUES (?, ?, ?) ON CONFLICT (run, name) DO UPDATE SET data = excluded.data',
    ),
    notice: db.prepare<SqlValue[]>(
      'INSERT INTO notices (run, n, at, message) VALUES (?, ?, ?, ?) ON CONFLICT (run, n) DO NOTHING',
    ),
    heartbeat: db.prepare<[number, number]>('UPDATE runs SET heartbeat_at = ? WHERE key = ?'),
  };
}
