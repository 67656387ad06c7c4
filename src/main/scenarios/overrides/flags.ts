/** `--set` and the flags that stand for a part of the scenario. */
import { parseDocument } from 'yaml';
import { fail, ok, type Result } from '#contract/errors';
import { formatDuration } from '#contract/quantities';
import { Load } from '#contract/scenario/file';
import { peakUsers, profileDurationMs, toLoadProfile } from '#contract/scenario/load';
import { valueAt } from '#contract/scenario/shape';
import type { Override, OverrideStep } from './override.ts';
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

/**
 * A simple load over the scenario's: a short form or constant-vus keeps what is not given; of any other executor
 * the peak of its users and its whole duration are kept.
 */
function loadStep(flags: Flags): OverrideStep {
  return (scenario) => {
    const given: Override[] = [];
    const add = (origin: string, key: string, value: unknown): void => {
      given.push({ origin, places: [{ path: ['load', key], value }] });
    };
    if (flags.users !== undefined) add('--users', 'users', flags.users);
    if (flags.spawnRate !== undefined) add('--spawn-rate', 'spawn_rate', flags.spawnRate);
    if (flags.durationMs !== undefined) add('--duration', 'duration', formatDuration(flags.durationMs));
    const [first] = given;
    if (!first) return ok([]);

    const written = valueAt(scenario, ['load']);
    const load = Load.safeParse(written);
    if (!load.success) {
      // The flags may give everything; what they leave open is reported as it stands in the file.
      const complete = flags.users !== undefined && flags.durationMs !== undefined;
      if (complete) first.before = [{ path: ['load'], value: {} }];
      return ok(given);
    }
    const isConstant = 'executor' in load.data && load.data.executor === 'constant-vus';
    const isShort = !('executor' in load.data);
    if (isShort || (isConstant && flags.spawnRate === undefined)) return ok(given);
    const profile = toLoadProfile(load.data);
    const short = {
      users: peakUsers(profile),
      duration: formatDuration(profileDurationMs(profile)),
      graceful_stop: formatDuration(profile.gracefulStopMs),
    };
    first.before = [{ path: ['load'], value: short }];
    return ok(given);
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
  const seed = flags.seed;
  if (seed !== undefined)
    steps.push(() => ok([{ origin: '--seed', places: [{ path: ['seed'], value: seed }] }]));
  return steps;
}
