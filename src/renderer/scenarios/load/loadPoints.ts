/** The points of a load that can be moved in its chart, and what a load becomes when one is. Pure. */
import { mostRate, mostUsers } from '#contract/scenario/executorNames';
import type { Load } from '#contract/scenario/file';
import { stepRamp, toLoadProfile } from '#contract/scenario/load';
import { snap, within } from './snapping.ts';

/** No load takes longer, ms. */
export const longestMs = 31 * 24 * 3_600_000;

/** A point: where it stands, and what its two directions change. */
export interface LoadPoint {
  key: string;
  /** `Stage 2`, `Start`, `Step 3`. */
  name: string;
  tMs: number;
  /** Users, or calls each `per` of the load. */
  value: number;
  least: number;
  most: number;
  /** What moving it sideways changes; null: nothing. */
  length: PointLength | null;
  /** Whether it can be taken away. */
  removable: boolean;
}

export interface PointLength {
  ms: number;
  least: number;
  /** How much the length changes for each millisecond that the point moves. */
  share: number;
}

/** Where a point goes: what is left out stays. */
export interface PointMove {
  value?: number;
  lengthMs?: number;
}

type Staged = Extract<Load, { executor: 'ramping-vus' | 'ramping-arrival-rate' }>;

/** Whether a load has stages. */
export function isStaged(load: Load): load is Staged {
  return 'executor' in load && (load.executor === 'ramping-vus' || load.executor === 'ramping-arrival-rate');
}

function stagePoints(load: Staged): LoadPoint[] {
  const most = load.executor === 'ramping-vus' ? mostUsers : mostRate;
  const start = load.executor === 'ramping-vus' ? load.start_users : load.start_rate;
  let tMs = 0;
  return [
    { key: 'start', name: 'Start', tMs: 0, value: start, least: 0, most, length: null, removable: false },
    ...load.stages.map((stage, i): LoadPoint => {
      tMs += stage.duration;
      return {
        key: `stage-${i}`,
        name: `Stage ${i + 1}`,
        tMs,
        value: stage.target,
        least: 0,
        most,
        length: { ms: stage.duration, least: 0, share: 1 },
        removable: load.stages.length > 1,
      };
    }),
  ];
}

function endPoint(tMs: number, value: number, most: number): LoadPoint {
  const length = { ms: tMs, least: 1000, share: 1 };
  return {
    key: 'end',
    name: 'End',
    tMs,
    value,
    least: most === mostRate ? 0.001 : 1,
    most,
    length,
    removable: false,
  };
}

function stepPoints(load: Extract<Load, { executor: 'breaking-point' }>): LoadPoint[] {
  const profile = toLoadProfile(load);
  if (profile.kind !== 'breaking-point') return [];
  let tMs = 0;
  return load.steps.map((users, i): LoadPoint => {
    const before = load.steps[i - 1] ?? 0;
    tMs += stepRamp(profile, before, users) + load.hold;
    return {
      key: `step-${i}`,
      name: `Step ${i + 1}`,
      tMs,
      value: users,
      least: before + 1,
      most: (load.steps[i + 1] ?? mostUsers + 1) - 1,
      // Every step is held as long: the point of a later one moves with all before it.
      length: { ms: load.hold, least: 1000, share: 1 / (i + 1) },
      removable: load.steps.length > 1,
    };
  });
}

/** Every point of a load, in order of time. */
export function pointsOf(load: Load): LoadPoint[] {
  if (!('executor' in load)) {
    const end = endPoint(load.duration, load.users, mostUsers);
    if (load.spawn_rate === undefined) return [end];
    const rampMs = (load.users / load.spawn_rate) * 1000;
    // A ramp that is longer than the duration never gets there.
    if (rampMs >= load.duration) return [end];
    const length = { ms: rampMs, least: 100, share: 1 };
    return [{ ...end, key: 'ramp', name: 'End of the ramp', tMs: rampMs, length }, end];
  }
  switch (load.executor) {
    case 'constant-vus':
      return [endPoint(load.duration, load.users, mostUsers)];
    case 'constant-arrival-rate':
      return [endPoint(load.duration, load.rate, mostRate)];
    case 'ramping-vus':
    case 'ramping-arrival-rate':
      return stagePoints(load);
    case 'shared-iterations':
    case 'per-vu-iterations':
      return [endPoint(load.max_duration, load.users, mostUsers)];
    case 'breaking-point':
      return stepPoints(load);
  }
}

function place(key: string): number {
  return Number(key.slice(key.indexOf('-') + 1));
}

