/** One run: follows the load profile, merges what the workers report each second, and ends with a summary. */
import type { Ending, RunClock } from '#contract/run';
import { formatElapsed } from '#contract/quantities';
import { peakUsers, profileDurationMs, usersAt, type VuProfile } from '#contract/scenario/load';
import { Clock } from '../clock.ts';
import { RunAggregate } from '../measure/aggregate.ts';
import { TrustWatch } from '../measure/trust.ts';
import type { FromWorker, WorkerReport } from '../messages.ts';
import type { RunPlan } from '../plan.ts';
import type { RecordingPart } from '../recording/part.ts';
import type { EngineRun, RunBatch, RunListener, RunOutcome, Standing } from '../run.ts';
import type { EngineThread } from './pool.ts';
import { CoreWatch } from './cores.ts';
import { Roster } from './roster.ts';
import { secondSample, type HeardReport } from './secondSample.ts';
import { runSummary } from './summary.ts';

const scheduleEveryMs = 50;
/** Users placed at once; a crowd comes over several steps, so that reports and Ctrl-C are never kept waiting. */
const mostPerStep = 500;
const secondMs = 1000;
/** An aborted worker has this long to say goodbye. */
const doneTimeoutMs = 10_000;
const bytesPerMb = 1024 * 1024;

type Phase = 'running' | 'stopping' | 'aborting' | 'finished';

export class RunCoordinator implements EngineRun {
  readonly plan: RunPlan;
  readonly clock: RunClock;
  readonly finished: Promise<RunOutcome>;
  readonly #threads: EngineThread[];
  readonly #listener: RunListener;
  readonly #clock: Clock;
  readonly #aggregate: RunAggregate;
  readonly #trust = new TrustWatch();
  readonly #cores = new CoreWatch();
  readonly #roster: Roster;
  readonly #alive = new Set<number>();
  readonly #cpuAtStart = process.cpuUsage();
  readonly #startedAtWall = Date.now();
  #cpuLast = process.cpuUsage();
  #secondLast: number;
  #phase: Phase = 'running';
  #ending: Ending = 'completed';
  #pinned: number | null = null;
  #pinnedAt = 0;
  /** What the operator was last told of `#pinned`. */
  #pinnedTold: number | null = null;
  #stopDeadline = Number.POSITIVE_INFINITY;
  #abortedAt = Number.POSITIVE_INFINITY;
  #pending: HeardReport[] = [];
  #done = new Set<EngineThread>();
  /** Threads whose report of the current second is still to come. */
  #awaited = new Set<EngineThread>();
  #peakRss = 0;
  #asked = 0;
  #schedule: NodeJS.Timeout;
  #seconds: NodeJS.Timeout;
  #finish: (outcome: RunOutcome) => void = () => undefined;
  readonly #profile: VuProfile;

