import type { BreakingPoint, HeldStep, Sample, ThresholdResult } from '#contract/run';
import { stepRamp, type BreakingPointProfile } from '#contract/scenario/load';
import { callsHeld, Hold, type HoldVerdict } from '../../measure/hold.ts';
import type { OpenWork, WorkerReport } from '../../messages.ts';
import type { RunPlan } from '../../plan.ts';
import { mostPerStep, type LoadDriver } from './driver.ts';
import type { Roster } from './roster.ts';
import { BreakingPointSearch } from './search.ts';
import { searchSentence, type Broken } from './searchWords.ts';

/** Users have come when so many of their calls are connected: some are always between two calls. */
const connectedShare = 0.95;

interface Judged extends HoldVerdict {
  hold: Hold;
}

/** Users on their way to the next number: since when, and from how many. */
interface Coming {
  since: number;
  from: number;
}

export interface BreakingPointOptions {
  plan: RunPlan;
  profile: BreakingPointProfile;
  roster: Roster;
  workers: number;
  /** Stamp of the load's beginning. */
  startAt: number;
}

/**
 * Holds one number of users after the other and judges each by the thresholds. Stamps are of the run's clock; it is the only
 * load of its run.
 */
export class BreakingPointDriver implements LoadDriver {
  readonly #options: BreakingPointOptions;
  readonly #search: BreakingPointSearch;
  readonly #judged: Judged[] = [];
  #coming: Coming | null;
  #hold: Hold | null = null;
  /** The newest word of each worker: calls connected, and what is open of the hold that is over. */
  readonly #active = new Map<number, number>();
  readonly #open = new Map<number, OpenWork & { at: number }>();
  #cut = false;

  constructor(options: BreakingPointOptions) {
    this.#options = options;
    this.#coming = { since: options.startAt, from: 0 };
    this.#search = new BreakingPointSearch(options.profile);
  }

  get asked(): number {
    return this.#options.roster.size;
  }

  /** Since when it must be known what is still open; null: it need not be. */
  get openSince(): number | null {
    return this.#hold !== null && this.#hold.to !== null ? this.#hold.from : null;
  }