function moveStage(load: Staged, at: number, move: PointMove): Load {
  const stages = load.stages.map((stage, i) =>
    i === at
      ? { target: move.value ?? stage.target, duration: move.lengthMs ?? stage.duration }
      : { ...stage },
  );
  return { ...load, stages };
}

/** A load with one of its points moved, kept within what may be written. */
export function movePoint(load: Load, key: string, asked: PointMove): Load {
  const point = pointsOf(load).find((p) => p.key === key);
  if (!point) return load;
  const value = asked.value === undefined ? undefined : within(asked.value, point.least, point.most);
  const lengthMs =
    asked.lengthMs === undefined || !point.length
      ? undefined
      : within(asked.lengthMs, point.length.least, longestMs);
  const move: PointMove = {
    ...(value === undefined ? {} : { value }),
    ...(lengthMs === undefined ? {} : { lengthMs }),
  };
  if (!('executor' in load)) {
    const users = move.value ?? load.users;
    if (key === 'ramp' && move.lengthMs !== undefined) {
      const spawn_rate = Math.max(0.001, Number((users / (move.lengthMs / 1000)).toPrecision(3)));
      return { ...load, users, spawn_rate };
    }
    return { ...load, users, duration: key === 'end' ? (move.lengthMs ?? load.duration) : load.duration };
  }
  switch (load.executor) {
    case 'constant-vus':
      return { ...load, users: move.value ?? load.users, duration: move.lengthMs ?? load.duration };
    case 'constant-arrival-rate':
      return { ...load, rate: move.value ?? load.rate, duration: move.lengthMs ?? load.duration };
    case 'shared-iterations':
    case 'per-vu-iterations':
      return { ...load, users: move.value ?? load.users, max_duration: move.lengthMs ?? load.max_duration };
    case 'ramping-vus':
      if (key === 'start') return { ...load, start_users: move.value ?? load.start_users };
      return moveStage(load, place(key), move);
    case 'ramping-arrival-rate':
      if (key === 'start') return { ...load, start_rate: move.value ?? load.start_rate };
      return moveStage(load, place(key), move);
    case 'breaking-point': {
      const steps = load.steps.map((users, i) => (i === place(key) ? (move.value ?? users) : users));
      return { ...load, steps, hold: move.lengthMs ?? load.hold };
    }
  }
}

/** Whether points can be added to a load and taken away from it. */
export function takesPoints(load: Load): boolean {
  return isStaged(load) || ('executor' in load && load.executor === 'breaking-point');
}

/** A load with one point more, at a moment: a stage is cut in two, a step comes between its neighbours. */
export function addPoint(load: Load, tMs: number, value: number): { load: Load; key: string } | null {
  if (isStaged(load)) return addStage(load, tMs, value);
  if (!('executor' in load) || load.executor !== 'breaking-point') return null;
  const users = Math.round(value);
  if (users < 1 || users > mostUsers || load.steps.includes(users)) return null;
  const steps = [...load.steps, users].sort((a, b) => a - b);
  return { load: { ...load, steps }, key: `step-${steps.indexOf(users)}` };
}

function addStage(load: Staged, tMs: number, value: number): { load: Load; key: string } | null {
  const points = stagePoints(load);
  const end = points.at(-1)?.tMs ?? 0;
  const most = points[0]?.most ?? 0;
  const target = within(load.executor === 'ramping-vus' ? Math.round(value) : value, 0, most);
  const at = points.findIndex((point, i) => i > 0 && tMs < point.tMs) - 1;
  const stages = load.stages.map((stage) => ({ ...stage }));
  const cut = stages[at];
  if (at < 0 || !cut) {
    const duration = snap(tMs - end, 1000);
    if (duration <= 0) return null;
    stages.push({ target, duration });
    return { load: { ...load, stages }, key: `stage-${stages.length - 1}` };
  }
  const begins = points[at]?.tMs ?? 0;
  const duration = within(snap(tMs - begins, cut.duration < 4000 ? 100 : 1000), 0, cut.duration);
  stages.splice(at, 1, { target, duration }, { target: cut.target, duration: cut.duration - duration });
  return { load: { ...load, stages }, key: `stage-${at}` };
}

/** A load without one of its stages or steps; null when it cannot be taken away. */
export function removePoint(load: Load, key: string): Load | null {
  if (pointsOf(load).find((point) => point.key === key)?.removable !== true) return null;
  if (isStaged(load)) return { ...load, stages: load.stages.filter((_, i) => i !== place(key)) };
  if (!('executor' in load) || load.executor !== 'breaking-point') return null;
  return { ...load, steps: load.steps.filter((_, i) => i !== place(key)) };
}
