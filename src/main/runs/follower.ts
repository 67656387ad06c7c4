/** Takes in what the engine reports of one run and passes it on: to the history, to its starter, to every screen. */
import type { Publish } from '#contract/api/index';
import { ok, type Result } from '#contract/errors';
import type { RunBatch, RunListener, RunOutcome } from '#engine/run';
import type { History } from '../history/history.ts';
import type { RunRecording } from '../recordings/runRecording.ts';
import type { LiveRun } from './liveRun.ts';

/** What is reported before the run is known (its clock comes with the engine's answer) waits until it is. */
export class RunFollower {
  readonly #history: History;
  readonly #publish: Publish;
  readonly #keep: boolean;
  #live: LiveRun | null = null;
  #recording: RunRecording | null = null;
  #companions: { second(batch: RunBatch): void } | null = null;
  #early: ((live: LiveRun) => void)[] = [];

  /** `keep` false: the history is left alone. */
  constructor(to: { history: History; publish: Publish }, keep: boolean) {
    this.#history = to.history;
    this.#publish = to.publish;
    this.#keep = keep;
  }

  /** For the engine. */
  readonly listener: RunListener = {
    onBatch: (batch) => this.#whenKnown((live) => this.#batch(live, batch)),
    onRecording: (parts) => this.#recording?.take(parts),
    onStage: (result) => this.#whenKnown((live) => live.stage(result)),
    onSearch: (found) => this.#whenKnown((live) => live.search(found)),
    onNotice: (message) => this.notice(message),
  };

  /** Where recorded calls go; without it they are dropped. */
  record(recording: RunRecording): void {
    this.#recording = recording;
  }

  begin(live: LiveRun): void {
    this.#live = live;
    if (this.#keep) this.#history.createRun(live.record);
    for (const report of this.#early.splice(0)) report(live);
  }

  /** Who is told of every second from now on. */
  accompany(companions: { second(batch: RunBatch): void }): void {
    this.#companions = companions;
  }

  /** Says something about a run that is still to begin, at once; it is kept with the run when that begins. */
  announce(runId: string, message: string, starter: RunListener = {}): void {
    starter.onNotice?.(message);
    this.#publish('runs', 'notice', { runId, message });
    this.#whenKnown((live) => {
      live.keepNotice(message);
      if (this.#keep) this.#history.notice(live.id, message);
    });
  }

  /** Says something about the run to everyone and keeps it with the run. */
  notice(message: string): void {
    this.#whenKnown((live) => {
      live.addNotice(message);
      if (this.#keep) this.#history.notice(live.id, message);
      this.#publish('runs', 'notice', { runId: live.id, message });
    });
  }

  /** Resolves once the history has everything, or has said what it has not, and recorded calls are on disk. */
  async finish(outcome: RunOutcome): Promise<Result<void>> {
    // First, because it may have something to say that belongs to the run.
    await this.#recording?.finish();
    if (this.#live === null || !this.#keep) return ok(undefined);
    await this.#markUsers(this.#live);
    return this.#history.finishRun(this.#live.id, outcome);
  }

  #batch(live: LiveRun, batch: RunBatch): void {
    if (this.#keep) this.#history.append(live.id, batch);
    void this.#markUsers(live);
    this.#publish('runs', 'tick', live.tick(batch));
    this.#companions?.second(batch);
  }

  /** At most once a second, however often the number of users was changed in it. */
  async #markUsers(live: LiveRun): Promise<void> {
    const marker = live.takeUsersMarker();
    if (marker === null || !this.#keep) return;
    const kept = await this.#history.addMarker(live.id, marker);
    if (!kept.ok) this.notice(`The marker "${marker.text}" could not be kept: ${kept.error.message}`);
  }

  #whenKnown(report: (live: LiveRun) => void): void {
    if (this.#live === null) this.#early.push(report);
    else report(this.#live);
  }
}
