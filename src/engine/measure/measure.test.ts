import { describe, expect, it } from 'vitest';
import { LatenessRecorder } from '../worker/lateness.ts';
import { exactPercentile, LatencyHistogram } from './histogram.ts';
import { judge } from '#contract/metrics';
import { TrustWatch } from './trust.ts';
import type { GeneratorHealth } from '#contract/run';

describe('latency histogram', () => {
  it('refuses what is no latency instead of counting it', () => {
    const histogram = new LatencyHistogram();
    for (const value of [Number.NaN, -1, Number.POSITIVE_INFINITY, 700_000]) histogram.record(value);
    expect(histogram.count).toBe(0);
    expect(histogram.refused).toBe(4);
    expect(histogram.summary()).toMatchObject({ count: 0, min: null, mean: null, p95: null, max: null });
  });

  it('agrees with exact statistics to a thousandth', () => {
    const histogram = new LatencyHistogram();
    const values = Array.from({ length: 5000 }, (_, i) => 100 + ((i * 7919) % 5000) / 3);
    for (const value of values) histogram.record(value);
    const sorted = [...values].sort((a, b) => a - b);
    const summary = histogram.summary();
    for (const [p, value] of [
      [50, summary.p50],
      [95, summary.p95],
      [99.9, summary.p99_9],
    ] as const) {
      const exact = exactPercentile(sorted, p) ?? 0;
      expect(Math.abs((value ?? 0) - exact) / exact).toBeLessThan(0.002);
    }
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    expect(summary.mean).toBeCloseTo(mean, 6);
    expect(summary.stddev).toBeCloseTo(
      Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length),
      6,
    );
    expect(summary.min).toBe(sorted[0]);
    expect(summary.max).toBe(sorted.at(-1));
  });
});

describe('lateness recorder', () => {
  it('keeps every frame within a thousandth and starts anew after each take', () => {
    const recorder = new LatenessRecorder();
    const values = [-1, 0, 0.4, 2.047, 2.048, 3.3, 17.77, 999.9, 123_456.7];
    for (const value of values) recorder.record(value);
    const { values: us, counts } = recorder.take();
    expect(counts.reduce((a, b) => a + b, 0)).toBe(values.length);
    const expected = [0, 400, 2047, 2048, 3300, 17_770, 999_900, 123_456_700];
    expect(
      [...us].every((value, i) => Math.abs(value - (expected[i] ?? 0)) <= (expected[i] ?? 0) / 1000),
    ).toBe(true);
    expect(recorder.take().values).toHaveLength(0);
  });
});

describe('thresholds', () => {
  it.each([
    [1999, 'below', 2000, 3000, 'pass'],
    [2500, 'below', 2000, 3000, 'warn'],
    [3001, 'below', 2000, 3000, 'fail'],
    [0.98, 'above', 0.98, 0.95, 'pass'],
    [0.96, 'above', 0.98, 0.95, 'warn'],
    [0.9, 'above', 0.98, 0.95, 'fail'],
    [null, 'below', 2000, 3000, 'fail'],
  ] as const)('%s %s %s/%s → %s', (value, condition, target, acceptable, status) => {
    expect(judge(value, condition, target, acceptable)).toBe(status);
  });
});

describe('trust', () => {
  const healthy: GeneratorHealth = {
    latenessP50: 0.5, latenessP99: 1, latenessMax: 2, eventLoop: 0.2, loopDelay: 2, cpu: 0.3, rssMb: 100,
    gcPauseMs: 0, bufferedBytes: 0, slipped: 0, runQueue: 0, workers: [],
  }; // prettier-ignore
  const watch = (change: Partial<GeneratorHealth>, seconds = 6) => {
    const trust = new TrustWatch();
    const lateness = new LatencyHistogram();
    lateness.record(1);
    for (let s = 0; s < seconds; s++) trust.second({ ...healthy, ...change }, 1_000_000 + s * 1000, s * 1000);
    return trust.reasons(lateness);
  };

  it('a healthy run is trusted', () => expect(watch({})).toEqual([]));
  it('a slip is a reason', () => expect(watch({ slipped: 1 }, 1)[0]).toMatch(/slipped/));
  it('a busy event loop is a reason', () => expect(watch({ eventLoop: 0.9 })[0]).toMatch(/90 % busy/));
  it('a stalled event loop is a reason', () => expect(watch({ loopDelay: 80 }, 1)[0]).toMatch(/80 ms/));
  it('late frames are a reason', () => {
    const lateness = new LatencyHistogram();
    lateness.record(12);
    expect(new TrustWatch().reasons(lateness)[0]).toMatch(/p99 12\.0 ms/);
  });
  it('a jump of the clock is a reason', () => {
    const trust = new TrustWatch();
    trust.second(healthy, 1_000_000, 0);
    trust.second(healthy, 1_031_000, 1000);
    expect(trust.reasons(new LatencyHistogram())[0]).toMatch(/clock jumped by 30\.0 s/);
  });
  it('warns before it is too late', () => {
    const trust = new TrustWatch();
    const notices = Array.from({ length: 8 }, (_, s) =>
      trust.second({ ...healthy, eventLoop: 0.75 }, s * 1000, s * 1000),
    );
    expect(notices.filter((n) => n !== null)).toHaveLength(1);
    expect(trust.reasons(new LatencyHistogram())).toEqual([]);
  });
});
