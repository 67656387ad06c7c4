/**
 * A load as it stands in a document that may be half written, read leniently: what is whole becomes a `Load` to draw,
 * everything else is null. What is wrong with it is said by the check of the scenario, not here.
 */
import type { Load } from '#contract/scenario/file';
import { type ExecutorName, executors, mostRate, mostUsers } from '#contract/scenario/executorNames';
import { parseDuration } from '#contract/units';

/** The executors as an operator chooses them: `short` is `{ users, spawn_rate, duration }` without one. */
export type Executor = 'short' | ExecutorName;

export type WrittenMap = Readonly<Record<string, unknown>>;

/** A map of the document, or null. */
export function mapOf(value: unknown): WrittenMap | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as WrittenMap) : null;
}

/** A list of the document; anything else has no entries. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A duration as written → ms; null when it is none. 0 needs no unit. */
export function msOf(value: unknown): number | null {
  if (value === 0) return 0;
  return typeof value === 'string' ? parseDuration(value) : null;
}

/** A number within bounds, or null. */
export function numberOf(value: unknown, least: number, most: number): number | null {
  return typeof value === 'number' && value >= least && value <= most ? value : null;
}

/** A whole number within bounds, or null. */
export function wholeOf(value: unknown, least: number, most: number): number | null {
  return Number.isInteger(value) ? numberOf(value, least, most) : null;
}

function isExecutor(value: unknown): value is ExecutorName {
  return executors.some((name) => name === value);
}

/** Which executor a load has; null when it names one that there is not, or is no load at all. */
export function executorOf(load: unknown): Executor | null {
  const map = mapOf(load);
  if (!map) return null;
  if (map.executor === undefined) return 'short';
  return isExecutor(map.executor) ? map.executor : null;
}

/** An optional value: absent is its default, present but wrong is null. */
function optional<T>(value: unknown, fallback: T, read: (value: unknown) => T | null): T | null {
  return value === undefined ? fallback : read(value);
}

const users = (value: unknown) => wholeOf(value, 1, mostUsers);
const rate = (value: unknown) => numberOf(value, 0, mostRate);

function lasting(value: unknown): number | null {
  const ms = msOf(value);
  return ms !== null && ms > 0 ? ms : null;
}

function readStages(
  value: unknown,
  target: (value: unknown) => number | null,
): { target: number; duration: number }[] | null {
  const stages = listOf(value).map((entry) => {
    const stage = mapOf(entry);
    const reached = target(stage?.target);
    const duration = msOf(stage?.duration);
    return reached === null || duration === null ? null : { target: reached, duration };
  });
  const whole = stages.filter((stage) => stage !== null);
  return whole.length === stages.length && whole.length > 0 ? whole : null;
}

function complete<T extends object>(fields: { [K in keyof T]: T[K] | null }): T | null {
  return Object.values(fields).includes(null) ? null : (fields as T);
}

function readShort(map: WrittenMap, graceful_stop: number): Load | null {
  const spawn_rate = optional<number | undefined>(map.spawn_rate, undefined, positive);
  if (spawn_rate === null) return null;
  const load = complete({ users: users(map.users), duration: lasting(map.duration), graceful_stop });
  return load && (spawn_rate === undefined ? load : { ...load, spawn_rate });
}

function positive(value: unknown): number | null {
  const given = numberOf(value, 0, Number.MAX_VALUE);
  return given === 0 ? null : given;
}

function readBreakingPoint(map: WrittenMap, graceful_stop: number): Load | null {
  const steps = listOf(map.steps).map(users);
  const rising = steps.filter((step, i) => step !== null && step > (steps[i - 1] ?? 0));
  const resolution = optional<number | undefined>(map.resolution, undefined, users);
  const spawn_rate = optional<number | undefined>(map.spawn_rate, undefined, positive);
  const hold = lasting(map.hold);
  if (steps.length === 0 || rising.length < steps.length || hold === null) return null;
  if (resolution === null || spawn_rate === null) return null;
  return {
    executor: 'breaking-point',
    steps: rising.filter((step) => step !== null),
    hold,
    ...(resolution === undefined ? {} : { resolution }),
    ...(spawn_rate === undefined ? {} : { spawn_rate }),
    graceful_stop,
  };
}

/** A load as written → the same parsed, defaults filled in; null while it is not whole. */
export function readLoad(value: unknown): Load | null {
  const map = mapOf(value);
  const executor = executorOf(value);
  const graceful_stop = optional(map?.graceful_stop, 30_000, msOf);
  if (!map || executor === null || graceful_stop === null) return null;
  const per = () => optional(map.per, 1000, lasting);
  switch (executor) {
    case 'short':
      return readShort(map, graceful_stop);
    case 'constant-vus':
      return complete({
        executor,
        users: users(map.users),
        duration: lasting(map.duration),
        graceful_stop,
      });
    case 'ramping-vus':
      return complete({
        executor,
        start_users: optional(map.start_users, 0, (given) => wholeOf(given, 0, mostUsers)),
        stages: readStages(map.stages, (given) => wholeOf(given, 0, mostUsers)),
        graceful_stop,
      });
    case 'constant-arrival-rate':
      return complete({
        executor,
        rate: positive(rate(map.rate)),
        per: per(),
        duration: lasting(map.duration),
        max_users: users(map.max_users),
        graceful_stop,
      });
    case 'ramping-arrival-rate':
      return complete({
        executor,
        start_rate: optional(map.start_rate, 0, rate),
        per: per(),
        stages: readStages(map.stages, rate),
        max_users: users(map.max_users),
        graceful_stop,
      });
    case 'shared-iterations':
    case 'per-vu-iterations':
      return complete({
        executor,
        users: users(map.users),
        iterations: wholeOf(map.iterations, 1, 10_000_000),
        max_duration: optional(map.max_duration, 600_000, lasting),
        graceful_stop,
      });
    case 'breaking-point':
      return readBreakingPoint(map, graceful_stop);
  }
}
