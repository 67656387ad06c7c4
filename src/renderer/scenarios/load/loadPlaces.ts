/** Where the loads of a scenario are written: one for all users, or one in each users entry. Pure. */
import type { Load } from '#contract/scenario/file';
import { listOf, mapOf, msOf, numberOf, readLoad, type WrittenMap } from './readLoad.ts';
import { nameOf } from '../conversations/edits.ts';
import { kindOf } from '../requests/readSteps.ts';
import { usualName } from '../requests/tree.ts';
import { type ValuePath, valueAt } from '#contract/scenario/shape';

export type LoadMode = 'all' | 'each';

/** One load: where it is, whose it is, what is written there. */
export interface LoadPlace {
  path: ValuePath;
  /** Index of its users entry; null: for all. */
  user: number | null;
  /** Name of the users entry. */
  name: string;
  written: unknown;
  /** null while what is written is not whole. */
  load: Load | null;
  startAfterMs: number;
}

/** The names of a scenario's users entries, by index. */
export function userNames(value: unknown): string[] {
  return listOf(valueAt(value, ['users'])).map((entry) => {
    return nameOf(entry, usualName(kindOf(entry)));
  });
}

/** Whether a scenario has one load for all or each users entry its own. */
export function loadMode(value: unknown): LoadMode {
  if (mapOf(value)?.load !== undefined) return 'all';
  const own = listOf(valueAt(value, ['users'])).some((entry) => mapOf(entry)?.load !== undefined);
  return own ? 'each' : 'all';
}

/** Every place where a load is, or should be. */
export function loadPlaces(value: unknown): LoadPlace[] {
  if (loadMode(value) === 'all') {
    const written = valueAt(value, ['load']);
    return [
      { path: ['load'], user: null, name: 'all users', written, load: readLoad(written), startAfterMs: 0 },
    ];
  }
  const names = userNames(value);
  return listOf(valueAt(value, ['users'])).map((entry, i): LoadPlace => {
    const written = mapOf(entry)?.load;
    return {
      path: ['users', i, 'load'],
      user: i,
      name: names[i] ?? '',
      written,
      load: readLoad(written),
      startAfterMs: msOf(mapOf(entry)?.start_after) ?? 0,
    };
  });
}

/** Remembers what was there last, for while there is nothing. */
export function rememberLast<T>(): (now: T | null) => T | null {
  let last: T | null = null;
  return (now) => (last = now ?? last);
}

/** Remembers the last whole load of each place: what is drawn while the written one is not whole. */
export function rememberWhole(): (place: LoadPlace) => Load | null {
  const whole = new Map<string, Load>();
  return ({ path, load, written }) => {
    const key = JSON.stringify(path);
    if (load) whole.set(key, load);
    return load ?? (written === undefined ? null : (whole.get(key) ?? null));
  };
}

/** A load's share of what was one for all: users, rates, steps and shared calls by weight, at least one of each. */
export function shareOfLoad(written: unknown, share: number): unknown {
  const map = mapOf(written);
  if (!map || share >= 1) return written;
  const users = (value: unknown) =>
    typeof value === 'number' ? (value === 0 ? 0 : Math.max(1, Math.round(value * share))) : value;
  const rate = (value: unknown) =>
    typeof value === 'number' ? Number((value * share).toPrecision(3)) : value;
  const arrivals = map.executor === 'ramping-arrival-rate' || map.executor === 'constant-arrival-rate';
  const shared = map.executor === 'shared-iterations';
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => {
      if (key === 'users' || key === 'start_users' || key === 'max_users') return [key, users(value)];
      if (key === 'rate' || key === 'start_rate' || key === 'spawn_rate') return [key, rate(value)];
      if (key === 'iterations' && shared) return [key, users(value)];
      if (key === 'steps') return [key, [...new Set(listOf(value).map(users))]];
      if (key !== 'stages') return [key, value];
      const stages = listOf(value).map((entry) => {
        const stage = mapOf(entry);
        return stage ? { ...stage, target: arrivals ? rate(stage.target) : users(stage.target) } : entry;
      });
      return [key, stages];
    }),
  );
}

/** A scenario with one load for all → the same with a load in every users entry, shared out by weight. */
export function eachItsOwn(scenario: WrittenMap): Record<string, unknown> {
  const { load, ...rest } = scenario;
  const users = listOf(scenario.users);
  const weights = users.map((entry) => numberOf(mapOf(entry)?.weight, 0, Number.MAX_VALUE) ?? 1);
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const whole = load ?? { users: 10, duration: '5m' };
  return {
    ...rest,
    users: users.map((entry, i) => {
      const map = mapOf(entry);
      return map ? { ...map, load: shareOfLoad(whole, (weights[i] ?? 1) / (sum || 1)) } : entry;
    }),
  };
}

const counted: ReadonlySet<string> = new Set([
  'users',
  'start_users',
  'max_users',
  'rate',
  'start_rate',
  'spawn_rate',
  'target',
]);

/** The sum of two loads, or of two parts of them, that differ in nothing but their numbers of users and calls; null where there is none. */
function sumOf(a: unknown, b: unknown, adds: boolean): unknown {
  if (typeof a === 'number' && typeof b === 'number' && adds) return Number((a + b).toPrecision(12));
  if (Array.isArray(a) && Array.isArray(b)) {
    const sums = a.map((one, i) => sumOf(one, b[i], adds));
    return a.length === b.length && !sums.includes(null) ? sums : null;
  }
  const [one, other] = [mapOf(a), mapOf(b)];
  if (!one || !other) return a === b ? a : null;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return null;
  const shared = one.executor === 'shared-iterations';
  const sums = keys.map((key): [string, unknown] => [
    key,
    sumOf(one[key], other[key], counted.has(key) || key === 'steps' || (key === 'iterations' && shared)),
  ]);
  return sums.some(([, value]) => value === null) ? null : Object.fromEntries(sums);
}

/** A scenario with loads in its users entries → the same with their sum for all; with the first of them where they differ in more than numbers. */
export function oneForAll(scenario: WrittenMap): Record<string, unknown> {
  const users = listOf(scenario.users);
  const own = users.map((entry) => mapOf(entry)?.load).filter((written) => written !== undefined);
  const [first, ...others] = own;
  const sameStart = new Set(users.map((entry) => msOf(mapOf(entry)?.start_after) ?? 0)).size <= 1;
  const load = (sameStart ? others.reduce((sum, next) => sumOf(sum, next, false), first) : first) ?? first;
  const bare = users.map((entry) => {
    const map = mapOf(entry);
    if (!map) return entry;
    return Object.fromEntries(Object.entries(map).filter(([key]) => key !== 'load' && key !== 'start_after'));
  });
  return { ...scenario, users: bare, ...(load === undefined ? {} : { load }) };
}
