/** One run that is going on: what it is, how far it has come, and what was said about it. */
import type { RunTick } from '#contract/api/runs';
import type { CheckRow, RequestBy, RequestRow, RequestStep, StageResult } from '#contract/requests';
import type { BreakdownBy, BreakdownRow } from '#contract/review';
import type { BreakingPoint, RunDetail, RunMarker, RunRow } from '#contract/run';
import type { EngineRun, RunBatch, RunListener, RunOutcome } from '#engine/run';
import type { NewRun } from '../history/history.ts';
import { maskText, maskYaml } from '../history/masking.ts';
import { finishedRow, RunProgress } from './progress.ts';

/** Most turns and errors one tick carries: the newest. */
const newestPerTick = 200;

/** What may be written about a run while it goes on; the history has it. */
type Written = Pick<RunDetail, 'note' | 'markers'> &
  Pick<RunRow, 'name' | 'tags' | 'starred' | 'noted' | 'isBaseline' | 'delta'>;

/** The requests of a run of this process, as they stand. */
export interface LiveRequests {
  readonly steps: readonly RequestStep[];
  /** `period`: only those of that period. */
  summary(by: RequestBy, period?: string): RequestRow[];
  checks(): CheckRow[];
}

export class LiveRun {
  readonly record: NewRun;
  readonly engineRun: EngineRun;
  readonly #listener: RunListener;
  readonly #progress = new RunProgress();
  readonly #notices: string[] = [];
  #written: Written;
  #users: { users: number | null; t: number } | null = null;
  #usersMarked: number | null = null;
  #stopping = false;
  #outcome: RunOutcome | null = null;

  constructor(record: NewRun, engineRun: EngineRun, listener: RunListener = {}) {
    this.record = record;
    this.#listener = listener;
    this.engineRun = engineRun;
    const { name, tags } = record;
    const unwritten = { note: '', markers: [], starred: false, noted: false, isBaseline: false, delta: null };
    this.#written = { name, tags, ...unwritten };
  }

  get id(): string {
    return this.record.id;
  }

  get name(): string {
    return this.#written.name;
  }

  get over(): boolean {
    return this.#outcome !== null;
  }

  /** Takes in one second, tells the run's starter, and says what there is to show of it. */
  tick(batch: RunBatch): RunTick {
    this.#progress.add(batch.sample);
    this.#listener.onBatch?.(batch);
    return {
      runId: this.id,
      sample: batch.sample,
      turns: batch.turns.slice(-newestPerTick),
      errors: batch.errors.slice(-newestPerTick),
      row: this.row(),
      ...this.engineRun.standing(),
    };
  }

  /** Tells its starter how far the search for the breaking point has come. */
  search(found: BreakingPoint): void {
    this.#listener.onSearch?.(found);
  }

  /** Tells its starter that a stage of set-up or tear-down is over. */
  stage(result: StageResult): void {
    this.#listener.onStage?.(result);
  }

  /** Keeps a notice that its starter knows already. */
  keepNotice(message: string): void {
    this.#notices.push(message);
  }

  /** Keeps a notice with the run and tells its starter. */
  addNotice(message: string): void {
    this.keepNotice(message);
    this.#listener.onNotice?.(message);
  }

  /** Takes over what was written about it, as the history has it. */
  take({ note, markers, row }: Pick<RunDetail, 'note' | 'markers' | 'row'>): void {
    const { name, tags, starred, noted, isBaseline, delta } = row;
    this.#written = { note, markers, name, tags, starred, noted, isBaseline, delta };
  }

  /** Users were set by hand at `t` seconds; null: the load decides again. */
  usersSet(users: number | null, t: number): void {
    this.#users = { users, t };
  }

  /** What the last number of users that was set by hand leaves as a marker; null: nothing has changed since the last. */
  takeUsersMarker(): Omit<RunMarker, 'id'> | null {
    const set = this.#users;
    this.#users = null;
    if (set === null || set.users === this.#usersMarked) return null;
    this.#usersMarked = set.users;
    const text = set.users === null ? 'Users follow the load again' : `Users set to ${set.users}`;
    return { kind: 'users', t: set.t, text };
  }

  /** How its turns so far went. */
  breakdown(by: BreakdownBy): BreakdownRow[] {
    return this.#outcome?.breakdowns[by] ?? this.engineRun.breakdown(by);
  }

  /** How its requests so far went. */
  get requests(): LiveRequests {
    const { engineRun } = this;
    return {
      steps: engineRun.plan.steps,
      summary: (by, period) =>
        (period === undefined ? this.#outcome?.requests[by] : undefined) ?? engineRun.requests(by, period),
      checks: () => this.#outcome?.summary.checks ?? engineRun.checks(),
    };
  }

  /** True the first time. */
  markStopping(): boolean {
    const first = !this.#stopping && !this.over;
    this.#stopping = true;
    return first;
  }

  end(outcome: RunOutcome): void {
    this.#outcome = outcome;
  }

  row(): RunRow {
    const { id, scenario, environment, plannedMs, startedAt } = this.record;
    const { name, tags, starred, noted, isBaseline, delta } = this.#written;
    const what = {
      ...{ id, scenario, environment, plannedMs, startedAt: new Date(startedAt).toISOString() },
      ...{ name, tags, starred, noted, isBaseline, delta, source: 'crosstalk' as const },
    };
    const progress = this.#progress.row();
    if (this.#outcome !== null) {
      const { summary } = this.#outcome;
      const { verdict, trusted, ended } = summary;
      const figures = finishedRow(summary, progress);
      return { ...what, ...figures, state: 'finished', verdict, trusted, ended };
    }
    const state = this.#stopping ? 'stopping' : 'running';
    return { ...what, ...progress, state, verdict: null, trusted: null, ended: null };
  }

  /** As the history shows it once it is written. */
  detail(): RunDetail {
    const { clock, seed, origin, scenarioYaml, environmentYaml, applied } = this.record;
    const summary = this.#outcome?.summary ?? null;
    return {
      row: this.row(),
      clock,
      seed,
      origin,
      scenarioYaml: maskYaml(scenarioYaml),
      applied: applied.map(maskText),
      thresholds: summary?.thresholds ?? this.engineRun.standing().thresholds,
      summary,
      notices: [...this.#notices],
      environmentYaml: environmentYaml == null ? null : maskYaml(environmentYaml),
      note: this.#written.note,
      markers: [...this.#written.markers],
      imported: null,
    };
  }
}
