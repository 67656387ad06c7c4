/** What a load asks for at every moment: one form for all executors, without schemas, so that screens can draw it. */
import type { Load, ScenarioFile } from './file.ts';

/** A step of the number of virtual users: linear from what it was to `target` over `durationMs`. */
export interface VuStage {
  target: number;
  durationMs: number;
}

/** A number of virtual users over time: where it starts and its ramps. */
export interface VuProfile {
  kind: 'users';
  startUsers: number;
  stages: VuStage[];
  gracefulStopMs: number;
}

/** Calls that begin at a rate, whatever became of those before. Rates are calls a second. */
export interface ArrivalProfile {
  kind: 'arrivals';
  startRate: number;
  stages: { target: number; durationMs: number }[];
  /** Most calls at once; an arrival beyond it is dropped and counted. */
  maxUsers: number;
  gracefulStopMs: number;
}

/** A number of calls made by so many users: shared between them, or so many by each. */
export interface IterationProfile {
  kind: 'iterations';
  users: number;
  iterations: number;
  shared: boolean;
  maxDurationMs: number;
  gracefulStopMs: number;
}

/** Rising numbers of users, each held, until the thresholds fail; then a search between the last good and the first bad one. */
export interface BreakingPointProfile {
  kind: 'breaking-point';
  steps: number[];
  holdMs: number;
  /** null: a tenth of the last good number. */
  resolution: number | null;
  /** Users added each second; null: a step's users come within `stepRampMs`. */
  spawnRate: number | null;
  gracefulStopMs: number;
}

export type LoadProfile = VuProfile | ArrivalProfile | IterationProfile | BreakingPointProfile;

/** How long the users of a breaking-point step take to come when no rate is given, ms. */
export const stepRampMs = 10_000;

type ShortLoad = Exclude<Load, { executor: string }>;

function shortProfile(load: ShortLoad): VuProfile {
  const gracefulStopMs = load.graceful_stop;
  const constant: VuProfile = {
    kind: 'users',
    startUsers: load.users,
    stages: [{ target: load.users, durationMs: load.duration }],
    gracefulStopMs,
  };
  if (load.spawn_rate === undefined) return constant;
  const rampMs = (load.users / load.spawn_rate) * 1000;
  if (rampMs >= load.duration) {
    const reached = Math.max(1, Math.floor((load.spawn_rate * load.duration) / 1000));
    const stages = [{ target: reached, durationMs: load.duration }];
    return { kind: 'users', startUsers: 0, stages, gracefulStopMs };
  }
  const stages = [
    { target: load.users, durationMs: rampMs },
    { target: load.users, durationMs: load.duration - rampMs },
  ];
  return { kind: 'users', startUsers: 0, stages, gracefulStopMs };
}

/** Any load as written → its profile. A ramp of the short form that is longer than the duration is cut off by it. */
export function toLoadProfile(load: Load): LoadProfile {
  if (!('executor' in load)) return shortProfile(load);
  const gracefulStopMs = load.graceful_stop;
  switch (load.executor) {
    case 'constant-vus':
      return {
        kind: 'users',
        startUsers: load.users,
        stages: [{ target: load.users, durationMs: load.duration }],
        gracefulStopMs,
      };
    case 'ramping-vus':
      return {
        kind: 'users',
        startUsers: load.start_users,
        stages: load.stages.map((s) => ({ target: s.target, durationMs: s.duration })),
        gracefulStopMs,
      };
    case 'constant-arrival-rate': {
      const rate = (load.rate * 1000) / load.per;
      return {
        kind: 'arrivals',
        startRate: rate,
        stages: [{ target: rate, durationMs: load.duration }],
        maxUsers: load.max_users,
        gracefulStopMs,
      };
    }
    case 'ramping-arrival-rate': {
      const perSecond = (rate: number) => (rate * 1000) / load.per;
      return {
        kind: 'arrivals',
        startRate: perSecond(load.start_rate),
        stages: load.stages.map((s) => ({ target: perSecond(s.target), durationMs: s.duration })),
        maxUsers: load.max_users,
        gracefulStopMs,
      };
    }
    case 'shared-iterations':
    case 'per-vu-iterations':
      return {
        kind: 'iterations',
        users: load.users,
        iterations: load.iterations,
        shared: load.executor === 'shared-iterations',
        maxDurationMs: load.max_duration,
        gracefulStopMs,
      };
    case 'breaking-point':
      return {
        kind: 'breaking-point',
        steps: load.steps,
        holdMs: load.hold,
        resolution: load.resolution ?? null,
        spawnRate: load.spawn_rate ?? null,
        gracefulStopMs,
      };
  }
}

