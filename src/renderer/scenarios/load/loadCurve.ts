/** What a load asks for over time, as columns to draw. Pure. */
import type { Load } from '#contract/scenario/file';
import {
  arrivalsUntil,
  type BreakingPointProfile,
  type LoadProfile,
  profileDurationMs,
  rateAt,
  searchResolution,
  stepRamp,
  toLoadProfile,
  usersAt,
} from '#contract/scenario/load';

/** One load to draw. */
export interface DrawnLoad {
  name: string;
  load: Load;
  startAfterMs: number;
}

export type CurveUnit = 'users' | 'rate';

export interface Curve {
  name: string;
  unit: CurveUnit;
  /** One value for each moment of the chart; null where the load is not there. */
  values: (number | null)[];
  /** The part that need not come about: after the calls of a load that says how many there are. */
  perhaps: (number | null)[] | null;
  /** Calls that have begun by each moment; null where the load does not say. */
  calls: number[] | null;
}

/** Where a search between two steps may come: seconds and users. */
export interface SearchBand {
  fromS: number;
  toS: number;
  low: number;
  high: number;
}

export interface Preview {
  /** Seconds since the start of the run. */
  t: number[];
  curves: Curve[];
  /** Users of all loads together, where there are several. */
  together: (number | null)[] | null;
  bands: SearchBand[];
  /** Until when a load is sure to last, s, and until when it may. */
  endS: number;
  longestS: number;
  /** Calls are counted in so many ms on the axis of rates. */
  perMs: number;
}

const samples = 480;

function stairs(profile: BreakingPointProfile): { target: number; durationMs: number }[] {
  return profile.steps.flatMap((target, i) => [
    { target, durationMs: stepRamp(profile, profile.steps[i - 1] ?? 0, target) },
    { target, durationMs: profile.holdMs },
  ]);
}

/** Where the search comes if a step is the first bad one: between it and the good one before it. */
export function searchBands(profile: BreakingPointProfile): SearchBand[] {
  let ms = 0;
  return profile.steps.flatMap((users, i): SearchBand[] => {
    const good = profile.steps[i - 1] ?? 0;
    const stepMs = stepRamp(profile, good, users) + profile.holdMs;
    ms += stepMs;
    const apart = (users - good) / Math.max(1, searchResolution(profile, good));
    const halvings = Math.ceil(Math.log2(Math.max(1, apart)));
    if (halvings === 0) return [];
    return [{ fromS: ms / 1000, toS: (ms + halvings * stepMs) / 1000, low: good, high: users }];
  });
}

/** The load until it surely has ended, ms: the search after the steps is not in it. */
function drawnMs(profile: LoadProfile): number {
  return profile.kind === 'breaking-point'
    ? stairs(profile).reduce((sum, stage) => sum + stage.durationMs, 0)
    : profileDurationMs(profile);
}

/** Moments at which something bends, ms after the load's start. */
function corners(profile: LoadProfile): number[] {
  const stages =
    profile.kind === 'breaking-point'
      ? stairs(profile)
      : profile.kind === 'iterations'
        ? [{ durationMs: profile.maxDurationMs }]
        : profile.stages;
  let ms = 0;
  return stages.map((stage) => (ms += stage.durationMs));
}

/** When the calls of a load that says how many there are should be over, ms. */
function iterationsMs(profile: Extract<LoadProfile, { kind: 'iterations' }>, callMs: number | null): number {
  if (callMs === null) return profile.maxDurationMs;
  const each = profile.shared ? Math.ceil(profile.iterations / profile.users) : profile.iterations;
  return Math.min(profile.maxDurationMs, each * callMs);
}

function curveOf(drawn: DrawnLoad, t: readonly number[], perMs: number, callMs: number | null): Curve {
  const profile = toLoadProfile(drawn.load);
  const { name, startAfterMs } = drawn;
  const endMs = drawnMs(profile);
  const over = (value: (ms: number) => number, from = 0, to = endMs) =>
    t.map((seconds) => {
      const ms = seconds * 1000 - startAfterMs;
      return ms < from - 0.5 || ms > to + 0.5 ? null : value(Math.max(0, ms));
    });
  switch (profile.kind) {
    case 'users':
      return {
        name,
        unit: 'users',
        values: over((ms) => usersAt(profile, ms)),
        perhaps: null,
        calls: null,
      };
    case 'arrivals':
      return {
        name,
        unit: 'rate',
        values: over((ms) => (rateAt(profile, ms) * perMs) / 1000),
        perhaps: null,
        calls: t.map((seconds) => arrivalsUntil(profile, Math.max(0, seconds * 1000 - startAfterMs))),
      };
    case 'iterations': {
      const sure = iterationsMs(profile, callMs);
      const users = profile.shared ? Math.min(profile.users, profile.iterations) : profile.users;
      return {
        name,
        unit: 'users',
        values: over(() => users, 0, sure),
        perhaps: over(() => users, sure, endMs),
        calls: null,
      };
    }
    case 'breaking-point': {
      const shape = { kind: 'users' as const, startUsers: 0, stages: stairs(profile), gracefulStopMs: 0 };
      return { name, unit: 'users', values: over((ms) => usersAt(shape, ms)), perhaps: null, calls: null };
    }
  }
}

function perOf(drawn: readonly DrawnLoad[]): number {
  const pers = new Set(drawn.flatMap(({ load }) => ('per' in load ? [load.per] : [])));
  const [only] = pers;
  return pers.size === 1 && only !== undefined ? only : 1000;
}

function sum(curves: readonly Curve[], length: number): (number | null)[] {
  return Array.from({ length }, (_, i) => {
    const values = curves.flatMap((curve) => curve.values[i] ?? curve.perhaps?.[i] ?? []);
    return values.length === 0 ? null : values.reduce((all, value) => all + value, 0);
  });
}

/** Everything to be drawn of some loads. `callMs`: how long one call takes, where that is known. */
export function previewOf(drawn: readonly DrawnLoad[], callMs: number | null): Preview {
  const profiles = drawn.map((entry) => ({
    startAfterMs: entry.startAfterMs,
    profile: toLoadProfile(entry.load),
  }));
  const endMs = Math.max(0, ...profiles.map((p) => p.startAfterMs + drawnMs(p.profile)));
  const bands = profiles.flatMap(({ profile }) =>
    profile.kind === 'breaking-point' ? searchBands(profile) : [],
  );
  const moments = new Set(Array.from({ length: samples + 1 }, (_, i) => (endMs * i) / samples));
  for (const { profile, startAfterMs } of profiles) {
    moments.add(startAfterMs);
    for (const corner of corners(profile)) moments.add(startAfterMs + corner);
    if (profile.kind === 'iterations') moments.add(startAfterMs + iterationsMs(profile, callMs));
  }
  const t = [...moments].sort((a, b) => a - b).map((ms) => ms / 1000);
  const perMs = perOf(drawn);
  const curves = drawn.map((entry) => curveOf(entry, t, perMs, callMs));
  const users = curves.filter((curve) => curve.unit === 'users');
  return {
    t,
    curves,
    together: users.length > 1 ? sum(users, t.length) : null,
    bands,
    endS: endMs / 1000,
    longestS: Math.max(endMs / 1000, ...bands.map((band) => band.toS)),
    perMs,
  };
}
