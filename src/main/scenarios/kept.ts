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
