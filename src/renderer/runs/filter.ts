/** Which runs a search and filter chips leave. */
import type { RunRow } from '#contract/run';

export const runFilters = ['running', 'pass', 'warn', 'fail', 'untrusted', 'cut_off'] as const;
export type RunFilter = (typeof runFilters)[number];

export const runFilterLabels: Record<RunFilter, string> = {
  running: 'Running',
  pass: 'Passed',
  warn: 'Warning',
  fail: 'Failed',
  untrusted: 'Untrusted',
  cut_off: 'Cut off',
};

export function isRunFilter(text: string): text is RunFilter {
  return runFilters.some((filter) => filter === text);
}

/** Whether a run is of the kind a chip stands for. */
export function matchesFilter(row: RunRow, filter: RunFilter): boolean {
  switch (filter) {
    case 'running':
      return row.state === 'running' || row.state === 'stopping';
    case 'untrusted':
      return row.trusted === false;
    case 'cut_off':
      return row.state === 'cut_off';
    default:
      return row.verdict === filter;
  }
}

/** Runs with every typed word in name, scenario, environment, id or tags, and of any of the chosen kinds (none chosen: all). */
export function filterRuns(rows: RunRow[], search: string, filters: readonly RunFilter[]): RunRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (filters.length > 0 && !filters.some((filter) => matchesFilter(row, filter))) return false;
    if (words.length === 0) return true;
    const text = [row.name, row.scenario, row.environment, row.id, ...row.tags].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
