/** How many calls a load makes. */
import {
  arrivalsUntil,
  peakUsers,
  profileDurationMs,
  stepRamp,
  type BreakingPointProfile,
  type LoadProfile,
  type VuProfile,
} from '#contract/scenario/load';

export interface CallCount {
  count: number;
  /** The load itself says how many. */
  exact: boolean;
}

/** What is known of the calls of a load. */
export interface CallsOfLoad {
  /** How long one takes on average, ms. */
  callMs: number;
  /** How far lengths are apart: their standard deviation as a share of the average; 0: all take the same time. */
  spread: number;
  /** Most calls of one user; null: no limit. */
  perUser: number | null;
}

/** Beyond so many users some stand for all. */
const mostLookedAt = 2000;

/** How long a user is there each time, ms: whenever at least `nth` users are asked for. */
function presences(profile: VuProfile, nth: number): number[] {
  const found: number[] = [];
  let from = profile.startUsers;
  let there = from >= nth ? 0 : null;
  for (const { target, durationMs } of profile.stages) {
    const before = from >= nth;
    const after = target >= nth;
    const crossing = before === after ? 0 : (Math.abs(nth - from) / Math.abs(target - from)) * durationMs;
    if (before && after) there = (there ?? 0) + durationMs;
    else if (after) there = durationMs - crossing;
    else if (before) {
      found.push((there ?? 0) + crossing);
      there = null;
    }
    from = target;
  }
  if (there !== null) found.push(there);
  return found.filter((ms) => ms > 0);
}

/** Users who come once and stay until the end, or go once. */
function comesOnce(profile: VuProfile): boolean {
  const levels = [profile.startUsers, ...profile.stages.map(({ target }) => target)];
  const top = levels.indexOf(Math.max(...levels));
  return levels.every((level, i) => {
    const next = levels[i + 1];
    return next === undefined || (i < top ? next >= level : next <= level);
  });
}

/**
 * Calls that one user begins one after the other in a time. Of one length: as many as are begun in it; of several lengths
 * by chance: what renewal theory expects, T/μ + (1 + (σ/μ)²)/2 with the first one counted.
 */
function callsIn(ms: number, { callMs, spread }: CallsOfLoad): number {
  if (spread === 0) return Math.max(1, Math.ceil(ms / callMs));
  return Math.max(1, ms / callMs + (1 + spread ** 2) / 2);
}

function ofUsers(profile: VuProfile, calls: CallsOfLoad): CallCount {
  const { perUser } = calls;
  const users = peakUsers(profile);
  if (perUser === 1 && comesOnce(profile)) return { count: users, exact: true };
  const looked = Math.min(users, mostLookedAt);
  let sum = 0;
  for (let i = 0; i < looked; i++) {
    const nth = looked === users ? i + 1 : Math.floor(((i + 0.5) * users) / looked) + 1;
    for (const ms of presences(profile, nth))
      sum += Math.min(perUser ?? Number.POSITIVE_INFINITY, callsIn(ms, calls));
  }
  return { count: Math.round((sum * users) / Math.max(1, looked)), exact: false };
}

/** As if every step were reached; the search that follows is not counted. */
function ofBreakingPoint(profile: BreakingPointProfile, callMs: number): CallCount {
  let calls = 0;
  profile.steps.forEach((users, i) => {
    const from = profile.steps[i - 1] ?? 0;
    const userMs = users * profile.holdMs + ((from + users) / 2) * stepRamp(profile, from, users);
    calls += userMs / callMs;
  });
  return { count: Math.ceil(calls), exact: false };
}

/**
 * Calls of a profile. Arrivals and iterations say themselves how many there are (of arrivals those beyond `max_users` are
 * dropped; iterations that `max_duration` leaves no time for are not made). Users call again and again: as often as calls
 * of the expected length fit into the time they are there, a last one being begun until its end.
 */
export function callCount(profile: LoadProfile, calls: CallsOfLoad): CallCount {
  const callMs = Math.max(1, calls.callMs);
  switch (profile.kind) {
    case 'users':
      return ofUsers(profile, { ...calls, callMs });
    case 'arrivals':
      return { count: Math.floor(arrivalsUntil(profile, profileDurationMs(profile)) + 1e-6), exact: true };
    case 'iterations': {
      const asked = profile.shared ? profile.iterations : profile.users * profile.iterations;
      const possible = Math.ceil(profile.maxDurationMs / callMs) * peakUsers(profile);
      return asked <= possible ? { count: asked, exact: true } : { count: possible, exact: false };
    }
    case 'breaking-point':
      return ofBreakingPoint(profile, callMs);
  }
}
