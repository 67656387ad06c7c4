import { describe, expect, it } from 'vitest';
import type { RunRow } from '#contract/run';
import { filterRuns, isRunFilter } from './filter.ts';
import { aRow as row } from './testing.ts';

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
  it('finds what is starred, imported, a baseline or worse than one', () => {
    const delta = {
      baselineId: 'a',
      ttfaP95: 200,
      requestP95: null,
      verdict: 'regressed' as const,
      sentence: null,
    };
    const more = [
      row('e', { starred: true }),
      row('f', { source: 'locust' }),
      row('g', { isBaseline: true }),
      row('h', { delta }),
    ];
    expect(ids(filterRuns(more, '', ['starred']))).toBe('e');
    expect(ids(filterRuns(more, '', ['imported']))).toBe('f');
    expect(ids(filterRuns(more, '', ['baseline']))).toBe('g');
    expect(ids(filterRuns(more, '', ['regressed']))).toBe('h');
  });
  it('joins search and chips by and', () => expect(ids(filterRuns(rows, 'staging', ['pass']))).toBe(''));
  it('knows its own filters', () => {
    expect(isRunFilter('fail')).toBe(true);
    expect(isRunFilter('toString')).toBe(false);
  });
});
