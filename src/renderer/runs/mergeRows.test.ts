import { expect, it } from 'vitest';
import { mergeRows } from './mergeRows.ts';
import { aRow } from './testing.ts';

const rows = [
  aRow('b', { startedAt: '2026-01-02T00:00:00.000Z' }),
  aRow('a', { startedAt: '2026-01-01T00:00:00.000Z' }),
];

it('puts a newer row in the place of the one that is known', () => {
  const merged = mergeRows(rows, [aRow('a', { startedAt: '2026-01-01T00:00:00.000Z', starred: true })]);
  expect(merged.map(({ id, starred }) => [id, starred])).toEqual([
    ['b', false],
    ['a', true],
  ]);
});

it('puts what is new where its time is', () => {
  const merged = mergeRows(rows, [aRow('c', { startedAt: '2026-01-01T12:00:00.000Z' })]);
  expect(merged.map(({ id }) => id)).toEqual(['b', 'c', 'a']);
});
