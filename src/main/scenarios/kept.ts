/** The scenario as it is kept with a run. */
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { valueAt } from '#contract/scenario/shape';
import { maskHeader, maskUrl } from '#contract/secrets';
import { valueOf, type ScenarioSource } from './source.ts';

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function maskTarget(target: unknown): unknown {
  if (!isRecord(target)) return target;
  const out: Record<string, unknown> = { ...target };
  if (typeof target.url === 'string') out.url = maskUrl(target.url);
  if (isRecord(target.headers)) {
    out.headers = Object.fromEntries(
      Object.entries(target.headers).map(([name, value]) => [
        name,
        typeof value === 'string' ? maskHeader(name, value) : value,
      ]),
    );
  }
  return out;
}

function maskEnvironment(environment: unknown): unknown {
  if (!isRecord(environment)) return environment;
  if (!isRecord(environment.targets)) return maskTarget(environment);
  const targets = Object.fromEntries(
    Object.entries(environment.targets).map(([name, target]) => [name, maskTarget(target)]),
  );
  return { ...environment, targets };
}

/**
 * The YAML as it will run: with overrides in it, literal secrets masked, placeholders as written. The operator's own
 * text, comments and all, when nothing had to be changed.
 */
export function keptYaml(source: ScenarioSource, overridden: boolean): string {
  const read = valueOf(source);
  const value = 'value' in read ? read.value : {};
  const environment = valueAt(value, ['environment']);
  const masked = maskEnvironment(environment);
  const secrets = !isDeepStrictEqual(environment, masked);
  if (!secrets && !overridden) return source.text;
  const copy = source.document.clone();
  if (secrets) copy.set('environment', copy.createNode(masked));
  try {
    return copy.toString({ lineWidth: 120 });
  } catch {
    // An alias elsewhere pointed into the part that was masked.
    return stringify(isRecord(value) ? { ...value, environment: masked } : value);
  }
}
