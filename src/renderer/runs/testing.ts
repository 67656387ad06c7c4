/** Rows of the list for tests. */
import type { RunRow } from '#contract/run';
import { withoutRequests } from '#contract/withoutRequests';

/** A run that passed, with whatever else it is to have. */
export function aRow(id: string, more: Partial<RunRow> = {}): RunRow {
  return {
    id,
    name: `Run ${id}`,
    scenario: 'Insurance inquiry',
    environment: 'practice',
    state: 'finished',
    startedAt: '2026-01-01T10:00:00.000Z',
    durationMs: 1000,
    plannedMs: 1000,
    peakCalls: 1,
    verdict: 'pass',
    trusted: true,
    ended: 'completed',
    ttfaP50: null,
    ttfaP95: null,
    bargeInP95: null,
    ...withoutRequests.row,
    turnSuccess: null,
    errors: 0,
    tags: [],
    ttfaTrend: [],
    starred: false,
    noted: false,
    source: 'crosstalk',
    isBaseline: false,
    delta: null,
    ...more,
  };
}
