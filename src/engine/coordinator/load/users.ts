import { peakUsers, profileDurationMs, usersAt, type VuProfile } from '#contract/scenario/load';
import { mostPerStep, type LoadDriver } from './driver.ts';
import type { Roster } from './roster.ts';

/** A number of users over time; they make one call after the other. */
export class UsersDriver implements LoadDriver {
  readonly #profile: VuProfile;
  readonly #roster: Roster;
  /** Set by hand; null: the profile decides. */
  pinned: number | null = null;
  asked = 0;

  constructor(profile: VuProfile, roster: Roster) {
    this.#profile = profile;
    this.#roster = roster;
  }

  follow(ms: number): boolean {
    if (ms >= profileDurationMs(this.#profile)) return true;
    this.asked = this.pinned ?? usersAt(this.#profile, ms);
    this.#roster.match(this.asked, mostPerStep);
    const everyoneCame = this.pinned === null && this.#roster.size >= peakUsers(this.#profile);
    return everyoneCame && this.#roster.size > 0 && this.#roster.alive === 0;
  }
}
