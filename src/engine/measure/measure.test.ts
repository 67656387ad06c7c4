import { describe, expect, it } from 'vitest';
import { LatenessRecorder } from '../worker/lateness.ts';
import { exactPercentile, LatencyHistogram } from './histogram.ts';
import { judge } from '#contract/metrics';
import { latenessFigures } from './latenessFigures.ts';
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
    gcPauseMs: 0, bufferedBytes: 0, slipped: 0, runQueue: 0, idleCores: null, workers: [],
  }; // prettier-ignore
  const at = (t: number, change: Partial<GeneratorHealth> = {}) => ({
    at: t * 1000,
    generator: { ...healthy, ...change },
  });
  const wall = (t: number) => 1_000_000 + t * 1000;
  const watch = (change: Partial<GeneratorHealth>, seconds = 6) => {
    const trust = new TrustWatch();
    const lateness = new LatencyHistogram();
    lateness.record(1);
    for (let t = 1; t <= seconds; t++) trust.second(at(t, change), wall(t));
    return trust.reasons(lateness);
  };

  it('a healthy run is trusted', () => expect(watch({})).toEqual([]));
  it.each([
    [{ slipped: 1 }, '6 calls slipped more than 200 ms behind schedule, first 1 s into the run'],
    [{ eventLoop: 0.9 }, 'the event loop was 90 % busy over 5 s, limit 85 %, first 0 s into the run'],
    [{ loopDelay: 80 }, 'the event loop stood still for 80 ms, limit 50 ms, first 1 s into the run'],
    [
      { runQueue: 0.4 },
      'the generator waited for a core 40 % of the time over 5 s, limit 30 %, first 0 s into the run',
    ],
  ])('%o is a reason, with its figure and since when', (change, reason) => {
    expect(watch(change)).toEqual([reason]);
  });
  it('late frames are a reason, from the first late second on', () => {
    const lateness = new LatencyHistogram();
    lateness.record(12);
    const trust = new TrustWatch();
    trust.second(at(1), wall(1));
    trust.second(at(2, { latenessP99: 14 }), wall(2));
    expect(trust.reasons(lateness)).toEqual([
      'frames were late: p99 12.0 ms, limit 10 ms, first 2 s into the run',
    ]);
    expect(trust.reasonsSoFar(lateness, 9000)).toEqual([]);
    expect(trust.reasonsSoFar(lateness, 10_000)).toHaveLength(1);
  });
  it('a jump of the clock and a standstill are reasons', () => {
    const trust = new TrustWatch();
    trust.second(at(1), wall(1));
    trust.second(at(2), wall(32));
    trust.gap(7000, 40_000);
    expect(trust.reasons(new LatencyHistogram())).toEqual([
      'the clock jumped by 30.0 s (the machine slept or its time was set), 2 s into the run',
      'nothing ran for 7.0 s (the machine slept or was stopped), 40 s into the run',
    ]);
  });
  it.each([
    [{ eventLoop: 0.75 }, /event loop 75 %/],
    [{ runQueue: 0.25 }, /waits for a core \(25 % of the time\)/],
  ])('warns once before it is too late: %o', (change, words) => {
    const trust = new TrustWatch();
    const notices = Array.from({ length: 8 }, (_, t) => trust.second(at(t + 1, change), wall(t + 1))).filter(
      (notice) => notice !== null,
    );
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(words);
    expect(trust.reasons(new LatencyHistogram())).toEqual([]);
  });
});

describe('lateness of one second', () => {
  it('has the percentiles of all frames of all threads', () => {
    const delta = (...pairs: [us: number, count: number][]) => ({
      values: Float64Array.from(pairs, ([us]) => us),
      counts: Uint32Array.from(pairs, ([, count]) => count),
    });
    expect(latenessFigures([])).toEqual({ p50: null, p99: null, max: null });
    expect(latenessFigures([delta([400, 1])])).toEqual({ p50: 0.4, p99: 0.4, max: 0.4 });
    expect(latenessFigures([delta([9000, 1], [200, 50]), delta([700, 48], [12_000, 1])])).toEqual({
      p50: 0.2,
      p99: 9,
      max: 12,
    });
  });
});