/** A load of a scenario: which users entries (by index) it is for, and when it begins, ms after the start of the run. */
export interface ScenarioLoad {
  load: Load;
  profile: LoadProfile;
  users: number[];
  startAfterMs: number;
}

/** Every load of a scenario: one for all, or one for each users entry that has its own. */
export function loadsOf(file: Pick<ScenarioFile, 'load' | 'users'>): ScenarioLoad[] {
  if (file.load !== undefined) {
    const users = file.users.map((_, i) => i);
    return [{ load: file.load, profile: toLoadProfile(file.load), users, startAfterMs: 0 }];
  }
  return file.users.flatMap((user, i) =>
    user.load === undefined
      ? []
      : [
          {
            load: user.load,
            profile: toLoadProfile(user.load),
            users: [i],
            startAfterMs: user.start_after,
          },
        ],
  );
}

/** The executors of a scenario's loads, `short` for the short form. */
export function executorsOf(file: Pick<ScenarioFile, 'load' | 'users'>): string[] {
  return loadsOf(file).map(({ load }) => ('executor' in load ? load.executor : 'short'));
}

function stagesMs(stages: readonly { durationMs: number }[]): number {
  return stages.reduce((sum, stage) => sum + stage.durationMs, 0);
}

/** How far apart the last good and the first bad number may be when the search ends. */
export function searchResolution(profile: BreakingPointProfile, good: number): number {
  return profile.resolution ?? Math.max(1, Math.round(good / 10));
}

/** How long users take to come from one number to a higher one, ms. */
export function stepRamp(profile: BreakingPointProfile, from: number, to: number): number {
  return profile.spawnRate === null ? stepRampMs : (Math.max(0, to - from) / profile.spawnRate) * 1000;
}

/** Longest a search can take: every step holds but the last, and then the widest search follows. */
function breakingPointMs(profile: BreakingPointProfile): number {
  const { steps, holdMs } = profile;
  let ms = 0;
  let longest = 0;
  steps.forEach((users, i) => {
    const good = steps[i - 1] ?? 0;
    ms += stepRamp(profile, good, users) + holdMs;
    const halvings = Math.ceil(
      Math.log2(Math.max(1, (users - good) / Math.max(1, searchResolution(profile, good)))),
    );
    longest = Math.max(longest, ms + halvings * (stepRamp(profile, good, users) + holdMs));
  });
  return longest;
}

/** Length of a profile without the graceful stop, ms: exact for users and arrivals, at most for the others. */
export function profileDurationMs(profile: LoadProfile): number {
  switch (profile.kind) {
    case 'users':
    case 'arrivals':
      return stagesMs(profile.stages);
    case 'iterations':
      return profile.maxDurationMs;
    case 'breaking-point':
      return breakingPointMs(profile);
  }
}

/** Most users (calls at once) the profile may ask for at any moment. */
export function peakUsers(profile: LoadProfile): number {
  switch (profile.kind) {
    case 'users':
      return Math.max(profile.startUsers, ...profile.stages.map((s) => s.target));
    case 'arrivals':
      return profile.maxUsers;
    case 'iterations':
      return profile.shared ? Math.min(profile.users, profile.iterations) : profile.users;
    case 'breaking-point':
      return Math.max(...profile.steps);
  }
}

/** Length of a scenario's load without the graceful stop, ms: until the last of its loads is over. */
export function plannedMs(file: Pick<ScenarioFile, 'load' | 'users'>): number {
  return Math.max(0, ...loadsOf(file).map((l) => l.startAfterMs + profileDurationMs(l.profile)));
}

