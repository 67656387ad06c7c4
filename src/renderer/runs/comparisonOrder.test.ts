import { expect, it } from 'vitest';
import { comparisonOrder } from './comparisonOrder.ts';
import { aRow } from './testing.ts';

it('puts the baseline first and the others by time', () => {
  const rows = [
    aRow('new', { startedAt: '2026-01-03T00:00:00.000Z' }),
    aRow('base', { startedAt: '2026-01-02T00:00:00.000Z', isBaseline: true }),
    aRow('old', { startedAt: '2026-01-01T00:00:00.000Z' }),
  ];
  expect(comparisonOrder(rows)).toEqual(['base', 'old', 'new']);
});
