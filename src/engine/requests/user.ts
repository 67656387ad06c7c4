/**
 * A user that makes requests: starts, goes through iterations with waits between them, leaves. It has no timer of its own;
 * every step follows from the end of the one before, or from an alarm.
 */
import type { Wait } from '#contract/scenario/request';
import { Random } from '../random.ts';
import type { CallBudget } from '../worker/callBudget.ts';
import type { Sleeper, Unset } from './alarms.ts';
import type { Crew } from './crew.ts';
import type { JourneyStep } from './journey.ts';
import { Making, type Made } from './making.ts';
import type { IterationOutcome } from './results.ts';
import { Scope } from './scope.ts';
import { Walk, type StepGroup } from './walk.ts';

export interface UserOptions {
  crew: Crew;
  vu: number;
  /** Iterations that it may begin; it leaves when there are none. */
  budget: CallBudget;
  /** It has left: it will not be heard of again. */
  onLeft: (user: RequestUser) => void;
  /** It is through with the iteration it was given and waits for the next; null: it goes on by itself. */
  onFree: ((user: RequestUser) => void) | null;
  /** A request of it failed. */
  onFailed?: (step: JourneyStep, made: Made) => void;
}

type Course = 'start' | 'iteration' | 'stop';

/** A user that reaches nobody waits this long, doubling up to the most: a dead target must not be stormed. */
const firstBackoffMs = 500;
const mostBackoffMs = 5000;
/** An iteration without any request ends at once; the next one has to wait for this. */
const emptyIterationMs = 1;

export class RequestUser implements Sleeper {
  readonly vu: number;
  readonly scope: Scope;
  readonly #options: UserOptions;
  readonly #random: Random;
  readonly #walk: Walk;
  readonly #making: Making;
  #course: Course | null = null;
  #started: boolean;
  #leaving = false;
  #left = false;
  #halted = false;
  #iteration = 0;
  /** The step that goes on. */
  #step: JourneyStep | null = null;
  #alarm: Unset | null = null;
  /** Of the course that goes on. */
  #intendedAt = 0;
  #sentAt: number | null = null;
  #endedAt = 0;
  #requests = 0;
  #failed = false;
  /** A request failed that it cannot go on without. */
  #broken = false;
  #reached = false;
  /** Requests in a row that reached nobody. */
  #strikes = 0;

