/** Names of runs that stand side by side. */
import type { RunRow } from '#contract/run';
import { formatWhen } from '../format/dates.ts';

/** Longer names are cut in the middle, where there is room for little. */
const shortLength = 26;

/** A name that fits beside a line of a chart. */
export function shortName(name: string): string {
  if (name.length <= shortLength) return name;
  const half = (shortLength - 1) / 2;
  return `${name.slice(0, Math.ceil(half)).trimEnd()}…${name.slice(-Math.floor(half)).trimStart()}`;
}

/** The names of runs, with when they started or their ids where several are called the same. */
export function distinctNames(rows: readonly RunRow[]): string[] {
  const times = (name: string) => rows.filter((row) => row.name === name).length;
  const timed = rows.map((row) =>
    times(row.name) > 1 ? `${row.name} · ${formatWhen(row.startedAt)}` : row.name,
  );
  return timed.map((name, i) =>
    timed.filter((other) => other === name).length > 1 ? `${name} · ${rows[i]?.id.slice(-4) ?? ''}` : name,
  );
}
