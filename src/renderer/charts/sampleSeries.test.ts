import { describe, expect, it } from 'vitest';
import { SampleSeries } from './sampleSeries.ts';
import { sampleOf as sample } from './testing.ts';

describe('a run as columns', () => {
  it('keeps all columns as long as the time axis', () => {
    const series = new SampleSeries();
    series.push(sample(1, { ttfa: { count: 4, p50: 600, p95: 900, p99: 1000 } }));
    series.push(sample(2));
    expect(series.t).toEqual([1, 2]);
    expect(series.column('ttfaP95')).toEqual([900, null]);
    expect(series.column('active')).toEqual([8, 8]);
    expect(series.column('latenessP99')).toEqual([1, 1]);
  });

  it('passes over a second it already has, from the history and from a tick', () => {
    const series = new SampleSeries();
    series.replace([sample(1), sample(2), sample(2)]);
    expect(series.push(sample(2))).toBe(false);
    expect(series.push(sample(3))).toBe(true);
    expect(series.t).toEqual([1, 2, 3]);
    expect(series.totals.turnsOk).toBe(9);
  });

  it('fills a kind of error with zeros before it first came and where it did not', () => {
    const series = new SampleSeries();
    series.replace([
      sample(1),
      sample(2, { errors: { refused: 2 } }),
      sample(3, { errors: { dns: 1 } }),
      sample(4, { errors: { refused: 1, dns: 4 } }),
    ]);
    expect(series.errorKinds).toEqual(['refused', 'dns']);
    expect(series.errors('refused')).toEqual([0, 2, 0, 1]);
    expect(series.errors('dns')).toEqual([0, 0, 1, 4]);
    expect(series.errors('never')).toEqual([]);
    expect(series.totals.errors).toBe(8);
  });

  it('starts again when replaced', () => {
    const series = new SampleSeries();
    series.replace([sample(1, { errors: { refused: 1 } }), sample(2)]);
    series.replace([sample(1)]);
    expect(series.length).toBe(1);
    expect(series.errorKinds).toEqual([]);
    expect(series.totals).toMatchObject({ errors: 0, callsAttempted: 1 });
  });

  it('places a stamp of the run clock on the time axis', () => {
    const series = new SampleSeries();
    expect(series.secondsAt(1500)).toBeNull();
    series.push(sample(4));
    expect(series.secondsAt(1700)).toBeCloseTo(1.2);
  });

  it('keeps the generator of every second, and what condemns the run', () => {
    const { generator } = sample(1);
    const series = new SampleSeries();
    series.push(sample(1));
    series.push(sample(2, { generator: { ...generator, loopDelay: 93 } }));
    expect(series.generatorAt(2)?.generator.loopDelay).toBe(93);
    expect(series.generatorAt(0.5)?.t).toBe(1);
    expect(series.generatorAt(99)?.t).toBe(2);
    expect(series.findings).toEqual([
      { since: 2.5, text: 'the event loop stood still for 93 ms, limit 50 ms' },
    ]);
    series.replace([sample(1)]);
    expect(series.findings).toEqual([]);
    expect(series.generatorAt(2)?.generator.loopDelay).toBe(3);
  });

  it('shows arrivals over the last seconds, so that a low rate is a line', () => {
    const series = new SampleSeries();
    for (let t = 1; t <= 7; t++) {
      series.push(
        sample(t, { arrivalsAsked: t % 2, callsAttempted: t % 2, arrivalsDropped: t === 1 ? 1 : 0 }),
      );
    }
    expect(series.column('arrivalsAsked')).toEqual([1, 0.5, 2 / 3, 0.5, 0.6, 0.4, 0.6]);
    expect(series.column('arrivalsDropped')).toEqual([1, 0.5, 1 / 3, 0.25, 0.2, 0, 0]);
    expect(series.column('arrivalsStarted').at(-1)).toBe(0.6);
    expect(series.totals).toMatchObject({ arrivalsAsked: 4, arrivalsDropped: 1 });
  });
});

describe('a long run', () => {
  it('keeps every sum and every peak of ten hours in a few thousand rows', () => {
    const series = new SampleSeries();
    for (let t = 1; t <= 36_000; t++) {
      const peak = t === 777 ? 4321 : 900;
      series.push(
        sample(t, {
          ttfa: { count: 4, p50: 600, p95: peak, p99: peak },
          errors: t % 1000 === 0 ? { dns: 2 } : {},
        }),
      );
    }
    expect(series.length).toBeLessThan(6000);
    expect(series.t.at(-900)).toBe(36_000 - 899);
    expect(Math.max(...series.column('ttfaP95').map((value) => value ?? 0))).toBe(4321);
    expect(series.errors('dns').reduce((sum: number, count) => sum + (count ?? 0), 0)).toBe(72);
    expect(series.totals.turnsOk).toBe(108_000);
    // A rate stays a rate, however many seconds stand together.
    expect(series.column('turnsOk').every((value) => value === 3)).toBe(true);
    expect(series.frame(32).t.length).toBeLessThanOrEqual(36_000 / 32 + 1);
    expect(series.columnOf(series.frame(32), 'turnsOk').at(-1)).toBe(3);
  });

  it('divides the counts of merged seconds by the time they cover', () => {
    const series = new SampleSeries();
    series.replace([
      sample(10, { span: 10, framesSent: 500 }),
      sample(20, { span: 10, framesSent: 250 }),
      sample(21, { framesSent: 40 }),
    ]);
    expect(series.column('framesSent')).toEqual([50, 25, 40]);
    expect(series.seconds).toBe(21);
  });

  it('draws an old stretch finer from what the history holds of it', () => {
    const series = new SampleSeries();
    series.replace([10, 20, 30, 40].map((t) => sample(t, { span: 10 })));
    expect(series.coarsest(10, 20)).toBe(10);
    series.refine([11, 12, 13, 14, 15, 16, 17, 18, 19, 20].map((t) => sample(t)));
    expect(series.t).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 30, 40]);
    expect(series.coarsest(10.5, 20)).toBe(1);
    expect(series.coarsest(5, 25)).toBe(10);
    series.push(sample(41));
    expect(series.t.at(-1)).toBe(41);
    expect(series.totals.turnsOk).toBe(15);
    series.refine([]);
    expect(series.t).toEqual([10, 20, 30, 40, 41]);
  });

  it('does not take the worst of merged seconds for something that lasted', () => {
    const { generator } = sample(1);
    const series = new SampleSeries();
    for (let t = 10; t <= 100; t += 10)
      series.push(sample(t, { span: 10, generator: { ...generator, eventLoop: 0.99 } }));
    expect(series.findings).toEqual([]);
  });
});
