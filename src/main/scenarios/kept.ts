/** The scenario as it is kept with a run. */
import { isDeepStrictEqual } from 'node:util';
import { isNode, stringify } from 'yaml';
import { valueAt } from '#contract/scenario/shape';
import { maskEnvironment } from '../environments/masking.ts';
import { valueOf, type ScenarioSource } from './source.ts';

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The YAML as it will run: with overrides and the environment it names in it, literal secrets masked, placeholders as
 * written. The operator's own text, comments and all, when nothing had to be changed (`changed` false).
 */
export function keptYaml(source: ScenarioSource, changed: boolean): string {
  const read = valueOf(source);
  const value = 'value' in read ? read.value : {};
  const environment = valueAt(value, ['environment']);
  const masked = maskEnvironment(environment);
  const secrets = !isDeepStrictEqual(environment, masked);
  if (!secrets && !changed) return source.text;
  const copy = source.document.clone();
  if (secrets) {
    const node = copy.createNode(masked);
    const before: unknown = copy.get('environment', true);
    if (isNode(before)) node.commentBefore = before.commentBefore;
    copy.set('environment', node);
  }
  try {
    return copy.toString({ lineWidth: 120 });
  } catch {
    // An alias elsewhere pointed into the part that was masked.
    return stringify(isRecord(value) ? { ...value, environment: masked } : value);
  }
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
