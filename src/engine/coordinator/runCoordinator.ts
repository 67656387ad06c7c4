/** One run: follows its loads, merges what the workers report each second, and ends with a summary. */
import type { BreakdownBy, BreakdownRow } from '#contract/review';
import type { CheckRow, RequestBy, RequestRow, StageResult } from '#contract/requests';
import type { Ending, RunClock } from '#contract/run';
import { formatElapsed } from '#contract/quantities';
import { Clock } from '../clock.ts';
import { RunAggregate } from '../measure/aggregate.ts';
import { TrustWatch } from '../measure/trust.ts';
import type { FromWorker, RequestReport, ToWorker, WorkerReport } from '../messages.ts';
import type { RunPlan } from '../plan.ts';
import type { RecordingPart } from '../recording/part.ts';
import { slowestOf } from '../recording/remembered.ts';
import type { EngineRun, RunListener, RunOutcome, Standing } from '../run.ts';
import type { EngineThread } from './pool.ts';
import { Loads } from './load/loads.ts';
import { Seconds } from './seconds.ts';
import { Stages } from './stages.ts';
import { runOutcome } from './summary.ts';
import { tieClocks } from './tieClocks.ts';

const scheduleEveryMs = 50;
const secondMs = 1000;
/** An aborted worker has this long to say goodbye. */
const doneTimeoutMs = 10_000;
/** `excluded` of requests of set-up and tear-down. */
const notOfTheLoad = 2;
/** A run without a thread has no stage either. */
const nobody: EngineThread = { send: () => undefined, listener: null, terminate: () => Promise.resolve() };
const stoppedDuringSetUp = 'the run was stopped during its set-up';

type Phase = 'setup' | 'running' | 'stopping' | 'teardown' | 'aborting' | 'finished';

export class RunCoordinator implements EngineRun {
  readonly plan: RunPlan;
  readonly clock: RunClock;
  readonly finished: Promise<RunOutcome>;
  readonly #threads: EngineThread[];
  readonly #listener: RunListener;
  readonly #clock: Clock;
  readonly #aggregate: RunAggregate;
  readonly #trust = new TrustWatch();
  /** null: set-up goes on. */
  #loads: Loads | null = null;
  readonly #stages: Stages;
  readonly #reports: Seconds;
  /** Stamps of the load's beginning and end. */
  #loadAt = 0;
  #loadEndedAt: number | null = null;
  /** When what is open of a set-up that was stopped is cut off. */
  #stageDeadline = Number.POSITIVE_INFINITY;
  /** Why the load did not begin; null: it did. */
  #notBegun: string | null = null;
  readonly #cpuAtStart = process.cpuUsage();
  readonly #startedAtWall = Date.now();
  #phase: Phase = 'running';
  #ending: Ending = 'completed';
  #pinnedAt = 0;
  /** What the operator was last told of the users that were set by hand. */
  #pinnedTold: number | null = null;
  #abortedAt = Number.POSITIVE_INFINITY;
  readonly #slowest: RecordingPart[] = [];
  #done = new Set<EngineThread>();
  #schedule: NodeJS.Timeout;
  #seconds: NodeJS.Timeout;
  #finish: (outcome: RunOutcome) => void = () => undefined;

