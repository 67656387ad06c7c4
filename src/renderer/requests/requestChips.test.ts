import { expect, it } from 'vitest';
import { requestChips } from './requestChips.ts';

it('says every part of a filter but its order', () => {
  const chips = requestChips({
    step: 'get clients',
    phase: 'chat',
    outcome: 'timeout',
    status: 503,
    value: { metric: 'request', least: 500 },
    from: 10,
    to: 70,
    sort: { by: 'request', descending: true },
  });
  expect(chips.map(({ text }) => text)).toEqual([
    'get clients',
    'phase chat',
    'timed out',
    'status 503',
    'response at least 500 ms',
    '00:10–01:10',
  ]);
  expect(chips.at(-1)?.without).not.toHaveProperty('to');
  expect(chips[0]?.without).toMatchObject({ phase: 'chat', status: 503 });
});
