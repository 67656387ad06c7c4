import { peakUsers, type IterationProfile } from '#contract/scenario/load';
import { mostPerStep, type LoadDriver } from './driver.ts';
import type { Roster } from './roster.ts';

/** A number of calls, shared between its users or so many by each; what each may still make its worker knows. */
export class IterationsDriver implements LoadDriver {
  readonly #profile: IterationProfile;
  readonly #roster: Roster;

  constructor(profile: IterationProfile, roster: Roster) {
    this.#profile = profile;
    this.#roster = roster;
  }

  /** Users that are not through with their calls. */
  get asked(): number {
    return this.#roster.alive;
  }

  follow(ms: number): boolean {
    if (ms >= this.#profile.maxDurationMs) return true;
    const users = peakUsers(this.#profile);
    this.#roster.match(users, mostPerStep);
    return this.#roster.size >= users && this.#roster.alive === 0;
  }
}
