/** One run that is going on: what it is, how far it has come, and what was said about it. */
import type { RunTick } from '#contract/api/runs';
import type { BreakingPoint, RunDetail, RunRow } from '#contract/run';
import type { EngineRun, RunBatch, RunListener, RunOutcome } from '#engine/run';
import type { NewRun } from '../history/history.ts';
import { maskText, maskYaml } from '../history/masking.ts';
import { finishedRow, RunProgress } from './progress.ts';

/** Most turns and errors one tick carries: the newest. */
export const newestPerTick = 200;

export class LiveRun {
  readonly record: NewRun;
  readonly engineRun: EngineRun;
  readonly #listener: RunListener;
  readonly #progress = new RunProgress();
  readonly #notices: string[] = [];
  #stopping = false;
  #outcome: RunOutcome | null = null;

  constructor(record: NewRun, engineRun: EngineRun, listener: RunListener = {}) {
    this.record = record;
    this.#listener = listener;
    this.engineRun = engineRun;
  }

  get id(): string {
    return this.record.id;
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

  /** Keeps a notice that its starter knows already. */
  keepNotice(message: string): void {
    this.#notices.push(message);
  }

  /** Keeps a notice with the run and tells its starter. */
  addNotice(message: string): void {
    this.keepNotice(message);
    this.#listener.onNotice?.(message);
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
    const { id, name, scenario, environment, plannedMs, startedAt, tags } = this.record;
    const what = {
      id,
      name,
      scenario,
      environment,
      plannedMs,
      startedAt: new Date(startedAt).toISOString(),
      tags,
      starred: false,
      noted: false,
      source: 'crosstalk' as const,
      isBaseline: false,
      delta: null,
    };
    const progress = this.#progress.row();
    if (this.#outcome !== null) {
      const { summary } = this.#outcome;
      const { verdict, trusted, ended } = summary;
      const figures = finishedRow(summary, progress.peakCalls, progress.ttfaTrend);
      return { ...what, ...figures, state: 'finished', verdict, trusted, ended };
    }
    const state = this.#stopping ? 'stopping' : 'running';
    return { ...what, ...progress, state, verdict: null, trusted: null, ended: null };
  }

  /** As the history shows it once it is written. */
  detail(): RunDetail {
    const { clock, seed, origin, scenarioYaml, applied } = this.record;
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
      environmentYaml: null,
      note: '',
      markers: [],
      imported: null,
    };
  }
}
