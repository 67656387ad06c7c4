import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { every } from './schedule.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('what is done every now and then', () => {
  it('begins at once, goes on at fixed moments, and ends with the signal', async () => {
    const ending = new AbortController();
    const at: number[] = [];
    const start = performance.now();
    every(1000, ending.signal, () => {
      at.push(performance.now() - start);
      return Promise.resolve();
    });
    await vi.advanceTimersByTimeAsync(2500);
    expect(at).toEqual([0, 1000, 2000]);
    ending.abort();
    await vi.advanceTimersByTimeAsync(5000);
    expect(at).toHaveLength(3);
  });

  it('never overtakes itself, and leaves out the moments that passed', async () => {
    const ending = new AbortController();
    const at: number[] = [];
    const start = performance.now();
    every(1000, ending.signal, async () => {
      at.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 2500));
    });
    await vi.advanceTimersByTimeAsync(6200);
    expect(at).toEqual([0, 3000, 6000]);
    ending.abort();
  });

  it('goes on after a failure', async () => {
    const ending = new AbortController();
    let tries = 0;
    every(1000, ending.signal, () => {
      tries += 1;
      return Promise.reject(new Error('no'));
    });
    await vi.advanceTimersByTimeAsync(2500);
    expect(tries).toBe(3);
    ending.abort();
  });
});
