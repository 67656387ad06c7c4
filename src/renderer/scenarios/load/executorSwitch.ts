/** A load of another executor that asks for as much the same as it can: users, length, peak, rate. Pure. */
import type { Load } from '#contract/scenario/file';
import {
  type LoadProfile,
  peakUsers,
  profileDurationMs,
  stepRamp,
  toLoadProfile,
} from '#contract/scenario/load';
import { formatDuration } from '#contract/units';
import { type Executor, mapOf, msOf, numberOf, readLoad } from './readLoad.ts';
import { snap, within } from './snapping.ts';

/** What a load comes down to, whatever its executor. */
interface Gist {
  /** Most users at once. */
  users: number;
  durationMs: number;
  /** How fast users come, users a second; null: not said. */
  spawnRate: number | null;
  /** Shape over time, targets as shares of the peak; null: a plateau. */
  shape: { start: number; stages: { share: number; durationMs: number }[] } | null;
  /** Calls a second at the peak; null: not said. */
  rate: number | null;
  /** How many calls altogether; null: not said. */
  calls: number | null;
}

const fallback: Gist = {
  users: 10,
  durationMs: 300_000,
  spawnRate: null,
  shape: null,
  rate: null,
  calls: null,
};

/** How long a call is taken to be where nothing is known of it, ms. */
const usualCallMs = 30_000;

function shapeOf(start: number, stages: { target: number; durationMs: number }[]): Gist['shape'] {
  const peak = Math.max(start, ...stages.map((stage) => stage.target));
  if (peak <= 0 || stages.every((stage) => stage.target === start)) return null;
  return {
    start: start / peak,
    stages: stages.map(({ target, durationMs }) => ({ share: target / peak, durationMs })),
  };
}

function gistOf(load: Load, profile: LoadProfile): Gist {
  const users = peakUsers(profile);
  const durationMs = profileDurationMs(profile);
  const base: Gist = { ...fallback, users: Math.max(1, users), durationMs };
  switch (profile.kind) {
    case 'users': {
      const spawnRate = 'spawn_rate' in load ? (load.spawn_rate ?? null) : null;
      return { ...base, spawnRate, shape: shapeOf(profile.startUsers, profile.stages) };
    }
    case 'arrivals': {
      const rate = Math.max(profile.startRate, ...profile.stages.map((stage) => stage.target));
      return { ...base, rate, shape: shapeOf(profile.startRate, profile.stages) };
    }
    case 'iterations':
      return { ...base, calls: profile.shared ? profile.iterations : profile.iterations * profile.users };
    case 'breaking-point': {
      const stages = profile.steps.flatMap((target, i) => [
        { target, durationMs: stepRamp(profile, profile.steps[i - 1] ?? 0, target) },
        { target, durationMs: profile.holdMs },
      ]);
      return {
        ...base,
        durationMs: stages.reduce((sum, stage) => sum + stage.durationMs, 0),
        spawnRate: profile.spawnRate,
        shape: shapeOf(0, stages),
      };
    }
  }
}

/** What can be told of a load that is not whole. */
function partialGist(written: unknown): Gist {
  const map = mapOf(written);
  const given = (key: string) => numberOf(map?.[key], 1, 100_000);
  const ms = msOf(map?.duration) ?? msOf(map?.max_duration) ?? 0;
  return {
    ...fallback,
    users: given('users') ?? given('max_users') ?? fallback.users,
    durationMs: ms > 0 ? ms : fallback.durationMs,
    rate: numberOf(map?.rate, 0.001, 1_000_000),
  };
}

function roundRate(rate: number): number {
  return Number(rate.toPrecision(rate < 1 ? 1 : 2));
}

/** A plateau with a short way up: a tenth of the time, at most 30 s. */
function plateau(durationMs: number): NonNullable<Gist['shape']> {
  const up = within(snap(durationMs / 10, 1000), Math.min(1000, durationMs / 2), 30_000);
  return {
    start: 0,
    stages: [
      { share: 1, durationMs: up },
      { share: 1, durationMs: durationMs - up },
    ],
  };
}

function stages(gist: Gist, peak: number, whole: boolean) {
  const shape = gist.shape ?? plateau(gist.durationMs);
  const target = (share: number) =>
    whole ? Math.round(share * peak) : Number((share * peak).toPrecision(3));
  return {
    start: target(shape.start),
    stages: shape.stages.map(({ share, durationMs }) => ({
      target: target(share),
      duration: formatDuration(Math.round(durationMs)),
    })),
  };
}

/** Rising numbers up to a peak, in quarters. */
function steps(peak: number): number[] {
  return [...new Set([0.25, 0.5, 0.75, 1].map((share) => Math.max(1, Math.round(share * peak))))];
}

/**
 * A load as written → one of another executor, as it is to be written. `callMs`: how long one call takes; it turns
 * users into a rate of arrivals and a length into a number of calls.
 */
export function switchExecutor(
  written: unknown,
  to: Executor,
  callMs: number | null,
): Record<string, unknown> {
  const load = readLoad(written);
  const gist = load ? gistOf(load, toLoadProfile(load)) : partialGist(written);
  const graceful = mapOf(written)?.graceful_stop;
  const rest = graceful === undefined ? {} : { graceful_stop: graceful };
  const callSeconds = (callMs ?? usualCallMs) / 1000;
  const duration = formatDuration(Math.round(gist.durationMs));
  const rate = gist.rate ?? roundRate(gist.users / callSeconds);
  const perUser = Math.max(1, Math.round(gist.durationMs / 1000 / callSeconds));
  switch (to) {
    case 'short':
      return {
        users: gist.users,
        ...(gist.spawnRate === null ? {} : { spawn_rate: gist.spawnRate }),
        duration,
        ...rest,
      };
    case 'constant-vus':
      return { executor: to, users: gist.users, duration, ...rest };
    case 'ramping-vus': {
      const ramp = stages(gist, gist.users, true);
      const start = ramp.start === 0 ? {} : { start_users: ramp.start };
      return { executor: to, ...start, stages: ramp.stages, ...rest };
    }
    case 'constant-arrival-rate':
      return { executor: to, rate, duration, max_users: gist.users, ...rest };
    case 'ramping-arrival-rate': {
      const ramp = stages(gist, rate, false);
      const start = ramp.start === 0 ? {} : { start_rate: ramp.start };
      return { executor: to, ...start, stages: ramp.stages, max_users: gist.users, ...rest };
    }
    case 'shared-iterations':
      return {
        executor: to,
        users: gist.users,
        iterations: gist.calls ?? gist.users * perUser,
        max_duration: duration,
        ...rest,
      };
    case 'per-vu-iterations': {
      const iterations = gist.calls === null ? perUser : Math.max(1, Math.round(gist.calls / gist.users));
      return { executor: to, users: gist.users, iterations, max_duration: duration, ...rest };
    }
    case 'breaking-point': {
      const rising = steps(gist.users);
      const hold = within(snap(gist.durationMs / rising.length, 5000), 10_000, 300_000);
      return { executor: to, steps: rising, hold: formatDuration(hold), ...rest };
    }
  }
}
