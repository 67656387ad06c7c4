/** An interruption while it is open: from the onset of the caller's speech until the agent is silent. */
import type { HeardFrame } from './ear.ts';
import { allowedLeftoverMs, type Turn } from './turn.ts';

export class BargeIn {
  readonly turn: Turn;
  readonly #onsetAt: number;
  readonly #timeoutMs: number;
  readonly #quietGapMs: number;
  #last: HeardFrame;
  #stopAt: number | null = null;
  #leftoverMs = 0;

  /** `last` is the newest frame of the answer that is being interrupted. */
  constructor(turn: Turn, onsetAt: number, last: HeardFrame, quietGapMs: number) {
    this.turn = turn;
    this.#onsetAt = onsetAt;
    this.#timeoutMs = turn.plan.timeouts.barge_in;
    this.#quietGapMs = quietGapMs;
    this.#last = last;
    turn.bargeInAt = onsetAt;
  }

  get stopped(): boolean {
    return this.#stopAt !== null;
  }

  stop(at: number): void {
    this.#stopAt ??= at;
    this.turn.stopMessageAt ??= at;
    this.turn.leftoverMs ??= 0;
  }

  /** Does audio at this moment go on from the old answer, without a quiet gap between? */
  continues(at: number): boolean {
    return at - Math.max(this.#onsetAt, this.#last.arrival) < this.#quietGapMs;
  }

  oldAudio(frame: HeardFrame, durationMs: number): void {
    this.#last = frame;
    if (this.#stopAt === null) return;
    this.#leftoverMs += durationMs;
    this.turn.leftoverMs = this.#leftoverMs;
  }

  /** Is it over: a quiet gap with nothing arriving and nothing playing, or the time is up? */
  isOver(now: number, audibleUntil: number): boolean {
    const busyUntil = Math.max(this.#onsetAt, this.#stopAt ?? 0, this.#last.arrival, audibleUntil);
    return now - busyUntil >= this.#quietGapMs || now - this.#onsetAt >= this.#timeoutMs + this.#quietGapMs;
  }

  /** The agent says that the old answer came to its own end: there is no value. */
  completed(): void {
    this.turn.bargeInOutcome = 'completed';
  }

  /**
   * Silent is the stop message; if more than 200 ms of old audio followed it, or none came, the moment the last old
   * frame began to be played.
   */
  resolve(): void {
    const byStop = this.#stopAt !== null && this.#leftoverMs <= allowedLeftoverMs;
    const silentAt = byStop ? (this.#stopAt ?? this.#onsetAt) : Math.max(this.#onsetAt, this.#last.start);
    const took = silentAt - this.#onsetAt;
    if (took > this.#timeoutMs) {
      this.turn.bargeInOutcome = 'not_stopped';
      this.turn.bargeInMs = this.#timeoutMs;
      return;
    }
    // It had said before the interruption that it was through, and was heard to its end.
    if (!this.stopped && this.turn.markerAt !== null) {
      this.completed();
      return;
    }
    this.turn.bargeInOutcome = this.stopped ? 'stopped' : 'fell_silent';
    this.turn.agentSilentAt = silentAt;
    this.turn.bargeInMs = took;
  }
}