  /** The threads are prepared with the plan; the load starts now. */
  constructor(plan: RunPlan, threads: EngineThread[], listener: RunListener) {
    this.plan = plan;
    this.#threads = threads;
    this.#listener = listener;
    const { baseNs, epochMs } = tieClocks();
    this.clock = { baseNs: baseNs.toString(), epochMs };
    this.#clock = new Clock(baseNs);
    const profile = plan.loads[0]?.profile;
    if (profile?.kind !== 'users') throw new Error('This kind of load cannot be followed');
    this.#profile = profile;
    this.#aggregate = new RunAggregate(plan);
    this.#roster = new Roster(
      plan.users.map((u) => u.weight),
      threads.length,
    );
    this.finished = new Promise((resolve) => (this.#finish = resolve));
    for (const thread of threads) {
      thread.listener = (message) => this.#hear(thread, message);
      thread.send({ type: 'start', baseNs: this.clock.baseNs, epochMs });
    }
    this.#aggregate.started(this.#clock.now());
    this.#secondLast = this.#clock.now();
    this.#schedule = setInterval(() => this.#follow(), scheduleEveryMs);
    this.#seconds = setInterval(() => this.#second(), secondMs);
    this.#follow();
  }

  stop(): void {
    if (this.#phase === 'running') this.#stopGracefully('stopped');
  }

  abort(): void {
    if (this.#phase === 'finished') return;
    this.#ending = 'aborted';
    this.#cutOff();
  }

  setUsers(users: number | null): boolean {
    if (this.#phase !== 'running') return false;
    this.#pinned = users;
    this.#pinnedAt = this.#clock.now();
    this.#follow();
    return true;
  }

  standing(): Standing {
    return {
      thresholds: this.#aggregate.thresholdResults(),
      untrusted: this.#trust.reasonsSoFar(this.#aggregate.lateness, this.#clock.now()),
      users: { pinned: this.#pinned, adjustable: this.#phase === 'running' },
    };
  }

  distrust(reason: string): void {
    this.#trust.distrust(reason, this.#clock.now());
  }

  // — the load —

  #follow(): void {
    const now = this.#clock.now();
    if (this.#phase === 'running') {
      if (now >= profileDurationMs(this.#profile)) {
        this.#stopGracefully('completed');
        return;
      }
      this.#asked = this.#pinned ?? usersAt(this.#profile, now);
      this.#matchRoster(this.#asked);
      const everyoneCame = this.#pinned === null && this.#roster.size >= peakUsers(this.#profile);
      if (everyoneCame && this.#roster.size > 0 && this.#alive.size === 0) this.#stopGracefully('completed');
    } else if (this.#phase === 'stopping') {
      if (this.#alive.size === 0 || now >= this.#stopDeadline) this.#cutOff();
    } else if (this.#phase === 'aborting' && now - this.#abortedAt > doneTimeoutMs) {
      this.#end();
    }
  }

  /** At most once a second, however often the number was changed in it. */
  #tellUsers(): void {
    if (this.#pinned === this.#pinnedTold) return;
    this.#pinnedTold = this.#pinned;
    const at = formatElapsed(this.#pinnedAt);
    this.#listener.onNotice?.(
      this.#pinned === null
        ? `Users follow the load profile again since ${at}`
        : `Users set to ${this.#pinned} by hand at ${at}`,
    );
  }

  #matchRoster(asked: number): void {
    if (asked > this.#roster.size) {
      for (const [worker, users] of this.#roster.add(Math.min(mostPerStep, asked - this.#roster.size))) {
        for (const user of users) this.#alive.add(user.vu);
        this.#threads[worker]?.send({ type: 'add', users });
      }
    } else if (asked < this.#roster.size) {
      for (const [worker, vus] of this.#roster.remove(this.#roster.size - asked))
        this.#threads[worker]?.send({ type: 'remove', vus });
    }
  }

  #stopGracefully(ending: Ending): void {
    this.#phase = 'stopping';
    this.#ending = ending;
    this.#asked = 0;
    this.#stopDeadline = this.#clock.now() + this.#profile.gracefulStopMs;
    for (const thread of this.#threads) thread.send({ type: 'stop' });
  }

  #cutOff(): void {
    this.#phase = 'aborting';
    this.#asked = 0;
    this.#abortedAt = this.#clock.now();
    for (const thread of this.#threads) thread.send({ type: 'abort' });
  }

  // — what the workers say —

  #hear(thread: EngineThread, message: FromWorker): void {
    switch (message.type) {
      case 'report':
        this.#take(thread, message.report);
        this.#passOn(message.recordings);
        // The second answer of a worker that was late belongs to the next second.
        if (this.#awaited.delete(thread) && this.#awaited.size === 0) this.#tell(this.#clock.now());
        return;
      case 'user_done':
        this.#alive.delete(message.vu);
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
      case 'hello':
      case 'ready':
        return;
    }
  }

  #take(thread: EngineThread, report: WorkerReport): void {
    this.#pending.push({ worker: this.#threads.indexOf(thread), report });
    this.#aggregate.report(report);
  }

  #passOn(recordings: RecordingPart[]): void {
    if (recordings.length > 0) this.#listener.onRecording?.(recordings);
  }

  #threadEnded(thread: EngineThread): void {
    this.#done.add(thread);
    if (this.#done.size === this.#threads.length) this.#end();
  }

  #second(): void {
    const now = this.#clock.now();
    this.#tellUsers();
    this.#trust.gap(now - this.#secondLast - secondMs, now);
    // A worker that did not answer for a whole second is told without.
    if (this.#awaited.size > 0) this.#tell(now);
    if (this.#phase === 'running') {
      const failed = this.#aggregate.abortingThreshold(now);
      if (failed) {
        this.#listener.onNotice?.(
          `The run stops: ${failed.metric} ${failed.stat} is ${failed.value ?? 'not measured'}, beyond what is acceptable (${failed.acceptable}).`,
        );
        this.#stopGracefully('threshold');
      }
    }
    this.#awaited = new Set(this.#threads.filter((thread) => !this.#done.has(thread)));
    for (const thread of this.#awaited) thread.send({ type: 'report' });
  }

  #tell(now: number): void {
    const heard = this.#pending;
    this.#pending = [];
    const seconds = Math.max(0.001, (now - this.#secondLast) / 1000);
    const cpu = process.cpuUsage(this.#cpuLast);
    this.#cpuLast = process.cpuUsage();
    const rssMb = process.memoryUsage.rss() / bytesPerMb;
    this.#peakRss = Math.max(this.#peakRss, rssMb);
    const batch: RunBatch = {
      sample: secondSample(heard, {
        now,
        asked: this.#asked,
        cpu: (cpu.user + cpu.system) / 1e6 / seconds,
        rssMb,
        idleCores: this.#cores.takeIdle(),
        live: this.#aggregate.live,
      }),
      turns: heard.flatMap(({ report }) => report.turns),
      calls: heard.flatMap(({ report }) => report.calls),
      errors: heard.flatMap(({ report }) => report.errors),
    };
    this.#secondLast = now;
    if (heard.length > 0) {
      const warning = this.#trust.second(batch.sample, Date.now());
      if (warning) this.#listener.onNotice?.(warning);
    }
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
    this.#finish({
      summary: runSummary({
        plan: this.plan,
        aggregate: this.#aggregate,
        untrusted: this.#trust.reasons(this.#aggregate.lateness),
        ended: this.#ending,
        startedAt: this.#startedAtWall,
        durationMs: now,
        workers: this.#threads.length,
        cpu: process.cpuUsage(this.#cpuAtStart),
        peakRssMb: this.#peakRss,
      }),
      histograms: this.#aggregate.histograms(),
    });
  }
}

/**
 * One moment on both clocks. The wall clock has whole milliseconds, so the moment is where it changes (at most 1 ms of
 * waiting); `performance.timeOrigin` would be off after the machine has slept.
 */
function tieClocks(): { baseNs: bigint; epochMs: number } {
  const before = Date.now();
  let epochMs = before;
  while (epochMs === before) epochMs = Date.now();
  return { baseNs: process.hrtime.bigint(), epochMs };
}
