/** Which number of calls is tried next in a search for the breaking point: rising steps, then ever closer between the last good and the first bad number. */
import type { HeldStep } from '#contract/run';
import { searchResolution, type BreakingPointProfile } from '#contract/scenario/load';

export interface Attempt {
  users: number;
  kind: HeldStep['kind'];
}

export type AttemptResult = 'pass' | 'warn' | 'fail' | 'generator';

export class BreakingPointSearch {
  readonly #profile: BreakingPointProfile;
  #step = 0;
  /** Most calls that were held. */
  good: number | null = null;
  /** Fewest calls that the target did not bear. */
  bad: number | null = null;
  /** Where this machine gave way, which ended the search. */
  overloaded: number | null = null;
  /** What to hold now; null: the search is over. */
  attempt: Attempt | null;

  constructor(profile: BreakingPointProfile) {
    this.#profile = profile;
    this.attempt = this.#nextStep();
  }

  /** The attempt was judged: goes on to the next. */
  judged(result: AttemptResult): void {
    const users = this.attempt?.users;
    if (users === undefined) return;
    if (result === 'generator') {
      this.overloaded = users;
      this.attempt = null;
      return;
    }
    if (result === 'fail') this.bad = users;
    else this.good = users;
    this.attempt = this.bad === null ? this.#nextStep() : this.#between(this.good ?? 0, this.bad);
  }

  #nextStep(): Attempt | null {
    const users = this.#profile.steps[this.#step++];
    return users === undefined ? null : { users, kind: 'step' };
  }

  #between(good: number, bad: number): Attempt | null {
    if (bad - good <= Math.max(1, searchResolution(this.#profile, good))) return null;
    return { users: Math.floor((good + bad) / 2), kind: 'search' };
  }
}
