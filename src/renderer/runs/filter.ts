/** Which runs a search and filter chips leave. */
import type { RunRow } from '#contract/run';

export const runFilters = [
  'running',
  'pass',
  'warn',
  'fail',
  'regressed',
  'untrusted',
  'cut_off',
  'starred',
  'baseline',
  'imported',
] as const;
export type RunFilter = (typeof runFilters)[number];

export const runFilterLabels: Record<RunFilter, string> = {
  running: 'Running',
  pass: 'Passed',
  warn: 'Warning',
  fail: 'Failed',
  regressed: 'Regressed',
  untrusted: 'Untrusted',
  cut_off: 'Cut off',
  starred: 'Starred',
  baseline: 'Baselines',
  imported: 'Imported',
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
    case 'regressed':
      return row.delta?.verdict === 'regressed';
    case 'starred':
      return row.starred;
    case 'baseline':
      return row.isBaseline;
    case 'imported':
      return row.source !== 'crosstalk';
    default:
      return row.verdict === filter;
  }
}

/** What is searched of a run: made once for each row, because every key that is typed looks at all of them. */
const searched = new WeakMap<RunRow, string>();

function searchText(row: RunRow): string {
  let text = searched.get(row);
  if (text === undefined) {
    text = [row.name, row.scenario, row.environment, row.id, ...row.tags].join(' ').toLowerCase();
    searched.set(row, text);
  }
  return text;
}

/** Runs with every typed word in name, scenario, environment, id or tags, and of any of the chosen kinds (none chosen: all). */
export function filterRuns(rows: RunRow[], search: string, filters: readonly RunFilter[]): RunRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (filters.length > 0 && !filters.some((filter) => matchesFilter(row, filter))) return false;
    if (words.length === 0) return true;
    const text = searchText(row);
    return words.every((word) => text.includes(word));
  });
}
