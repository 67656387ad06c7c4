import { expect, test, vi } from 'vitest';
import type { Attempt } from './attempt.ts';
import { retryAfterMs } from './requests.ts';
import { usualRetries, waitBefore, withRetries } from './retry.ts';
import { promptRetries } from './testing.ts';

const failing = (retry: boolean, askedMs: number | null = null): Attempt<never> => ({
  ok: false,
  error: { kind: 'unavailable', code: 'quota', message: 'Too much.' },
  retry,
  retryAfterMs: askedMs,
});

test('waits double, are spread over their upper half, and end at the longest', () => {
  const least = { ...usualRetries, random: () => 0 };
  const most = { ...usualRetries, random: () => 1 };
  expect([2, 3, 4, 5, 6, 7, 8].map((next) => waitBefore(next, null, most))).toEqual([
    1000, 2000, 4000, 8000, 16_000, 20_000, 20_000,
  ]);
  expect([2, 3].map((next) => waitBefore(next, null, least))).toEqual([500, 1000]);
});

test('what the service asks for is the least, and not the same for all', () => {
  expect(waitBefore(2, 5000, { ...usualRetries, random: () => 0 })).toBe(5125);
  expect(waitBefore(2, 5000, { ...usualRetries, random: () => 1 })).toBe(5250);
});

test('the first answer ends it', async () => {
  const policy = promptRetries();
  const attempt = vi
    .fn<() => Promise<Attempt<number>>>()
    .mockResolvedValueOnce(failing(true))
    .mockResolvedValue({ ok: true, value: 7 });
  expect(await withRetries(attempt, policy)).toEqual({ ok: true, value: 7 });
  expect(attempt).toHaveBeenCalledTimes(2);
});

test('what cannot help is tried once, and its sentence stays as it is', async () => {
  const attempt = vi.fn(() => Promise.resolve(failing(false)));
  expect(await withRetries(attempt, promptRetries())).toMatchObject({
    ok: false,
    error: { message: 'Too much.' },
  });
  expect(attempt).toHaveBeenCalledTimes(1);
});

test('real waiting ends with the signal', async () => {
  const stop = new AbortController();
  const attempt = vi.fn(() => {
    setImmediate(() => stop.abort());
    return Promise.resolve(failing(true, 50_000));
  });
  expect(await withRetries(attempt, usualRetries, stop.signal)).toMatchObject({
    ok: false,
    error: { code: 'cancelled' },
  });
  expect(attempt).toHaveBeenCalledTimes(1);
});

test.each([
  ['7', 7000],
  [' 0.5 ', 500],
  ['Thu, 01 Jan 2026 00:00:10 GMT', 10_000],
  ['Thu, 01 Jan 2026 00:00:00 GMT', 0],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ['-5', null],
  ['soon', null],
  ['', null],
  [undefined, null],
])('Retry-After %j is %j ms', (header, ms) => {
  expect(retryAfterMs(header, Date.parse('2026-01-01T00:00:00Z'))).toBe(ms);
});
