import { describe, expect, it } from 'vitest';
import { filterChips } from './turnFilterWords.ts';

describe('the chips of a filter', () => {
  it('say each part of it, and what is left without', () => {
    const filter = {
      status: 'timeout',
      slower: 1200,
      from: 10,
      to: 70,
      sort: { by: 'ttfa', descending: true },
    } as const;
    expect(filterChips(filter).map(({ text }) => text)).toEqual([
      'timed out',
      'TTFA at least 1.20 s',
      '00:10–01:10',
    ]);
    expect(filterChips(filter).at(-1)?.without).toEqual({
      status: 'timeout',
      slower: 1200,
      sort: filter.sort,
    });
  });

  it('tell ranges that are open at one end', () => {
    expect(filterChips({ value: { metric: 'ttfa', below: 500 } })[0]?.text).toBe(
      'time to first audio under 500 ms',
    );
    expect(filterChips({ value: { metric: 'turn', least: 500, below: 600 } })[0]?.text).toBe(
      'turn 500 ms–600 ms',
    );
    expect(filterChips({ to: 9 })[0]?.text).toBe('until 00:09');
    expect(filterChips({ error: true })[0]?.text).toBe('with an error');
    expect(filterChips({ error: 'refused' })[0]?.text).toBe('error “refused”');
  });

  it('say nothing of the order', () => {
    expect(filterChips({ sort: { by: 'turn', descending: false } })).toEqual([]);
  });
});
