/** `--set` and the flags that stand for a part of the scenario. */
import { parseDocument } from 'yaml';
import { fail, ok, type Result } from '#contract/errors';
import { formatDuration } from '#contract/quantities';
import type { ExecutorName } from '#contract/scenario/executorNames';
import { Load } from '#contract/scenario/file';
import { peakUsers, profileDurationMs, toLoadProfile } from '#contract/scenario/load';
import { valueAt } from '#contract/scenario/shape';
import type { Override, OverrideStep, Place } from './override.ts';
import { parsePath } from './place.ts';
import { aim, defaultTarget } from './target.ts';

export interface Flags {
  env?: string | undefined;
  /** Address by target; `default` for a plain `--url URL`. */
  urls?: Record<string, string> | undefined;
  users?: number | undefined;
  spawnRate?: number | undefined;
  durationMs?: number | undefined;
  set?: string[] | undefined;
  seed?: number | undefined;
  /** One call of every users entry instead of the scenario's load. */
  once?: boolean | undefined;
}

function setStep(text: string): OverrideStep {
  const at = text.indexOf('=');
  // The value may be a secret: messages name the place alone.
  const origin = `--set ${at < 1 ? text : text.slice(0, at)}`;
  const wrong = (message: string): Result<never> =>
    fail('invalid_input', 'invalid_set', `${origin}: ${message}.`);
  return () => {
    if (at < 1) return wrong('write it as PATH=VALUE, like users[0].turns_per_call=2');
    const path = parsePath(text.slice(0, at));
    if (!path)
      return wrong('what stands before the "=" is not a path; write it like users[0].turns_per_call=2');
    const document = parseDocument(text.slice(at + 1), { prettyErrors: false });
    const problem = document.errors[0];
    if (problem) return wrong(`what stands after the "=" is not YAML: ${problem.message}`);
    try {
      const value: unknown = document.toJS();
      return ok([{ origin, shortOrigin: '--set', places: [{ path, value }] }]);
    } catch (thrown) {
      return wrong(`it cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  };
}

interface GivenLoad {
  origin: string;
  /** Of the short form and constant-vus. */
  key: 'users' | 'spawn_rate' | 'duration';
  value: number | string;
}

function givenLoad(flags: Flags): GivenLoad[] {
  const given: GivenLoad[] = [];
  if (flags.users !== undefined) given.push({ origin: '--users', key: 'users', value: flags.users });
  if (flags.spawnRate !== undefined)
    given.push({ origin: '--spawn-rate', key: 'spawn_rate', value: flags.spawnRate });
  if (flags.durationMs !== undefined)
    given.push({ origin: '--duration', key: 'duration', value: formatDuration(flags.durationMs) });
  return given;
}

type Keys = Partial<Record<GivenLoad['key'], string>>;

/** Where an executor that is kept takes each flag; null: it gives way to the short form. A flag without a place replaces it too. */
const kept: Record<ExecutorName, Keys | null> = {
  'constant-vus': { users: 'users', duration: 'duration' },
  'ramping-vus': null,
  'constant-arrival-rate': { users: 'max_users', duration: 'duration' },
  'ramping-arrival-rate': { users: 'max_users' },
  'shared-iterations': { users: 'users', duration: 'max_duration' },
  'per-vu-iterations': { users: 'users', duration: 'max_duration' },
  'breaking-point': null,
};

const short: Keys = { users: 'users', spawn_rate: 'spawn_rate', duration: 'duration' };

/** A load of a users entry's own, of which a flag for all cannot know which is meant. */
function ownLoads(scenario: unknown): number[] {
  const users = valueAt(scenario, ['users']);
  if (!Array.isArray(users) || valueAt(scenario, ['load']) !== undefined) return [];
  return users.flatMap((user: unknown, i) => (valueAt(user, ['load']) === undefined ? [] : [i]));
}

/**
 * `--users`, `--spawn-rate` and `--duration` over the scenario's load. A short form, constant-vus, a constant rate of
 * arrivals and the iterations keep their form: users are its users (of arrivals the most at once), the duration its
 * duration (of iterations the longest). A ramp of arrivals keeps its form unless its duration is given. Everything else
 * (a spawn rate over an executor, a ramp of users, a search for the breaking point) becomes the short form, with the
 * peak and the whole duration where they are not given. Error: `several_loads` where users entries have loads of their own.
 */
function loadStep(flags: Flags): OverrideStep {
  return (scenario) => {
    const given = givenLoad(flags);
    const [first] = given;
    if (!first) return ok([]);
    const [own] = ownLoads(scenario);
    if (own !== undefined) {
      const path = `users[${own}].load`;
      return fail(
        'invalid_input',
        'several_loads',
        `${first.origin} is for a scenario with one load for all; here users entries have their own: set one of them, like --set ${path}.users=5.`,
      );
    }
    const load = Load.safeParse(valueAt(scenario, ['load']));
    const keys = !load.success || !('executor' in load.data) ? short : (kept[load.data.executor] ?? null);
    const fits = keys !== null && given.every(({ key }) => keys[key] !== undefined);
    const overrides = given.map(({ origin, key, value }): Override => {
      const place = (fits ? keys[key] : short[key]) ?? key;
      return { origin, places: [{ path: ['load', place], value }] };
    });
    const before = !load.success ? nothingOf(flags) : fits ? null : shortOf(load.data);
    const [head] = overrides;
    if (head && before !== null) head.before = [{ path: ['load'], value: before }];
    if (head && load.success && !fits && 'executor' in load.data)
      head.note = `a simple load in place of ${load.data.executor}`;
    return ok(overrides);
  };
}

/** The flags may give everything; what they leave open is reported as it stands in the file. */
function nothingOf(flags: Flags): Record<string, unknown> | null {
  return flags.users !== undefined && flags.durationMs !== undefined ? {} : null;
}

/** The short form of any load: its peak for its whole duration. */
function shortOf(load: Load): Record<string, unknown> {
  const profile = toLoadProfile(load);
  return {
    users: peakUsers(profile),
    duration: formatDuration(profileDurationMs(profile)),
    graceful_stop: formatDuration(profile.gracefulStopMs),
  };
}

const search: ExecutorName = 'breaking-point';

/** Thresholds on the calls that a search has found to hold are switched off where nothing searches: they could only fail. */
function withoutSearchStep(): OverrideStep {
  return (scenario) => {
    const users = valueAt(scenario, ['users']);
    const thresholds = valueAt(scenario, ['thresholds']);
    if (!Array.isArray(users) || !Array.isArray(thresholds)) return ok([]);
    const loads = [scenario, ...(users as unknown[])].map((entry) => valueAt(entry, ['load', 'executor']));
    if (loads.includes(search)) return ok([]);
    return ok(
      thresholds.flatMap((row: unknown, i): Override[] =>
        valueAt(row, ['metric']) !== 'calls_held' || valueAt(row, ['enabled']) === false
          ? []
          : [
              {
                origin: 'no search for the breaking point',
                places: [{ path: ['thresholds', i, 'enabled'], value: false }],
              },
            ],
      ),
    );
  };
}

/**
 * One call of every users entry, whatever the scenario's load says: to see whether it works. It is not judged by
 * thresholds, and nothing of it is warm-up.
 */
function onceStep(): OverrideStep {
  return (scenario) => {
    const users = valueAt(scenario, ['users']);
    const entries: unknown[] = Array.isArray(users) ? users : [];
    const load = (calls: number) => ({ executor: 'per-vu-iterations', users: calls, iterations: 1 });
    const own = ownLoads(scenario).length > 0;
    const places: Place[] = own ? [] : [{ path: ['load'], value: load(Math.max(1, entries.length)) }];
    entries.forEach((user, i) => {
      if (own) places.push({ path: ['users', i, 'load'], value: load(1) });
      if (valueAt(user, ['start_after']) !== undefined)
        places.push({ path: ['users', i, 'start_after'], value: '0s' });
      // As many users as entries: with equal weights each entry has one.
      if (!own && valueAt(user, ['weight']) !== undefined)
        places.push({ path: ['users', i, 'weight'], value: 1 });
      if (valueAt(user, ['calls_per_user']) !== undefined)
        places.push({ path: ['users', i, 'calls_per_user'], value: 'forever' });
    });
    for (const key of ['thresholds', 'periods'])
      if (valueAt(scenario, [key]) !== undefined) places.push({ path: [key], value: [] });
    if (valueAt(scenario, ['warm_up']) !== undefined) places.push({ path: ['warm_up'], value: '0s' });
    return ok([{ origin: '--once', places }]);
  };
}

/** The steps of the flags in rising precedence: `--set` first. Errors name the flag. */
export function flagSteps(flags: Flags): OverrideStep[] {
  const steps: OverrideStep[] = (flags.set ?? []).map(setStep);
  const environment = flags.env;
  if (environment !== undefined) {
    steps.push(() => ok([{ origin: '--env', places: [{ path: ['environment'], value: environment }] }]));
  }
  for (const [target, url] of Object.entries(flags.urls ?? {})) {
    steps.push((scenario) => {
      const made = aim(scenario, target === defaultTarget ? '--url' : `--url ${target}`, target, url);
      return made.ok ? ok([made.value]) : made;
    });
  }
  steps.push(loadStep(flags));
  if (flags.once === true) steps.push(onceStep());
  steps.push(withoutSearchStep());
  const seed = flags.seed;
  if (seed !== undefined)
    steps.push(() => ok([{ origin: '--seed', places: [{ path: ['seed'], value: seed }] }]));
  return steps;
}
