import { describe, expect, it } from 'vitest';
import type { RunRow } from '#contract/run';
import { filterRuns, isRunFilter } from './filter.ts';

function row(id: string, more: Partial<RunRow> = {}): RunRow {
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

const rows = [
  row('a'),
  row('b', { verdict: 'fail', trusted: false, environment: 'staging' }),
  row('c', { verdict: null, trusted: null, state: 'running', tags: ['nightly'] }),
  row('d', { verdict: null, trusted: null, state: 'cut_off' }),
];
const ids = (found: RunRow[]) => found.map((r) => r.id).join('');

describe('the list of runs', () => {
  it('shows all runs without search and chips', () => expect(ids(filterRuns(rows, '', []))).toBe('abcd'));
  it('joins chips by or', () => expect(ids(filterRuns(rows, '', ['fail', 'running']))).toBe('bc'));
  it('tells untrusted from unknown', () => expect(ids(filterRuns(rows, '', ['untrusted']))).toBe('b'));
  it('searches name, environment and tags, whatever the case', () => {
    expect(ids(filterRuns(rows, 'STAGING', []))).toBe('b');
    expect(ids(filterRuns(rows, 'nightly insurance', []))).toBe('c');
  });
  it('joins search and chips by and', () => expect(ids(filterRuns(rows, 'staging', ['pass']))).toBe(''));
  it('knows its own filters', () => {
    expect(isRunFilter('fail')).toBe(true);
    expect(isRunFilter('toString')).toBe(false);
  });
});