  constructor(options: UserOptions) {
    const { crew, vu } = options;
    this.#options = options;
    this.vu = vu;
    this.#random = new Random(crew.seed, vu);
    const { journey, feeds, common } = crew;
    this.scope = new Scope({ vu, random: this.#random, variables: journey.variables, feeds, common });
    this.#walk = new Walk(this.#random);
    this.#making = new Making(crew, vu, this.scope, (made) => this.#made(made));
    this.#started = journey.onStart.length === 0;
  }

  /** Whether an iteration, or what comes before the first and after the last, goes on. */
  get busy(): boolean {
    return this.#course !== null;
  }

  get left(): boolean {
    return this.#left;
  }

  /** It begins, or goes on, with an iteration that was due at `dueAt`; by this thread's fault `lateMs` ago. */
  go(dueAt: number, lateMs: number): void {
    if (this.#started) this.#iterate(dueAt, lateMs);
    else this.#enter('start', this.#options.crew.journey.onStart, dueAt, lateMs);
  }

  /** Lets its iteration end, then leaves. */
  leave(): void {
    this.#leaving = true;
    if (this.#course !== null) return;
    this.#alarm?.();
    this.#alarm = null;
    this.#stop(this.#options.crew.clock.now());
  }

  /** Lets an open request end, makes no other, and is gone. */
  halt(): void {
    this.#halted = true;
    if (!this.#making.settle()) this.cut();
  }

  /** Cuts everything off and is gone. */
  cut(): void {
    if (this.#left) return;
    this.#alarm?.();
    this.#alarm = null;
    this.#making.close();
    if (this.#course === 'iteration') this.#count('cut', this.#options.crew.clock.now());
    this.#gone();
  }

  wake(now: number, due: number): void {
    this.#alarm = null;
    if (this.#course !== null) this.#advance(due, now - due);
    else this.go(due, now - due);
  }

  #sleep(until: number): void {
    this.#alarm = this.#options.crew.alarms.set(until, this);
  }

  #iterate(dueAt: number, lateMs: number): void {
    if (this.#leaving || !this.#options.budget.take()) {
      this.#stop(dueAt);
      return;
    }
    this.scope.next(++this.#iteration);
    const { tasks } = this.#options.crew.journey;
    const task = tasks.length === 1 ? tasks[0] : this.#random.pick(tasks);
    this.#enter('iteration', task?.groups ?? [], dueAt, lateMs);
  }

  #enter(course: Course, groups: readonly StepGroup[], dueAt: number, lateMs: number): void {
    this.#course = course;
    this.#intendedAt = dueAt;
    this.#sentAt = null;
    this.#endedAt = dueAt;
    this.#requests = 0;
    this.#failed = false;
    this.#broken = false;
    this.#reached = false;
    this.#walk.begin(groups);
    this.#advance(dueAt, lateMs);
  }

  /** The next request, and those after it as long as they fail at once. */
  #advance(dueAt: number, lateMs: number): void {
    let [due, late] = [dueAt, lateMs];
    for (let step = this.#walk.next(); step !== null; step = this.#walk.next()) {
      this.#requests++;
      this.#step = step;
      const made = this.#making.begin(step, due, late);
      if (made === null) return;
      if (!this.#goesOn(step, made)) break;
      [due, late] = [made.endedAt, 0];
    }
    this.#finish();
  }

  #made(made: Made): void {
    const step = this.#step;
    if (step === null || this.#left) return;
    const goesOn = this.#goesOn(step, made);
    if (this.#halted) {
      this.#gone();
      return;
    }
    if (!goesOn) {
      this.#finish();
      return;
    }
    const pause = step.pauseAfter === null ? 0 : this.#span(step.pauseAfter);
    const backoff = made.unsent ? this.#backoffMs : 0;
    const wait = Math.max(pause, backoff);
    if (wait > 0) this.#sleep(made.endedAt + wait);
    else this.#advance(made.endedAt, this.#options.crew.clock.now() - made.endedAt);
  }

  /** Takes down how a request went; false: the iteration ends by it. */
  #goesOn(step: JourneyStep, made: Made): boolean {
    this.#step = null;
    this.#sentAt ??= made.sentAt;
    this.#endedAt = made.endedAt;
    if (made.unsent) this.#strikes++;
    else {
      this.#strikes = 0;
      this.#reached = true;
    }
    if (!made.failed) return true;
    this.#failed = true;
    this.#options.onFailed?.(step, made);
    this.#broken = step.endsOnFailure;
    return !this.#broken;
  }

  get #backoffMs(): number {
    return Math.min(mostBackoffMs, firstBackoffMs * 2 ** Math.max(0, this.#strikes - 1));
  }

  #span({ from, to }: Wait): number {
    return from === to ? from : from + this.#random.next() * (to - from);
  }

  // — ends of what it does —

  #finish(): void {
    switch (this.#course) {
      case 'start':
        this.#finishStart();
        return;
      case 'iteration':
        this.#count(this.#failed ? 'failed' : 'ok', this.#endedAt);
        this.#course = null;
        this.#next(this.#options.crew.journey.wait);
        return;
      case 'stop':
      case null:
        this.#gone();
    }
  }

  /** Who cannot start has spent an iteration on it, and tries again. */
  #finishStart(): void {
    this.#course = null;
    this.#started = !this.#broken;
    if (this.#started) {
      this.#iterate(this.#endedAt, this.#options.crew.clock.now() - this.#endedAt);
      return;
    }
    this.#options.budget.take();
    this.#count('failed', this.#endedAt);
    this.#strikes = Math.max(1, this.#strikes);
    this.#next({ from: 0, to: 0 }, true);
  }

  #next(wait: Wait, backsOff = false): void {
    if (this.#leaving || this.#options.budget.spent) {
      this.#stop(this.#endedAt);
      return;
    }
    if (this.#options.onFree !== null) {
      this.#options.onFree(this);
      return;
    }
    const now = this.#options.crew.clock.now();
    let ms = this.#span(wait);
    if (this.#requests === 0) ms = Math.max(ms, emptyIterationMs);
    else if (backsOff || !this.#reached) ms = Math.max(ms, this.#backoffMs);
    if (ms > 0) this.#sleep((this.#requests === 0 ? now : this.#endedAt) + ms);
    else this.#iterate(this.#endedAt, now - this.#endedAt);
  }

  #stop(dueAt: number): void {
    const { onStart, onStop } = this.#options.crew.journey;
    this.#leaving = true;
    const began = this.#iteration > 0 || (this.#started && onStart.length > 0);
    if (onStop.length === 0 || !this.#started || !began) {
      this.#gone();
      return;
    }
    this.scope.next(0);
    this.#enter('stop', onStop, dueAt, 0);
  }

  #count(outcome: IterationOutcome, endedAt: number): void {
    const { group, results } = this.#options.crew;
    if (group === null || (this.#requests === 0 && outcome !== 'cut')) return;
    results.iteration({ group, intendedAt: this.#intendedAt, sentAt: this.#sentAt, endedAt, outcome });
  }

  #gone(): void {
    if (this.#left) return;
    this.#left = true;
    this.#course = null;
    this.#making.close();
    this.scope.end();
    this.#options.onLeft(this);
  }
}
