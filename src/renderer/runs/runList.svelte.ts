import type { RunPhase, RunTick, StartRunInput } from '#contract/api/runs';
import type { AppError, Result } from '#contract/errors';
import type { RunRow } from '#contract/run';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';
import { messages } from '../frame/messages.svelte.ts';
import { recordChoice } from './recordChoice.svelte.ts';

const reloadPauseMs = 250;
const listed = 2000;

interface Heard {
  tick: RunTick;
  /** `performance.now()` when it came. */
  at: number;
}

/** What the operator chose to record of the next run. */
export function recording(): { record?: number } {
  return recordChoice.share > 0 ? { record: recordChoice.share } : {};
}

/** Whether a run has not ended yet. */
export function isGoing(row: RunRow): boolean {
  return row.state === 'running' || row.state === 'stopping';
}

/** All runs, as the list shows them; kept up to date by the application's events. */
class RunList {
  #rows: RunRow[] = $state.raw([]);
  #loaded = $state(false);
  #error: AppError | null = $state.raw(null);
  #phases: Record<string, RunPhase> = $state.raw({});
  #heard: Record<string, Heard> = $state.raw({});
  #starting = $state(false);
  #reload: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    api.runs.on('tick', (tick) => this.#onTick(tick));
    api.runs.on('changed', () => this.#reloadSoon());
    api.runs.on('phase', (phase) => {
      this.#phases = { ...this.#phases, [phase.runId]: phase };
      if (phase.phase === 'finished') this.#reloadSoon();
    });
    api.runs.on('notice', (notice) => messages.info(notice.message));
    connection.onReturn(() => void this.load());
  }

  /** Newest first. */
  get rows(): RunRow[] {
    return this.#rows;
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  get error(): AppError | null {
    return this.#error;
  }

  /** Whether a run is being started and has no id yet. */
  get starting(): boolean {
    return this.#starting;
  }

  /** Runs that are going on, newest first. */
  get going(): RunRow[] {
    return this.#rows.filter(isGoing);
  }

  /** What the start that has no answer yet is doing, when the application has said so. */
  get startingPhase(): RunPhase | null {
    const known = new Set(this.#rows.map((row) => row.id));
    return Object.values(this.#phases).find((p) => !known.has(p.runId) && p.phase !== 'finished') ?? null;
  }

  phase(id: string): RunPhase | null {
    return this.#phases[id] ?? null;
  }

  /** The newest second of a run that is going on, when this page has heard one. */
  lastTick(id: string): RunTick | null {
    return this.#heard[id]?.tick ?? null;
  }

  /** Seconds a running run has been going on, counted on from its newest second; `now` is `performance.now()`. */
  elapsedSeconds(row: RunRow, now: number): number {
    const heard = this.#heard[row.id];
    if (heard) return heard.tick.sample.t + Math.min(5, Math.max(0, (now - heard.at) / 1000));
    return Math.max(0, (Date.now() - Date.parse(row.startedAt)) / 1000);
  }

  async load(): Promise<void> {
    clearTimeout(this.#reload);
    this.#reload = undefined;
    const answer = await api.runs.list({ limit: listed });
    if (answer.ok) {
      this.#rows = answer.value.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
      this.#error = null;
    } else if (!this.#loaded) {
      this.#error = answer.error;
    } else if (answer.error.kind !== 'unavailable') {
      messages.error(answer.error);
    }
    this.#loaded = true;
  }

  /** Starts the practice run; the id of the run, or null when it could not start (the operator has been told). */
  async startPractice(): Promise<string | null> {
    const answer = await this.#start(() => api.runs.startPractice(recording()));
    if (answer === null) return null;
    this.#report(answer);
    return answer.ok ? answer.value.runId : null;
  }

  /** Starts a scenario; null when another start has no answer yet. What it was refused for is for the caller to tell. */
  start(input: StartRunInput): Promise<Result<{ runId: string }> | null> {
    return this.#start(() => api.runs.start(input));
  }

  async stop(id: string): Promise<void> {
    this.#report(await api.runs.stop({ runId: id }));
  }

  async abort(id: string): Promise<void> {
    this.#report(await api.runs.abort({ runId: id }));
  }

  /** Deletes a run for good; whether it is gone. */
  async remove(id: string): Promise<boolean> {
    const answer = await api.runs.remove({ runId: id });
    if (this.#report(answer)) {
      this.#rows = this.#rows.filter((row) => row.id !== id);
      this.#reloadSoon();
    }
    return answer.ok;
  }

  async #start(call: () => Promise<Result<{ runId: string }>>): Promise<Result<{ runId: string }> | null> {
    if (this.#starting) return null;
    this.#starting = true;
    const answer = await call();
    this.#starting = false;
    return answer;
  }

  #report(answer: Result<unknown>): boolean {
    if (!answer.ok) messages.error(answer.error);
    return answer.ok;
  }

  #onTick(tick: RunTick): void {
    this.#heard = { ...this.#heard, [tick.runId]: { tick, at: performance.now() } };
    const known = this.#rows.some((row) => row.id === tick.row.id);
    this.#rows = known
      ? this.#rows.map((row) => (row.id === tick.row.id ? tick.row : row))
      : [tick.row, ...this.#rows];
  }

  #reloadSoon(): void {
    this.#reload ??= setTimeout(() => void this.load(), reloadPauseMs);
  }
}

export const runList = new RunList();
