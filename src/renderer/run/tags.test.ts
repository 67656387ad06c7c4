import { expect, it } from 'vitest';
import { readTags, sameTags } from './tags.ts';

it('reads tags once each, without empty ones', () => {
  expect(readTags(' nightly, 1.4.2 ,, nightly,')).toEqual(['nightly', '1.4.2']);
  expect(readTags('  ')).toEqual([]);
  expect(readTags('x'.repeat(300))[0]).toHaveLength(100);
  expect(readTags(Array.from({ length: 80 }, (_, i) => `t${i}`).join(','))).toHaveLength(50);
});

it('knows whether tags were changed', () => {
  expect(sameTags(['a', 'b'], ['a', 'b'])).toBe(true);
  expect(sameTags(['a'], ['b'])).toBe(false);
  expect(sameTags(['a'], [])).toBe(false);
});
