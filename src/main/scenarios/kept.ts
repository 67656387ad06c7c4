/** The scenario as it is kept with a run. */
import { isDeepStrictEqual } from 'node:util';
import { isNode, stringify } from 'yaml';
import { valueAt } from '#contract/scenario/shape';
import { maskEnvironment } from '../environments/masking.ts';
import { maskRequesters } from './maskedSteps.ts';
import { valueOf, type ScenarioSource } from './source.ts';

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A scenario with literal secrets masked, wherever they may stand. */
function maskScenario(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const masked: Record<string, unknown> = { ...value };
  if ('environment' in value) masked.environment = maskEnvironment(value.environment);
  for (const key of ['users', 'setup', 'teardown'])
    if (key in value) masked[key] = maskRequesters(value[key]);
  return masked;
}

/**
 * The YAML as it will run: with overrides and the environment it names in it, literal secrets masked, placeholders as
 * written. The operator's own text, comments and all, when nothing had to be changed (`changed` false).
 */
export function keptYaml(source: ScenarioSource, changed: boolean): string {
  const read = valueOf(source);
  const value = 'value' in read ? read.value : {};
  const masked = maskScenario(value);
  const secrets = !isDeepStrictEqual(value, masked);
  if (!secrets && !changed) return source.text;
  const copy = source.document.clone();
  const [before, after] = [valueAt(value, ['environment']), valueAt(masked, ['environment'])];
  try {
    if (!isDeepStrictEqual(before, after)) {
      const node = copy.createNode(after);
      const written: unknown = copy.get('environment', true);
      if (isNode(written)) node.commentBefore = written.commentBefore;
      copy.set('environment', node);
    }
    for (const [path, shown] of differences(value, masked))
      if (path[0] !== 'environment') copy.setIn(path, shown);
    const text = copy.toString({ lineWidth: 120 });
    if (copy.contents !== null && isDeepStrictEqual(copy.toJS(), masked)) return text;
  } catch {
    // An alias elsewhere pointed into the part that was masked.
  }
  return stringify(masked);
}

/** An environment's file as it is kept with a run: the operator's text, comments and all, with literal secrets masked. */
export function keptEnvironmentYaml(source: ScenarioSource): string {
  const read = valueOf(source);
  const value = 'value' in read ? read.value : {};
  const masked = maskEnvironment(value);
  if (isDeepStrictEqual(value, masked)) return source.text;
  const copy = source.document.clone();
  try {
    for (const [path, shown] of differences(value, masked)) copy.setIn(path, shown);
    return copy.toString({ lineWidth: 120 });
  } catch {
    // An alias stands where something was masked.
    return stringify(masked);
  }
}

/** Where two values of the same shape differ, and what the second has there. */
function differences(
  value: unknown,
  other: unknown,
  path: readonly (string | number)[] = [],
): [(string | number)[], unknown][] {
  if (isDeepStrictEqual(value, other)) return [];
  if (isRecord(value) && isRecord(other))
    return Object.keys(other).flatMap((key) => differences(value[key], other[key], [...path, key]));
  if (Array.isArray(value) && Array.isArray(other))
    return other.flatMap((entry: unknown, i) => differences(value[i], entry, [...path, i]));
  return [[[...path], other]];
}