  follow(sinceStart: number): boolean {
    const ms = sinceStart + this.#options.startAt;
    const { plan, profile } = this.#options;
    const { attempt } = this.#search;
    if (attempt === null) return true;
    if (this.#coming !== null && this.#haveCome(this.#coming, attempt.users, ms)) {
      this.#coming = null;
      this.#hold = new Hold(plan, { ...attempt, from: ms, holdMs: profile.holdMs });
    }
    const hold = this.#hold;
    if (hold === null) return false;
    if (hold.to === null && hold.isDue(ms)) {
      this.#open.clear();
      hold.close(ms);
    }
    if (hold.to !== null && (this.#settled(hold.to) || ms >= hold.to + profile.gracefulStopMs))
      this.#judge(hold, ms);
    return this.#search.attempt === null;
  }

  /** The search ends here, whatever it was about to try. */
  end(ms: number): void {
    if (this.#search.attempt === null || this.#cut) return;
    this.#cut = true;
    this.#hold?.close(ms);
  }

  // — what was measured —

  report(worker: number, report: WorkerReport): void {
    this.#active.set(worker, report.active);
    if (report.open !== null) this.#open.set(worker, { ...report.open, at: report.at });
    if (!this.#cut) this.#hold?.report(report);
  }

  second(sample: Sample, wallMs: number): void {
    this.#hold?.second(sample, wallMs);
  }

  distrust(reason: string, at: number): void {
    this.#hold?.distrust(reason, at);
  }

  gap(ms: number, at: number): void {
    this.#hold?.gap(ms, at);
  }

  // — a number of users —

  #haveCome({ since, from }: Coming, users: number, ms: number): boolean {
    const { profile, roster, plan } = this.#options;
    const ramp = stepRamp(profile, Math.min(from, users), Math.max(from, users));
    const risen = ms >= since + ramp ? users : from + Math.ceil(((users - from) * (ms - since)) / ramp);
    // Too many go at once: a target that broke down is not kept down by taking them off slowly.
    roster.match(users < from ? users : Math.min(users, Math.max(1, risen)), mostPerStep);
    if (ms < since + ramp || roster.size !== users) return false;
    const connected = [...this.#active.values()].reduce((sum, active) => sum + active, 0);
    if (roster.alive <= roster.size && connected >= users * connectedShare) return true;
    const patience = Math.max(
      ...plan.users.map((entry) =>
        entry.kind === 'voice' ? entry.timeouts.connect : entry.connectTimeoutMs,
      ),
    );
    const letGo = users < from ? profile.gracefulStopMs : 0;
    return ms >= since + ramp + Math.max(patience, letGo);
  }

  /** Whether all workers have told of every turn and connect that began before. */
  #settled(before: number): boolean {
    if (this.#open.size < this.#options.workers) return false;
    return [...this.#open.values()].every(
      ({ at, since }) => at >= before && (since === null || since >= before),
    );
  }

  #judge(hold: Hold, ms: number): void {
    for (const { calls } of this.#open.values()) for (const call of calls) hold.call(call);
    const verdict = hold.verdict();
    this.#judged.push({ ...verdict, hold });
    this.#search.judged(verdict.result);
    this.#hold = null;
    this.#coming = { since: ms, from: hold.users };
  }

  // — what was found —

  #withUsers(users: number | null): Judged | null {
    return this.#judged.findLast(({ hold }) => hold.users === users) ?? null;
  }

  /** Every enabled threshold, of the highest number that was held; of the one judged last when none was. */
  thresholds(): ThresholdResult[] {
    const { plan } = this.#options;
    const judged = this.#withUsers(this.#search.good) ?? this.#judged.at(-1);
    const hold = judged?.hold ?? this.#hold ?? new Hold(plan, { users: 0, kind: 'step', from: 0, holdMs: 0 });
    return [...hold.thresholds(), ...callsHeld(plan, this.#search.good)];
  }

  /** The thresholds while the search goes on: of what is held now. */
  thresholdsSoFar(): ThresholdResult[] {
    return (this.#hold ?? this.#judged.at(-1)?.hold)?.thresholds() ?? [];
  }

  /** Why what was found cannot be trusted: it rests on nothing but a number of calls that this machine did not carry. */
  untrusted(): string[] {
    const { good, bad } = this.#search;
    return good === null && bad === null ? (this.#withUsers(this.#search.overloaded)?.reasons ?? []) : [];
  }

  untrustedSoFar(): string[] {
    return this.#cut ? [] : (this.#hold?.untrustedSoFar() ?? []);
  }

  /** Whether a number of calls was held. */
  get held(): boolean {
    return this.#search.good !== null;
  }

  result(): BreakingPoint {
    const { startAt } = this.#options;
    const { good, bad, overloaded, attempt } = this.#search;
    const hold = this.#hold;
    const broken = this.#brokenAt(bad);
    const generator = this.#brokenAt(overloaded);
    const now = attempt === null || this.#cut ? null : { users: attempt.users, held: hold !== null };
    return {
      holds: good,
      breaks_at: overloaded ?? bad,
      limited_by: overloaded !== null ? 'generator' : bad !== null ? 'target' : null,
      sentence: searchSentence({ holds: good, broken, overloaded: generator, now, cut: this.#cut }),
      steps: [
        ...this.#judged.map(({ hold: held, result, thresholds }) =>
          stepOf(held, startAt, result, thresholds),
        ),
        ...(hold === null
          ? []
          : [stepOf(hold, startAt, this.#cut ? 'cut' : null, hold.verdict().thresholds)]),
      ],
    };
  }

  #brokenAt(users: number | null): Broken | null {
    const judged = users === null ? null : this.#withUsers(users);
    return judged === null ? null : { users: judged.hold.users, thresholds: judged.thresholds, reasons: judged.reasons }; // prettier-ignore
  }
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}

function stepOf(
  hold: Hold,
  startAt: number,
  result: HeldStep['result'],
  thresholds: ThresholdResult[],
): HeldStep {
  return {
    users: hold.users,
    from_s: seconds(hold.from - startAt),
    to_s: hold.to === null ? null : seconds(hold.to - startAt),
    kind: hold.kind,
    result,
    ...hold.latencies,
    thresholds,
  };
}
