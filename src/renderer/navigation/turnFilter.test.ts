import { describe, expect, it } from 'vitest';
import { formatTurnFilter, listsAll, parseTurnFilter, type TurnFilter, turnQuery } from './turnFilter.ts';

function thereAndBack(filter: TurnFilter): TurnFilter {
  const params = new URLSearchParams();
  formatTurnFilter(filter, params);
  return parseTurnFilter(new URLSearchParams(params.toString()));
}

describe('a filter of turns in the hash', () => {
  it.each<TurnFilter>([
    {},
    { status: 'timeout', conversation: 'A & B, 50 %', turn: 3, user: 'callers', outcome: 'fell_silent' },
    { error: true },
    { error: 'any' },
    { error: '~ 1006', slower: 800.5, from: 10, to: 22.5, q: 'call-7' },
    { value: { metric: 'ttfa', least: 400.25, below: 500 }, sort: { by: 'ttfa', descending: false } },
    { value: { metric: 'turn', least: 0 }, sort: { by: 'turn_time', descending: true } },
  ])('is read back as it was written: %j', (filter) => {
    expect(thereAndBack(filter)).toEqual(filter);
  });

  it('passes over what makes no sense', () => {
    const hash = 'status=great&turn=1.5&slower=&from=x&value=ttfa:..&sort=-colour&outcome=&error=&q=';
    expect(parseTurnFilter(new URLSearchParams(hash))).toEqual({});
  });
});

describe('what a filter asks for', () => {
  it('lists everything, in whatever order', () => {
    expect(listsAll({ sort: { by: 'ttfa', descending: true } })).toBe(true);
    expect(listsAll({ q: 'x' })).toBe(false);
  });

  it('is put into the words of the query', () => {
    expect(turnQuery('r1', { outcome: 'stopped', slower: 900, from: 1, to: 2, q: 'abc' })).toMatchObject({
      runId: 'r1',
      bargeInOutcome: 'stopped',
      slowerThan: 900,
      fromS: 1,
      toS: 2,
      search: 'abc',
    });
  });
});
