/** Starts runs, follows them and ends them: from the engine into the history and to whoever watches. */
import { fail, ok, toAppError, type Result } from '#contract/errors';
import type { BreakdownBy, BreakdownRow } from '#contract/review';
import type { RunDetail, RunRow } from '#contract/run';
import type { RunPlan } from '#engine/plan';
import type { Engine } from '#engine/run';
import type { History } from '../history/history.ts';
import type { MachineService } from '../machine/service.ts';
import type { RecordingStore } from '../recordings/store.ts';
import { lookAhead, withinProduction } from './ahead.ts';
import type { RunCompanion } from './companion.ts';
import { Companions } from './companions.ts';
import { elapsedS } from './elapsed.ts';
import { LiveRun, type LiveRequests } from './liveRun.ts';
import type { PreparedRun } from '../scenarios/index.ts';
import { recordOf, stepsOfLoad } from './record.ts';
import { newRunId } from './runId.ts';
import { RunFollower } from './follower.ts';
import type { FinishedRun, StartedRun, StartOptions } from './started.ts';
import { surround, type Surroundings, type SurroundingsOptions } from './surroundings.ts';
import { settlesWithin } from '../settlesWithin.ts';

export interface RunServiceOptions extends SurroundingsOptions {
  engine: Engine;
  history: History;
  /** Where recorded calls are kept; without it none are recorded. */
  recordings?: RecordingStore | null;
  /** Looks at the machine before every run. */
  machine: Pick<MachineService, 'lookAhead'>;
  /** What goes along with every run; asked when one begins. */
  companions?: () => readonly RunCompanion[];
}

/** How long the end of the program waits for runs: to stop by themselves, then to be cut off. */
const closingMs = { stop: 5000, abort: 2000 };

export class RunService {
  readonly #options: RunServiceOptions;
  readonly #live = new Map<string, LiveRun>();
  readonly #finishing = new Map<string, Promise<FinishedRun>>();
  /** Users above which a run against production wants to be confirmed, where it was not. */
  readonly #unconfirmed = new Map<string, PreparedRun>();
  readonly #closed = new AbortController();
  #starting: Promise<unknown> | null = null;
  #closing = false;

