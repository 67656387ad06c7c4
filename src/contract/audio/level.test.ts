import { expect, it } from 'vitest';
import { samplesOf } from './level.ts';

it('reads the samples of a Buffer at an odd address', () => {
  const memory = Buffer.from([0xff, 0xff, 0xff, 1, 0, 2, 0, 3, 0, 0xff, 0xff]);
  expect([...samplesOf(memory.subarray(3, 9))]).toEqual([1, 2, 3]);
  expect([...samplesOf(memory.subarray(3, 10))]).toEqual([1, 2, 3]);
});
