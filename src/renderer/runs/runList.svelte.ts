import type { RunEdit, RunPhase, RunTick, StartRunInput } from '#contract/api/runs';
import type { AppError, Result } from '#contract/errors';
import type { RunRow } from '#contract/run';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';
import { messages } from '../frame/messages.svelte.ts';
import { mergeRows } from './mergeRows.ts';
import { recordChoice } from './recordChoice.svelte.ts';

const reloadPauseMs = 250;
const listed = 10_000;
/** Another process's run changes the file every second: its row is among the newest, the whole list is asked for only now and then. */
const newest = 50;
const wholeListPauseMs = 30_000;

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
  /** Rows to be asked for one by one; `null`: what changed is not known. */
  readonly #stale = new Set<string | null>();
  #wholeListAt = -Infinity;
  #wholeListLater: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    api.runs.on('tick', (tick) => this.#onTick(tick));
    api.runs.on('changed', ({ runId }) => this.#reloadSoon(runId));
    api.runs.on('phase', (phase) => {
      this.#phases = { ...this.#phases, [phase.runId]: phase };
      if (phase.phase === 'finished') this.#reloadSoon(phase.runId);
    });
    api.history.on('progress', ({ what, state }) => {
      if (what === 'prune' && state === 'finished') void this.load();
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
    clearTimeout(this.#wholeListLater);
    this.#reload = undefined;
    this.#wholeListLater = undefined;
    this.#stale.clear();
    this.#wholeListAt = performance.now();
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

  /** Takes runs off the list, and offers to bring them back; whether all of them are gone. */
  async remove(...rows: RunRow[]): Promise<boolean> {
    const gone: RunRow[] = [];
    for (const row of rows) {
      if (!this.#report(await api.runs.remove({ runId: row.id }))) continue;
      gone.push(row);
      this.#rows = this.#rows.filter(({ id }) => id !== row.id);
    }
    const [first] = gone;
    if (first !== undefined) {
      const what = gone.length === 1 ? `“${first.name}” is deleted.` : `${gone.length} runs are deleted.`;
      messages.offer(what, 'Undo', () => void this.restore(gone));
    }
    return gone.length === rows.length;
  }

  /** Brings deleted runs back. */
  async restore(rows: readonly RunRow[]): Promise<void> {
    for (const { id } of rows) {
      const answer = await api.runs.restore({ runId: id });
      if (answer.ok) this.#take([answer.value]);
      else messages.error(answer.error);
    }
  }

  /** Changes what somebody wrote about a run; whether it was taken. */
  async edit(id: string, edit: RunEdit): Promise<boolean> {
    const answer = await api.runs.edit({ runId: id, edit });
    if (answer.ok) this.#take([answer.value]);
    else messages.error(answer.error);
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

  #reloadSoon(runId: string | null): void {
    this.#stale.add(runId);
    this.#reload ??= setTimeout(() => void this.#reloadStale(), reloadPauseMs);
  }

  /** Asks only for what changed: with thousands of runs the whole list is too much for every second. */
  async #reloadStale(): Promise<void> {
    this.#reload = undefined;
    const stale = [...this.#stale];
    this.#stale.clear();
    const unknown = stale.includes(null);
    const pause = this.#wholeListAt + wholeListPauseMs - performance.now();
    if (!this.#loaded || (unknown && pause <= 0)) {
      await this.load();
      return;
    }
    if (unknown) {
      // Older ones may have gone or changed, too.
      this.#wholeListLater ??= setTimeout(() => void this.load(), pause);
      const answer = await api.runs.list({ limit: newest });
      if (answer.ok) this.#take(answer.value);
    }
    for (const runId of stale) {
      if (runId === null) continue;
      const answer = await api.runs.row({ runId });
      if (answer.ok) this.#take([answer.value]);
      else if (answer.error.kind === 'not_found') this.#rows = this.#rows.filter(({ id }) => id !== runId);
    }
  }

  /** Takes over rows that are newer than those here. */
  #take(rows: readonly RunRow[]): void {
    this.#rows = mergeRows(this.#rows, rows);
  }
}

export const runList = new RunList();
