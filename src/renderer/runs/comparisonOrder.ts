import type { RunRow } from '#contract/run';

/** In which order chosen runs stand side by side: a marked baseline first, then by time. */
export function comparisonOrder(rows: readonly RunRow[]): string[] {
  return rows
    .toSorted((a, b) => Number(b.isBaseline) - Number(a.isBaseline) || a.startedAt.localeCompare(b.startedAt))
    .map(({ id }) => id);
}
