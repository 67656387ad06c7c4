/** A changed load as it is to be written: what did not change keeps its words (`60s` stays `60s`). Pure. */
import type { Load } from '#contract/scenario/file';
import type { ValuePath } from '#contract/scenario/shape';
import { formatDuration } from '#contract/units';
import { listOf, mapOf, type WrittenMap } from './readLoad.ts';

const durations: ReadonlySet<string> = new Set(['duration', 'hold', 'max_duration', 'per', 'graceful_stop']);

function inWords(key: string, value: unknown): unknown {
  return durations.has(key) && typeof value === 'number' ? formatDuration(Math.round(value)) : value;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** How many entries two lists have in common at their beginnings, and then at their ends. */
function common(before: readonly unknown[], after: readonly unknown[]): { front: number; back: number } {
  const shorter = Math.min(before.length, after.length);
  let front = 0;
  while (front < shorter && same(before[front], after[front])) front++;
  let back = 0;
  while (back < shorter - front && same(before.at(-1 - back), after.at(-1 - back))) back++;
  return { front, back };
}

function writeEntry(written: unknown, before: unknown, after: unknown): unknown {
  const now = mapOf(after);
  return now ? writeMap(mapOf(written) ?? {}, mapOf(before) ?? {}, now) : after;
}

function writeList(
  written: readonly unknown[],
  before: readonly unknown[],
  after: readonly unknown[],
): unknown[] {
  const { front, back } = common(before, after);
  return after.map((entry, i) => {
    if (i < front) return written[i];
    const fromEnd = after.length - i;
    if (fromEnd <= back) return written.at(-fromEnd);
    // What is new stands in front of what is changed: a stage cut in two keeps its other keys at its end.
    const was = before.length - back - (after.length - back - i);
    return was >= front
      ? writeEntry(written[was], before[was], entry)
      : writeEntry(undefined, undefined, entry);
  });
}

function writeMap(written: WrittenMap, before: WrittenMap, after: WrittenMap): Record<string, unknown> {
  const result: Record<string, unknown> = { ...written };
  for (const [key, value] of Object.entries(after)) {
    if (Array.isArray(value)) result[key] = writeList(listOf(written[key]), listOf(before[key]), value);
    else if (!Object.is(before[key], value)) result[key] = inWords(key, value);
  }
  return result;
}

/** The written form of `after`, given that of `before`, a load of the same executor. */
export function writeLoad(written: unknown, before: Load, after: Load): Record<string, unknown> {
  return writeMap(mapOf(written) ?? {}, { ...before }, { ...after });
}

/** The smallest place that holds everything in which two written values differ; null when they do not. */
export function narrowed(
  before: unknown,
  after: unknown,
  path: ValuePath,
): { path: ValuePath; value: unknown } | null {
  if (same(before, after)) return null;
  const was = mapOf(before);
  const now = mapOf(after);
  if (was && now) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(now)])];
    const [key, ...others] = keys.filter((name) => !same(was[name], now[name]));
    if (key !== undefined && others.length === 0 && key in now) {
      return narrowed(was[key], now[key], [...path, key]);
    }
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    const { front, back } = common(before, after);
    if (front + back === after.length - 1) return narrowed(before[front], after[front], [...path, front]);
  }
  return { path, value: after };
}
