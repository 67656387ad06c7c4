import { expect, it } from 'vitest';
import { pileUp } from './stack.ts';

it('adds each series to those below it', () => {
  expect(
    pileUp([
      [1, 0, 2],
      [0, null, 3],
      [5, 1, 0],
    ]),
  ).toEqual([
    [1, 0, 2],
    [1, 0, 5],
    [6, 1, 5],
  ]);
  expect(pileUp([])).toEqual([]);
});
