/** What an operator puts over a scenario file: environment variables, `--set` and flags, in rising precedence. */
import type { ScenarioProblem } from '#contract/api/scenarios';
import type { Result } from '#contract/errors';
import { formatPath, valueAt, type ValuePath } from '#contract/scenario/shape';
import { maskHeader, maskUrl } from '#contract/secrets';
import { maskEnvironment } from '../../environments/masking.ts';
import type { ScenarioSource } from '../source.ts';
import { put } from './place.ts';

export interface Place {
  path: ValuePath;
  value: unknown;
}

export interface Override {
  /** How a message names it: `WS_URL`, `--users`, `--set users[0].turns_per_call=2`. */
  origin: string;
  /** How the list of what was applied names it; `origin` when absent. */
  shortOrigin?: string;
  /** What must be there first; not an override by itself. */
  before?: Place[];
  places: Place[];
  /** The place in words, when it is not simply the path. */
  place?: string;
  /** What else it changed, in words. */
  note?: string;
}

/** Makes its overrides from the scenario as those before it have left it. */
export type OverrideStep = (value: unknown) => Result<Override[]>;

/** An override of a run that has happened: kept to say where a value came from. */
export interface AppliedOverride {
  override: Override;
  text: string;
}

/** A value as it may be shown and kept: what is secret at that place of a scenario is masked. */
export function maskedAt(path: ValuePath, value: unknown): unknown {
  if (path[0] === 'environment') return maskedInEnvironment(path, value);
  if (typeof value === 'string') return maskHeader(String(path.at(-1) ?? ''), maskUrl(value));
  if (Array.isArray(value)) return value.map((entry, i) => maskedAt([...path, i], entry));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, maskedAt([...path, key], entry)]),
  );
}

/** Masked as the part of an environment that it is, whatever depth it was given at. */
function maskedInEnvironment(path: ValuePath, value: unknown): unknown {
  const parts = path.slice(1).map(String);
  const whole = parts.reduceRight<unknown>((inner, part) => ({ [part]: inner }), value);
  return valueAt(maskEnvironment(whole), parts);
}

function shown(path: ValuePath, value: unknown): string {
  const masked = maskedAt(path, value);
  return typeof masked === 'string' ? masked : JSON.stringify(masked);
}

/** `WS_URL → environment.url = ws://…`, with secrets masked. */
function describe(override: Override): string {
  const first = override.places[0];
  if (!first) return override.shortOrigin ?? override.origin;
  const place = override.place ?? formatPath(first.path);
  const note = override.note === undefined ? '' : ` (${override.note})`;
  return `${override.shortOrigin ?? override.origin} → ${place} = ${shown(first.path, first.value)}${note}`;
}

function covers(later: Override, earlier: Override): boolean {
  return (
    earlier.places.length > 0 &&
    earlier.places.every(({ path }) => later.places.some((place) => isUnder(path, place.path)))
  );
}

function isUnder(path: ValuePath, ancestor: ValuePath): boolean {
  return ancestor.length <= path.length && ancestor.every((part, i) => String(part) === String(path[i]));
}

/** Applies the steps in order to the document; `read` gives its value before each. Overrides that a later one replaces are not listed as applied. */
export async function applyOverrides(
  source: ScenarioSource,
  steps: readonly OverrideStep[],
  read: () => unknown,
): Promise<Result<AppliedOverride[]>> {
  let applied: AppliedOverride[] = [];
  for (const step of steps) {
    const made = step(await read());
    if (!made.ok) return made;
    for (const override of made.value) {
      for (const { path, value } of [...(override.before ?? []), ...override.places]) {
        const done = put(source.document, path, value);
        if (!done.ok)
          return {
            ok: false,
            error: { ...done.error, message: `${override.origin}: ${done.error.message}.` },
          };
      }
      applied = applied.filter((earlier) => !covers(override, earlier.override));
      applied.push({ override, text: describe(override) });
    }
  }
  return { ok: true, value: applied };
}

/** The override a value came from, if any. */
export function originOf(applied: readonly AppliedOverride[], path: ValuePath): string | null {
  const found = applied.findLast(({ override }) =>
    override.places.some((place) => isUnder(path, place.path)),
  );
  return found?.override.origin ?? null;
}

/** A problem of a value that an override brought. */
export function problemOfOrigin(origin: string, path: ValuePath, message: string): ScenarioProblem {
  return { file: origin, line: null, column: null, path: formatPath(path), message };
}