  constructor(options: RunServiceOptions) {
    this.#options = options;
    options.history.onChange((runId) => void this.#tellChanged(runId));
    options.history.onNotice(({ runId, message }) => {
      this.#live.get(runId)?.addNotice(message);
      options.publish('runs', 'notice', { runId, message });
    });
  }

  /**
   * Starts a run and resolves once calls are being placed. One run at a time: a second one would share the engine's
   * threads and disturb the measurement of the first.
   */
  async start(prepared: PreparedRun, options: StartOptions = {}): Promise<Result<StartedRun>> {
    if (this.#closing)
      return fail('refused', 'closing', 'Crosstalk is closing; start it again to run something.');
    const which = this.goingOn();
    if (which !== null) {
      return fail(
        'conflict',
        'run_in_progress',
        `${which}: stop it or let it end first, two at once would disturb each other's measurement.`,
      );
    }
    const starting = this.#start(prepared, options);
    this.#starting = starting;
    try {
      return await starting;
    } finally {
      this.#starting = null;
    }
  }

  /** Which run is going on or just starting, in words; null when none is. */
  goingOn(): string | null {
    const running = [...this.#live.values()].find((run) => !run.over);
    if (running !== undefined) return `The run "${running.name}" is going on`;
    return this.#starting === null ? null : 'Another run is just starting';
  }

  /** Graceful: turns end, calls close. */
  stop(runId: string): Result<void> {
    return this.#withRun(runId, (run) => {
      this.#stopping(run, 'Letting calls end');
      run.engineRun.stop();
    });
  }

  /** Cuts everything off at once. */
  abort(runId: string): Result<void> {
    return this.#withRun(runId, (run) => {
      this.#stopping(run, 'Cutting calls off');
      run.engineRun.abort();
    });
  }

  /**
   * Pins the number of users whatever the load profile says; null gives it back to the profile. Refused
   * (`confirm_production`) where so many against production would have had to be confirmed and were not.
   */
  setUsers(runId: string, users: number | null): Result<void> {
    return this.#withRun(runId, (run) => {
      const unconfirmed = this.#unconfirmed.get(runId);
      if (unconfirmed !== undefined && users !== null) {
        const within = withinProduction(unconfirmed, users);
        if (!within.ok) return within;
      }
      if (!run.engineRun.setUsers(users)) {
        return fail(
          'conflict',
          'run_ending',
          `The run "${run.name}" is ending or its load says itself how many users there are: its users can no longer be changed.`,
        );
      }
      run.usersSet(users, elapsedS(run.record.clock));
      return ok(undefined);
    });
  }

  /** Seconds since the start of the load of a run that goes on here; null of every other. */
  elapsed(runId: string): number | null {
    const run = this.#live.get(runId);
    return run === undefined || run.over ? null : elapsedS(run.record.clock);
  }

  /** How the turns of a run of this process went so far; undefined when it is not one. */
  breakdown(runId: string, by: BreakdownBy): BreakdownRow[] | undefined {
    return this.#live.get(runId)?.breakdown(by);
  }

  /** The requests of a run of this process; undefined when it is not one. */
  requests(runId: string): LiveRequests | undefined {
    return this.#live.get(runId)?.requests;
  }

  /** Takes over what was written about runs of this process (name, note, markers …), as the history has it. */
  async refresh(runId: string | null): Promise<void> {
    const concerned = [...this.#live.values()].filter((run) => runId === null || run.id === runId);
    for (const run of concerned) {
      const kept = await this.#options.history.get(run.id);
      if (kept.ok) run.take(kept.value);
    }
  }

  async #tellChanged(runId: string | null): Promise<void> {
    await this.refresh(runId);
    this.#options.publish('runs', 'changed', { runId });
  }

  /** Marks all runs that are going on untrusted, for a reason found outside the engine (the machine slept). */
  distrust(reason: string): void {
    for (const run of this.#live.values()) if (!run.over) run.engineRun.distrust(reason);
  }

  /** Runs of this process that are going on, and those whose end the history could not be told yet. */
  rows(): RunRow[] {
    return [...this.#live.values()].map((run) => run.row());
  }

  /** One of them. */
  row(runId: string): RunRow | undefined {
    return this.#live.get(runId)?.row();
  }

  /** A run of this process by id, as `rows` has it; undefined when it is not one of them. */
  detail(runId: string): RunDetail | undefined {
    return this.#live.get(runId)?.detail();
  }

  /** Stops what is going on, bounded; what does not end in time is cut off. */
  async close(bounds = closingMs): Promise<void> {
    this.#closing = true;
    this.#closed.abort();
    await this.#starting;
    for (const run of this.#live.values()) if (!run.over) this.stop(run.id);
    if (await this.#allFinished(bounds.stop)) return;
    for (const run of this.#live.values()) if (!run.over) this.abort(run.id);
    await this.#allFinished(bounds.abort);
  }

  async #start(prepared: PreparedRun, options: StartOptions): Promise<Result<StartedRun>> {
    const { publish, machine, door } = this.#options;
    const runId = newRunId();
    publish('runs', 'phase', { runId, phase: 'preparing', detail: null });
    const follower = new RunFollower(this.#options, options.keep ?? true);
    const { force, confirm } = options;
    const looked = await lookAhead(prepared, { machine, door, force, confirm, signal: this.#closed.signal });
    if (!looked.ok) return this.#failedToStart(runId, looked);
    for (const message of looked.value) follower.announce(runId, message, options.listener);
    let around: Surroundings | null = null;
    try {
      const { scenarioFolder = null, commandLine = null } = options;
      const surrounded = await surround(runId, prepared, { scenarioFolder, commandLine }, this.#options);
      if (!surrounded.ok) return this.#failedToStart(runId, surrounded);
      around = surrounded.value;
      const { plan, origin, agentPid } = around;
      const keep = options.keep ?? true;
      this.#record(plan, follower, keep);
      const engineRun = await this.#options.engine.start(plan, follower.listener);
      const { clock } = engineRun;
      const live = new LiveRun(
        recordOf(runId, prepared, options, { clock, origin, plan }),
        engineRun,
        options.listener,
      );
      this.#begin(live, follower);
      void around.agentDied.then((how) => {
        if (!live.over) follower.notice(how);
      });
      const companions = new Companions(this.#options.companions?.() ?? [], {
        ...{ runId, prepared, clock, keep, agentPid },
        steps: stepsOfLoad(plan),
        elapsedS: () => elapsedS(clock),
        notice: (message) => follower.notice(message),
      });
      follower.accompany(companions);
      const finished = this.#follow(live, follower, companions, () => surrounded.value.undo());
      this.#finishing.set(runId, finished);
      if (prepared.aim.production !== null && confirm?.trim() !== prepared.aim.label)
        this.#unconfirmed.set(runId, prepared);
      return ok({ runId, clock, row: () => live.row(), finished });
    } catch (thrown) {
      await around?.undo();
      return this.#failedToStart(runId, { ok: false, error: toAppError(thrown, 'engine_failed') });
    }
  }

  /** Recorded calls are kept with their run: where that is not kept there are none. */
  #record(plan: RunPlan, follower: RunFollower, keep: boolean): void {
    const { recordings } = this.#options;
    if (recordings != null && keep) {
      plan.remember = true;
      follower.record(recordings.begin(plan.runId, (message) => follower.notice(message)));
      return;
    }
    if ((plan.record ?? 0) === 0) return;
    plan.record = 0;
    follower.notice('No call is recorded: this run is not kept on this machine.');
  }

  #begin(live: LiveRun, follower: RunFollower): void {
    const { publish } = this.#options;
    this.#live.set(live.id, live);
    follower.begin(live);
    publish('runs', 'phase', { runId: live.id, phase: 'running', detail: null });
    publish('runs', 'changed', { runId: live.id });
  }

  async #follow(
    live: LiveRun,
    follower: RunFollower,
    companions: Companions,
    undo: () => Promise<void>,
  ): Promise<FinishedRun> {
    const { publish } = this.#options;
    const runId = live.id;
    const outcome = await live.engineRun.finished;
    live.end(outcome);
    await companions.ended(outcome);
    const [recorded] = await Promise.all([follower.finish(outcome), undo()]);
    // A run the history does not have yet stays visible from memory.
    if (recorded.ok) this.#live.delete(runId);
    else publish('runs', 'notice', { runId, message: recorded.error.message });
    this.#unconfirmed.delete(runId);
    publish('runs', 'phase', { runId, phase: 'finished', detail: null });
    publish('runs', 'changed', { runId });
    const finished = { runId, outcome, recorded };
    await companions.recorded(finished);
    this.#finishing.delete(runId);
    return finished;
  }

  #failedToStart<T>(runId: string, result: Result<T>): Result<never> {
    const error = result.ok
      ? { kind: 'internal' as const, code: 'not_started', message: 'The run did not start.' }
      : result.error;
    this.#options.publish('runs', 'phase', { runId, phase: 'finished', detail: error.message });
    return { ok: false, error };
  }

  #withRun(runId: string, act: (run: LiveRun) => Result<void> | void): Result<void> {
    const run = this.#live.get(runId);
    if (run === undefined || run.over) {
      return fail(
        'not_found',
        'run_not_going_on',
        `The run ${runId} is not going on here; it has ended or belongs to another process.`,
      );
    }
    return act(run) ?? ok(undefined);
  }

  #stopping(run: LiveRun, detail: string): void {
    const first = run.markStopping();
    this.#options.publish('runs', 'phase', { runId: run.id, phase: 'stopping', detail });
    if (first) this.#options.publish('runs', 'changed', { runId: run.id });
  }

  /** Whether everything ended within the bound. */
  #allFinished(boundMs: number): Promise<boolean> {
    return settlesWithin(Promise.all(this.#finishing.values()), boundMs);
  }
}