/** Whether `plannedMs` is only the most it may take: the last of the loads is over as soon as its calls are, or its search. */
export function mayEndEarlier(file: Pick<ScenarioFile, 'load' | 'users'>): boolean {
  const timed = loadsOf(file).filter(
    ({ profile }) => profile.kind === 'users' || profile.kind === 'arrivals',
  );
  return Math.max(0, ...timed.map((l) => l.startAfterMs + profileDurationMs(l.profile))) < plannedMs(file);
}

/** Most users a scenario may ask for at any moment; of several loads their peaks together. */
export function peakOf(file: Pick<ScenarioFile, 'load' | 'users'>): number {
  return loadsOf(file).reduce((sum, { profile }) => sum + peakUsers(profile), 0);
}

/**
 * Users asked for at a moment after the start. While ramping up the next user starts as soon as its
 * share of the ramp begins (ceil), so that the first call does not wait for a whole step; ramping down is its mirror.
 */
export function usersAt(profile: VuProfile, ms: number): number {
  let from = profile.startUsers;
  let at = 0;
  for (const stage of profile.stages) {
    if (ms < at + stage.durationMs) {
      const exact = from + ((stage.target - from) * (ms - at)) / stage.durationMs;
      return stage.target > from ? Math.min(stage.target, Math.floor(exact) + 1) : Math.ceil(exact);
    }
    at += stage.durationMs;
    from = stage.target;
  }
  return from;
}

/** Calls that should have begun by a moment after the start, with fractions: the area under the rate. */
export function arrivalsUntil(profile: ArrivalProfile, ms: number): number {
  let from = profile.startRate;
  let left = ms;
  let sum = 0;
  for (const stage of profile.stages) {
    const span = Math.min(left, stage.durationMs);
    if (span <= 0) break;
    const reached = from + ((stage.target - from) * span) / stage.durationMs;
    sum += (((from + reached) / 2) * span) / 1000;
    left -= span;
    from = stage.target;
  }
  return sum;
}

/** A sum of fractions that should be whole may miss it by so much. */
const sumError = 1e-6;

/** Calls that begin in all: as many as there are whole ones below the rate. */
export function arrivalsInAll(profile: ArrivalProfile): number {
  return Math.floor(arrivalsUntil(profile, stagesMs(profile.stages)) + sumError);
}

/** Each call begins in the middle of its share of the area, so that neither the first nor the last falls on an edge of the load. */
const middle = 0.5;

/** How many calls should have begun by a moment after the start. */
export function arrivalsDue(profile: ArrivalProfile, ms: number): number {
  return Math.min(arrivalsInAll(profile), Math.floor(arrivalsUntil(profile, ms) + middle + sumError));
}

/**
 * When the `k`-th call (from 1) begins, ms after the start: the moment `arrivalsUntil` reaches `k` − ½. null when the
 * profile is over before.
 */
export function arrivalMoment(profile: ArrivalProfile, k: number): number | null {
  let from = profile.startRate;
  let at = 0;
  let left = k - middle;
  for (const { target, durationMs } of profile.stages) {
    const inStage = (((from + target) / 2) * durationMs) / 1000;
    if (left <= inStage + sumError && inStage > 0) {
      // The root of from·t + rise·t²/2 = left that does not cancel out where the rate hardly changes.
      const rise = ((target - from) * 1000) / durationMs;
      const root = Math.sqrt(Math.max(0, from * from + 2 * rise * left));
      const ms = from + root > 0 ? (2000 * left) / (from + root) : durationMs;
      return at + Math.min(durationMs, ms);
    }
    left -= inStage;
    at += durationMs;
    from = target;
  }
  return null;
}

/** Rate asked for at a moment after the start, calls a second. */
export function rateAt(profile: ArrivalProfile, ms: number): number {
  let from = profile.startRate;
  let at = 0;
  for (const stage of profile.stages) {
    if (ms < at + stage.durationMs) return from + ((stage.target - from) * (ms - at)) / stage.durationMs;
    at += stage.durationMs;
    from = stage.target;
  }
  return from;
}
