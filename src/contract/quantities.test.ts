import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration, parseLevel, parseShare } from './quantities.ts';

test('a duration is written so that it reads as the same number', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 400 * 3_600_000 }),
      (ms) => parseDuration(formatDuration(ms)) === ms,
    ),
  );
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1e9, noNaN: true }), (ms) => {
      const read = parseDuration(formatDuration(ms));
      return read !== null && Math.abs(read - ms) <= Math.abs(ms) * 1e-12;
    }),
  );
});

test('parts of a duration add up in any order of size', () => {
  const part = fc.tuple(fc.integer({ min: 0, max: 9999 }), fc.constantFrom('ms', 's', 'm', 'h'));
  const size = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      const text = parts.map(([n, unit]) => `${n}${unit}`).join('');
      const sum = parts.reduce((total, [n, unit]) => total + n * size[unit], 0);
      return parseDuration(text) === sum;
    }),
  );
});

test('text that is not a duration is never taken for one', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const looksRight = /^\s*(\d+(\.\d+)?(us|ms|s|m|h))+\s*$/.test(text);
      return (parseDuration(text) !== null) === looksRight;
    }),
  );
  for (const wrong of ['5', '', '5 s', '-5s', '5sec', '1e3ms', '.5s', 's', '5s,'])
    expect(parseDuration(wrong)).toBeNull();
});

test('levels and shares need their unit', () => {
  expect(parseLevel('-45dBFS')).toBe(-45);
  expect(parseLevel('-45')).toBeNull();
  expect(parseShare('98%')).toBeCloseTo(0.98);
  expect(parseShare('0.98')).toBeNull();
});
