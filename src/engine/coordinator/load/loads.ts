/** All loads of a run: each has a driver of its own, and the run is through when all are. */
import type { Arrivals, UserControl } from '#contract/run';
import type { LoadShare, ToWorker } from '../../messages.ts';
import type { PlanLoad, RunPlan } from '../../plan.ts';
import { feedMemory } from '../../requests/feeds.ts';
import { Places, SharedCalls } from '../../sharedCounts.ts';
import { allArrivals, ArrivalsDriver } from './arrivals.ts';
import { BreakingPointDriver } from './breakingPoint.ts';
import { mostPerStep, type LoadDriver } from './driver.ts';
import { LoadFollower } from './follower.ts';
import { IterationsDriver } from './iterations.ts';
import { Numbering } from './numbering.ts';
import { Roster, type Staying } from './roster.ts';
import { Shares } from './shares.ts';
import { UsersDriver } from './users.ts';

/** Calls that begin so much later than they were to are worth a word; ms. */
const lagWorthSaying = 1000;
/** Arrivals of request users are handed out as bare stamps. */
const mostStampsPerStep = 100_000;

export class Loads {
  readonly #plan: RunPlan;
  readonly #workers: number;
  readonly #send: (worker: number, message: ToWorker) => void;
  readonly #numbering: Numbering;
  readonly #feeds: SharedArrayBuffer;
  readonly #rosters: Roster[] = [];
  readonly #followers: LoadFollower[] = [];
  readonly #arrivals: ArrivalsDriver[] = [];
  readonly #said = new Set<string>();
  #told = { asked: 0, dropped: 0 };
  #users: UsersDriver | null = null;
  /** The search for the breaking point; null when there is none. */
  search: BreakingPointDriver | null = null;
  /** For every load, what the workers share of it. */
  readonly shares: LoadShare[];

