import type { Arrivals } from '#contract/run';
import {
  arrivalMoment,
  arrivalsDue,
  arrivalsInAll,
  profileDurationMs,
  type ArrivalProfile,
} from '#contract/scenario/load';
import type { Places } from '../../sharedCounts.ts';
import { mostPerStep, type LoadDriver } from './driver.ts';
import type { Roster } from './roster.ts';

/** Calls are handed out so long before they are due: a main thread that is busy for a moment delays none. */
const aheadMs = 500;
/** Calls that are due at the very end have so long to begin. */
const latestMs = 1000;

/**
 * Calls that begin at a rate: call k when the area under the rate reaches k − ½, whatever became of those before. Who is
 * due when is decided here, its precise start and whether there is a place for it on its worker.
 */
export class ArrivalsDriver implements LoadDriver {
  readonly #profile: ArrivalProfile;
  readonly #roster: Roster;
  readonly #places: Places;
  readonly #startAt: number;
  readonly #inAll: number;
  readonly #mostPerStep: number;
  /** Number of the next call to hand out, from 1. */
  #next = 1;
  #due = 0;
  /** Until when calls were to arrive, as far as it has come. */
  #until = 0;

  /** `startAt`: the load's start on the run's clock. `most`: how many can be handed out in one step. */
  constructor(
    profile: ArrivalProfile,
    roster: Roster,
    places: Places,
    startAt: number,
    most: number = mostPerStep,
  ) {
    this.#mostPerStep = most;
    this.#profile = profile;
    this.#roster = roster;
    this.#places = places;
    this.#startAt = startAt;
    this.#inAll = arrivalsInAll(profile);
  }

  /** Calls that were to begin until now and have not ended. */
  get asked(): number {
    return this.#places.taken;
  }

  /** Whether as many are busy as may be. */
  get full(): boolean {
    return this.#places.taken >= this.#places.most;
  }

  follow(ms: number): boolean {
    const duration = profileDurationMs(this.#profile);
    this.#until = Math.min(ms, duration);
    this.#due = arrivalsDue(this.#profile, this.#until);
    this.#handOut(ms + aheadMs);
    if (ms < duration) return false;
    return this.#settled >= this.#inAll || ms >= duration + latestMs;
  }

  #handOut(until: number): void {
    const stamps: number[] = [];
    for (let at = this.#moment(); at !== null && at <= until; at = this.#moment()) {
      this.#next++;
      // No machine begins so many: what is beyond is not even tried.
      if (stamps.length < this.#mostPerStep) stamps.push(this.#startAt + at);
      else this.#places.drop();
    }
    if (stamps.length > 0) this.#roster.expect(stamps);
  }

  #moment(): number | null {
    return this.#next > this.#inAll ? null : arrivalMoment(this.#profile, this.#next);
  }

  get #settled(): number {
    return this.#places.started + this.#places.dropped;
  }

  /** How the rate was kept so far. Rates are over the time in which calls were to arrive. */
  arrivals(): Counted & { fromMs: number; toMs: number } {
    const { started, dropped } = this.#places;
    const asked = Math.max(this.#due, started + dropped);
    return { asked, started, dropped, fromMs: this.#startAt, toMs: this.#startAt + this.#until };
  }
}

type Counted = Pick<Arrivals, 'asked' | 'started' | 'dropped'>;

/** Several loads of arrivals as one. */
export function allArrivals(drivers: readonly ArrivalsDriver[]): Arrivals | null {
  if (drivers.length === 0) return null;
  const each = drivers.map((driver) => driver.arrivals());
  const begun = each.filter((one) => one.toMs > one.fromMs);
  const sum = (of: (one: Counted) => number) => each.reduce((n, one) => n + of(one), 0);
  const span = Math.max(...begun.map((one) => one.toMs)) - Math.min(...begun.map((one) => one.fromMs));
  const seconds = begun.length > 0 ? span / 1000 : 0;
  const perSecond = (count: number) => (seconds > 0 ? Math.round((count / seconds) * 1000) / 1000 : 0);
  const [asked, started, dropped] = [sum((a) => a.asked), sum((a) => a.started), sum((a) => a.dropped)];
  return { asked, started, dropped, asked_per_s: perSecond(asked), achieved_per_s: perSecond(started) };
}
