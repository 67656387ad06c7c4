import type { RunRow } from '#contract/run';

/** Rows with newer ones in their place, newest run first. */
export function mergeRows(rows: readonly RunRow[], newer: readonly RunRow[]): RunRow[] {
  const taken = new Map(newer.map((row) => [row.id, row]));
  const known = rows.map((row) => {
    const other = taken.get(row.id);
    taken.delete(row.id);
    return other ?? row;
  });
  if (taken.size === 0) return known;
  return [...taken.values(), ...known].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}
