/** Aiming a scenario elsewhere: which place in it holds a target's address. */
import { fail, ok, type Result } from '#contract/errors';
import { practiceEnvironment } from '#contract/scenario/environment';
import { nearest } from '#contract/scenario/nearest';
import { valueAt } from '#contract/scenario/shape';
import type { Override } from './override.ts';

export const defaultTarget = 'default';

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The override that gives a target another address. `practice` is replaced by an environment in place; one that is still
 * a name was not found, which is said where it stands. Error: `no_such_target`.
 */
export function aim(scenario: unknown, origin: string, target: string, url: string): Result<Override> {
  const environment = valueAt(scenario, ['environment']);
  if (typeof environment === 'string' && environment.trim() !== practiceEnvironment)
    return ok({ origin, places: [] });
  if (!isRecord(environment)) {
    return target === defaultTarget
      ? ok({
          origin,
          before: [{ path: ['environment'], value: {} }],
          places: [{ path: ['environment', 'url'], value: url }],
        })
      : ok({
          origin,
          before: [{ path: ['environment'], value: { targets: {} } }],
          places: [{ path: ['environment', 'targets', target, 'url'], value: url }],
        });
  }
  const targets = environment.targets;
  if (!isRecord(targets)) {
    return target === defaultTarget
      ? ok({ origin, places: [{ path: ['environment', 'url'], value: url }] })
      : missing(origin, target, [defaultTarget]);
  }
  const names = Object.keys(targets);
  const only = target === defaultTarget && names.length === 1 ? names[0] : undefined;
  const name = names.includes(target) || names.length === 0 ? target : only;
  if (name === undefined) return missing(origin, target, names);
  return ok({ origin, places: [{ path: ['environment', 'targets', name, 'url'], value: url }] });
}

function missing(origin: string, target: string, names: string[]): Result<never> {
  const meant = nearest(target, names);
  const advice =
    target === defaultTarget
      ? `; name the one you mean: --url ${names[0] ?? 'NAME'}=URL`
      : meant === null
        ? ''
        : `; did you mean "${meant}"?`;
  return fail(
    'invalid_input',
    'no_such_target',
    `${origin}: the environment has no target "${target}"; it has ${names.map((name) => `"${name}"`).join(', ')}${advice}`,
  );
}