  /** The threads are prepared with the plan; the load starts now. */
  constructor(plan: RunPlan, threads: EngineThread[], listener: RunListener) {
    this.plan = plan;
    this.#threads = threads;
    this.#listener = listener;
    const { baseNs, epochMs } = tieClocks();
    this.clock = { baseNs: baseNs.toString(), epochMs };
    this.#clock = new Clock(baseNs);
    // A search judges each number of calls by itself, from the moment its users have come.
    const isSearch = plan.loads.some(({ profile }) => profile.kind === 'breaking-point');
    this.#aggregate = new RunAggregate(isSearch ? { ...plan, warmUpMs: 0 } : plan);
    this.#stages = new Stages(plan, threads[0] ?? nobody, {
      begins: (stage, name) =>
        this.#listener.onNotice?.(`${stage === 'setup' ? 'Set-up' : 'Tear-down'}: ${name}`),
      ended: (result, report) => this.#stageEnded(result, report),
    });
    this.#reports = new Seconds(plan, threads, this.#clock.now());
    this.finished = new Promise((resolve) => (this.#finish = resolve));
    for (const thread of threads) {
      thread.listener = (message) => this.#hear(thread, message);
      thread.send({ type: 'start', baseNs: this.clock.baseNs, epochMs });
    }
    this.#schedule = setInterval(() => this.#follow(), scheduleEveryMs);
    this.#seconds = setInterval(() => this.#second(), secondMs);
    if (this.#stages.has('setup')) void this.#setUp();
    else this.#begin();
  }

  async #setUp(): Promise<void> {
    this.#phase = 'setup';
    const problem = await this.#stages.run('setup');
    const phase = this.#phaseNow;
    if (phase === 'stopping') this.#afterStoppedSetUp();
    if (phase !== 'setup') return;
    if (problem === null) {
      for (const thread of this.#threads)
        thread.send({ type: 'variables', variables: this.#stages.variables });
      this.#begin();
      return;
    }
    this.#ending = 'stopped';
    this.#doesNotBegin(`the set-up failed: ${problem}`);
    this.#tearDown();
  }

  /** Others change it while something is awaited. */
  get #phaseNow(): Phase {
    return this.#phase;
  }

  #doesNotBegin(why: string): void {
    this.#notBegun = why;
    this.#listener.onNotice?.(`The load does not begin, because ${why.replace(/\.?$/, '.')}`);
  }

  #afterStoppedSetUp(): void {
    if (this.#stages.haveAsked) {
      this.#tearDown();
      return;
    }
    this.#leaveTearDownOut('the set-up had not asked for anything');
    this.#cutOff();
  }

  #leaveTearDownOut(why: string): void {
    if (this.#stages.has('teardown')) this.#listener.onNotice?.(`The tear-down is left out, because ${why}.`);
  }

  /** The load begins now. */
  #begin(): void {
    const { plan } = this;
    this.#phase = 'running';
    this.#loadAt = this.#stages.has('setup') ? this.#clock.now() : 0;
    this.#reports.lastAt = this.#clock.now();
    this.#aggregate.started(this.#stages.has('setup') ? this.#loadAt : this.#clock.now());
    const loads = plan.loads.map((load) => ({ ...load, startAfterMs: load.startAfterMs + this.#loadAt }));
    const send = (worker: number, message: ToWorker) => this.#threads[worker]?.send(message);
    this.#loads = new Loads({ ...plan, loads }, this.#threads.length, send);
    for (const thread of this.#threads) thread.send({ type: 'load', shares: this.#loads.shares });
    this.#follow();
  }

  #stageEnded(result: StageResult, report: RequestReport): void {
    // What belongs to a stage is told, but is no part of the load.
    report.requests?.excluded.fill(notOfTheLoad);
    this.#reports.takeRequests(report);
    this.#listener.onStage?.(result);
  }

  /** What comes after the load: tear-down, if there is one, then the end. */
  #tearDown(): void {
    this.#loadEndedAt ??= this.#clock.now();
    if (!this.#stages.has('teardown')) {
      this.#cutOff();
      return;
    }
    this.#phase = 'teardown';
    void this.#stages.run('teardown').then((problem) => {
      if (problem !== null) this.#listener.onNotice?.(`The tear-down failed: ${problem}`);
      if (this.#phase === 'teardown') this.#cutOff();
    });
  }

  stop(): void {
    if (this.#phase === 'setup') this.#stopSetUp();
    else if (this.#phase === 'running') this.#endLoads('stopped');
  }

  /** What is open may end, as it may of a load. */
  #stopSetUp(): void {
    this.#phase = 'stopping';
    this.#ending = 'stopped';
    const bound = Math.max(0, ...this.plan.loads.map(({ profile }) => profile.gracefulStopMs));
    this.#stageDeadline = this.#clock.now() + bound;
    this.#doesNotBegin(stoppedDuringSetUp);
    this.#stages.stop();
  }

  /** What a stage has begun is cut off; there is no tear-down then, because it would go on beside it. */
  #giveUpStages(): void {
    if (this.#phase === 'setup') this.#notBegun = stoppedDuringSetUp;
    if (this.#phase !== 'teardown') this.#leaveTearDownOut('the run was cut off before it');
    this.#stages.giveUp();
  }

  abort(): void {
    if (this.#phase === 'finished') return;
    this.#ending = 'aborted';
    this.#giveUpStages();
    this.#cutOff();
  }

  setUsers(users: number | null): boolean {
    if (this.#phase !== 'running' || this.#loads?.pin(users) !== true) return false;
    this.#pinnedAt = this.#clock.now();
    this.#follow();
    return true;
  }

  standing(): Standing {
    const search = this.#loads?.search ?? null;
    const untrusted = this.#trust.reasonsSoFar(this.#aggregate.lateness, this.#clock.now());
    return {
      thresholds: search?.thresholdsSoFar() ?? this.#aggregate.thresholdsNow(),
      untrusted: search?.untrustedSoFar() ?? untrusted,
      users: this.#loads?.control ?? { pinned: null, adjustable: false },
      breakingPoint: search?.result() ?? null,
    };
  }

  breakdown(by: BreakdownBy): BreakdownRow[] {
    return this.#aggregate.breakdown(by);
  }

  requests(by: RequestBy, period?: string): RequestRow[] {
    return this.#aggregate.requests?.rows(by, period) ?? [];
  }

  checks(): CheckRow[] {
    return this.#aggregate.requests?.checks() ?? [];
  }

  distrust(reason: string): void {
    const now = this.#clock.now();
    this.#trust.distrust(reason, now);
    this.#loads?.search?.distrust(reason, now);
  }

  // — the load —

  #follow(): void {
    const now = this.#clock.now();
    if (this.#phase === 'aborting') {
      if (now - this.#abortedAt > doneTimeoutMs) this.#end();
      return;
    }
    if (this.#loads === null && this.#phase === 'stopping' && now > this.#stageDeadline) {
      this.#stageDeadline = Number.POSITIVE_INFINITY;
      this.#stages.cut();
    }
    if (this.#loads === null || (this.#phase !== 'running' && this.#phase !== 'stopping')) return;
    this.#loads.follow(now);
    if (this.#loads.state !== 'running') this.#phase = 'stopping';
    if (this.#loads.state === 'over') this.#tearDown();
  }

  /** At most once a second, however often the number was changed in it. */
  #tellUsers(): void {
    const pinned = this.#loads?.control.pinned ?? null;
    if (pinned === this.#pinnedTold) return;
    this.#pinnedTold = pinned;
    const at = formatElapsed(this.#pinnedAt - this.#loadAt);
    this.#listener.onNotice?.(
      pinned === null
        ? `Users follow the load profile again since ${at}`
        : `Users set to ${pinned} by hand at ${at}`,
    );
  }

  #endLoads(ending: Ending): void {
    this.#phase = 'stopping';
    this.#ending = ending;
    this.#loads?.end(this.#clock.now());
  }

  #cutOff(): void {
    this.#phase = 'aborting';
    this.#abortedAt = this.#clock.now();
    this.#loadEndedAt ??= this.#abortedAt;
    this.#loads?.end(this.#abortedAt);
    for (const thread of this.#threads) thread.send({ type: 'abort' });
  }

  // — what the workers say —

  #hear(thread: EngineThread, message: FromWorker): void {
    switch (message.type) {
      case 'report':
        this.#take(thread, message.report);
        this.#passOn(message.recordings);
        if (this.#reports.answered(thread)) this.#tell(this.#clock.now());
        return;
      case 'user_done':
        this.#loads?.gone(message.vu);
        return;
      case 'done':
        this.#take(thread, message.report);
        this.#passOn(message.recordings);
        this.#threadEnded(thread);
        return;
      case 'boot_error':
      case 'crashed':
        this.#trust.distrust(`an engine thread failed (${message.message})`, this.#clock.now());
        this.#listener.onNotice?.(`An engine thread failed and its calls are lost: ${message.message}`);
        this.#ending = 'crashed';
        this.#threadEnded(thread);
        if (this.#phase !== 'aborting') this.#cutOff();
        return;
      case 'stage_done':
        this.#stages.hear(message);
        return;
      case 'hello':
      case 'ready':
        return;
    }
  }

  #take(thread: EngineThread, report: WorkerReport): void {
    const worker = this.#threads.indexOf(thread);
    // Before the report is passed on: what began during the warm-up is marked in it.
    this.#aggregate.report(report);
    this.#reports.take(thread, report);
    this.#loads?.search?.report(worker, report);
  }

  /** The slowest calls are those of all threads together: they wait until every thread has told its own. */
  #passOn(recordings: RecordingPart[]): void {
    const now = recordings.filter(({ why }) => why !== 'slowest');
    this.#slowest.push(...recordings.filter(({ why }) => why === 'slowest'));
    if (now.length > 0) this.#listener.onRecording?.(now);
  }

  #threadEnded(thread: EngineThread): void {
    this.#done.add(thread);
    if (this.#done.size === this.#threads.length) this.#end();
  }

  #second(): void {
    const now = this.#clock.now();
    this.#tellUsers();
    for (const text of this.#loads?.news() ?? []) this.#listener.onNotice?.(text);
    const gap = now - this.#reports.lastAt - secondMs;
    this.#trust.gap(gap, now);
    this.#loads?.search?.gap(gap, now);
    if (this.#loads === null) {
      this.#reports.lastAt = now;
      return;
    }
    // A worker that did not answer for a whole second is told without.
    if (this.#reports.waiting) this.#tell(now);
    // A search is to find out where its thresholds fail.
    if (this.#phase === 'running' && this.#loads.search === null) {
      const failed = this.#aggregate.abortingThreshold(now - this.#loadAt);
      if (failed) {
        this.#listener.onNotice?.(
          `The run stops: ${failed.metric} ${failed.stat} is ${failed.value ?? 'not measured'}, beyond what is acceptable (${failed.acceptable}).`,
        );
        this.#endLoads('threshold');
      }
    }
    const going = this.#threads.filter((thread) => !this.#done.has(thread));
    this.#reports.ask(going, this.#loads.search?.openSince ?? null);
  }

  #tell(now: number): void {
    const arrivals = this.#loads?.takeArrivals() ?? { asked: 0, dropped: 0 };
    this.#aggregate.arrivals(arrivals.asked, arrivals.dropped, now);
    this.#aggregate.second(now);
    const { live } = this.#aggregate;
    const asked = this.#loads?.asked ?? 0;
    const { batch, heard } = this.#reports.end({ now, loadAt: this.#loadAt, asked, arrivals, live });
    if (heard) {
      const wallMs = Date.now();
      const warning = this.#trust.second(batch.sample, wallMs);
      this.#loads?.search?.second(batch.sample, wallMs);
      if (warning) this.#listener.onNotice?.(warning);
    }
    const search = this.#loads?.search ?? null;
    if (search !== null) this.#listener.onSearch?.(search.result());
    this.#listener.onBatch?.(batch);
  }

  // — the end —

  #end(): void {
    if (this.#phase === 'finished') return;
    this.#phase = 'finished';
    clearInterval(this.#schedule);
    clearInterval(this.#seconds);
    for (const thread of this.#threads) thread.listener = null;
    const now = this.#clock.now();
    this.#tellUsers();
    this.#tell(now);
    if (this.#slowest.length > 0) this.#listener.onRecording?.(slowestOf(this.#slowest));
    this.#finish(
      runOutcome({
        plan: this.plan,
        aggregate: this.#aggregate,
        untrusted: this.#trust.reasons(this.#aggregate.lateness),
        arrivals: this.#loads?.arrivals() ?? null,
        search: this.#loads?.search ?? null,
        stages: this.#stages.results,
        notBegun: this.#notBegun,
        ended: this.#ending,
        startedAt: this.#startedAtWall,
        durationMs: Math.max(0, (this.#loadEndedAt ?? now) - this.#loadAt),
        workers: this.#threads.length,
        cpu: process.cpuUsage(this.#cpuAtStart),
        peakRssMb: this.#reports.peakRssMb,
      }),
    );
  }
}