  /** `send` reaches one worker (from 0). */
  constructor(plan: RunPlan, workers: number, send: (worker: number, message: ToWorker) => void) {
    this.#plan = plan;
    this.#workers = workers;
    this.#send = send;
    this.#numbering = new Numbering(workers);
    this.#feeds = feedMemory(plan);
    this.shares = plan.loads.map((load, index) => this.#take(load, index));
  }

  #take(load: PlanLoad, index: number): LoadShare {
    const { profile, startAfterMs } = load;
    const places = profile.kind === 'arrivals' ? this.#placesOf(load, profile.maxUsers) : null;
    const are = (group: number) => this.#plan.users[group]?.kind !== 'voice';
    const staying: Staying | undefined =
      places === null ? undefined : { are, workers: this.#workers, places };
    const shares = new Shares(
      load.users.map((group) => ({ group, weight: this.#plan.users[group]?.weight ?? 1 })),
    );
    const roster = new Roster({ load: index, shares, numbering: this.#numbering, staying, send: this.#send });
    const follow = (driver: LoadDriver, share: Partial<LoadShare>): LoadShare => {
      const { gracefulStopMs } = profile;
      const send = (message: ToWorker) => this.#sendToAll(message);
      this.#rosters.push(roster);
      this.#followers.push(new LoadFollower({ index, startAfterMs, gracefulStopMs, driver, roster, send }));
      const [threads, feeds] = [this.#workers, this.#feeds];
      return { callsPerUser: null, calls: null, places: null, threads, feeds, ...share };
    };
    switch (profile.kind) {
      case 'users': {
        const driver = new UsersDriver(profile, roster);
        if (this.#plan.loads.length === 1) this.#users = driver;
        return follow(driver, {});
      }
      case 'arrivals': {
        const arriving = places ?? this.#placesOf(load, profile.maxUsers);
        const driver = new ArrivalsDriver(
          profile, roster, arriving, startAfterMs, load.users.every(are) ? mostStampsPerStep : mostPerStep,
        ); // prettier-ignore
        this.#arrivals.push(driver);
        return follow(driver, { places: arriving.buffer });
      }
      case 'iterations': {
        const share = profile.shared
          ? { calls: SharedCalls.of(profile.iterations).buffer }
          : { callsPerUser: profile.iterations };
        return follow(new IterationsDriver(profile, roster), share);
      }
      case 'breaking-point': {
        const workers = this.#workers;
        this.search = new BreakingPointDriver({
          plan: this.#plan,
          profile,
          roster,
          workers,
          startAt: startAfterMs,
        });
        return follow(this.search, {});
      }
    }
  }

  /** Numbers of users that stay for further arrivals are given on their threads. */
  #placesOf({ users }: PlanLoad, most: number): Places {
    const some = users.some((group) => this.#plan.users[group]?.kind !== 'voice');
    return Places.of(most, some ? this.#numbering.reserve(most) : 1);
  }

  #sendToAll(message: ToWorker): void {
    for (let worker = 0; worker < this.#workers; worker++) this.#send(worker, message);
  }

  /** `running` while calls may begin, `ending` while open turns may end, then `over`. */
  get state(): 'running' | 'ending' | 'over' {
    const states = this.#followers.map((follower) => follower.state);
    if (states.includes('running')) return 'running';
    return states.includes('ending') ? 'ending' : 'over';
  }

  /** Calls asked for now. */
  get asked(): number {
    return this.#followers.reduce((sum, follower) => sum + follower.asked, 0);
  }

  /** Who decides on the number of users: it can be set by hand where the only load is one of users. */
  get control(): UserControl {
    const adjustable = this.#users !== null && this.state === 'running';
    return { pinned: this.#users?.pinned ?? null, adjustable };
  }

  /** Sets the number of users; false when it cannot be. */
  pin(users: number | null): boolean {
    if (this.#users === null || this.state !== 'running') return false;
    this.#users.pinned = users;
    return true;
  }

  /** `now` is a stamp of the run's clock. */
  follow(now: number): void {
    for (const follower of this.#followers) follower.follow(now);
  }

  /** Nothing begins any more. */
  end(now: number): void {
    this.search?.end(now);
    for (const follower of this.#followers) follower.end(now);
  }

  gone(vu: number): void {
    this.#rosters.some((roster) => roster.gone(vu));
  }

  /** How the rates of arrivals were kept so far; null when no calls arrive. */
  arrivals(): Arrivals | null {
    return allArrivals(this.#arrivals);
  }

  /** Arrivals asked for and dropped since the last time this was asked. */
  takeArrivals(): { asked: number; dropped: number } {
    const { asked, dropped } = this.arrivals() ?? { asked: 0, dropped: 0 };
    const since = { asked: asked - this.#told.asked, dropped: dropped - this.#told.dropped };
    this.#told = { asked, dropped };
    return since;
  }

  /** What the operator should know now of arrivals, each once. */
  news(): string[] {
    const arrivals = this.arrivals();
    if (arrivals === null) return [];
    const { asked, started, dropped, asked_per_s } = arrivals;
    const news: string[] = [];
    const say = (key: string, text: string) => {
      if (this.#said.has(key)) return;
      this.#said.add(key);
      news.push(text);
    };
    if (dropped > 0)
      say(
        'dropped',
        'Calls that were to arrive are dropped: as many as max_users allows are going on. Raise max_users, or ask for fewer calls a second.',
      );
    const late = asked - started - dropped > (asked_per_s * lagWorthSaying) / 1000 + 1;
    if (late && this.#arrivals.some((driver) => driver.full))
      say(
        'waiting',
        'Iterations begin later than they were to: as many users as max_users allows are busy. Their wait counts in the latencies. Raise max_users, or ask for fewer iterations a second.',
      );
    else if (late)
      say(
        'late',
        'Calls begin later than they were to: this machine cannot connect as many a second. Use more workers, or ask for fewer calls a second.',
      );
    return news;
  }
}
