import { describe, expect, it } from 'vitest';
import { fail, ok } from '#contract/errors';
import { tablePercentiles, type Distribution } from '#contract/review';
import type { MetricSummary } from '#contract/run';
import { LatencyHistogram } from '#engine/measure/histogram';
import { aSummary, value } from '../history/testing.ts';
import { distributionsOf } from './distributions.ts';

const thousand = Float64Array.from({ length: 1000 }, (_, i) => 1000 - i);

function histogram(values: Iterable<number>): LatencyHistogram {
  const filled = new LatencyHistogram();
  for (const ms of values) filled.record(ms);
  return filled;
}

function sources(kept: { histograms?: Record<string, string>; values?: Record<string, Float64Array> } = {}) {
  return {
    histograms: () => Promise.resolve(ok(kept.histograms ?? {})),
    values: (_runId: string, metric: string) =>
      Promise.resolve(ok(kept.values?.[metric] ?? new Float64Array())),
  };
}

function summaryWith(metric: 'ttfa' | 'connect', known: MetricSummary) {
  const summary = aSummary('r');
  return { ...summary, metrics: { ...summary.metrics, ttfa: summary.metrics.turn, [metric]: known } };
}

const at = (one: Distribution | undefined, percentile: (typeof tablePercentiles)[number]) =>
  one?.table[tablePercentiles.indexOf(percentile)];

describe('the distribution of a metric', () => {
  it('comes from the histogram, exact to three digits, with the exact figures of the summary', async () => {
    const kept = histogram(thousand);
    const query = { runId: 'r', summary: summaryWith('ttfa', kept.summary()) };
    const [ttfa, ...none] = value(
      await distributionsOf(sources({ histograms: { ttfa: kept.encode() } }), query),
    );
    expect(none).toEqual([]);
    expect(ttfa).toMatchObject({ metric: 'ttfa', from: 'histogram', summary: kept.summary() });
    expect(ttfa?.table).toHaveLength(tablePercentiles.length);
    for (const percentile of [50, 66, 95, 99.9] as const)
      expect(Math.abs((at(ttfa, percentile) ?? 0) / (percentile * 10) - 1)).toBeLessThan(0.001);
    expect(at(ttfa, 100)).toBe(1000);
  });

  it('comes from the values where there is no histogram', async () => {
    const [ttfa] = value(
      await distributionsOf(sources({ values: { ttfa: thousand } }), { runId: 'r', summary: null }),
    );
    expect(ttfa).toMatchObject({
      from: 'values',
      table: [500, 660, 750, 800, 900, 950, 980, 990, 999, 1000, 1000],
      summary: { count: 1000, min: 1, mean: 500.5, p50: 500, p99_9: 999, max: 1000 },
    });
  });

  it('has a curve that rises from 0 to 100, closer together towards the end', async () => {
    const [ttfa] = value(
      await distributionsOf(sources({ values: { ttfa: thousand } }), { runId: 'r', summary: null }),
    );
    const curve = ttfa?.curve ?? [];
    expect(curve.length).toBeLessThanOrEqual(120);
    expect([curve[0], curve.at(-1)]).toEqual([
      { percentile: 0, value: 1 },
      { percentile: 100, value: 1000 },
    ]);
    const steps = curve.slice(1).map(({ percentile }, i) => percentile - (curve[i]?.percentile ?? 0));
    expect(steps.every((step) => step > 0)).toBe(true);
    expect(steps[0]).toBeGreaterThan((steps.at(-2) ?? 0) * 10);
  });

  it('of a run that has but a summary says no more than that', async () => {
    const known = { ...aSummary('r').metrics.turn, count: 40, min: 10, p50: 200, p95: 900, max: 1000 };
    const query = { runId: 'r', summary: summaryWith('connect', known) };
    const [connect] = value(await distributionsOf(sources(), query));
    expect(connect).toMatchObject({ metric: 'connect', from: 'summary', summary: known });
    expect(connect?.table).toEqual([200, null, null, null, null, 900, null, null, null, null, 1000]);
    expect(connect?.curve.map(({ percentile }) => percentile)).toEqual([0, 50, 95, 100]);
  });

  it('of one step comes from its own histogram, else from its own requests', async () => {
    const all = histogram(thousand);
    const ofStep = histogram([10, 20, 30]);
    const kept = { request: all.encode(), 'request|step=GET /clients': ofStep.encode() };
    const query = { runId: 'r', summary: aSummary('r'), metrics: ['request'] as const };
    const [one] = value(
      await distributionsOf(sources({ histograms: kept }), { ...query, step: 'GET /clients' }),
    );
    expect(one?.summary).toMatchObject({ count: 3, unit: 'ms' });
    expect(at(one, 100)).toBeCloseTo(30, 1);
    const asked: unknown[] = [];
    const history = {
      ...sources(),
      values: (_runId: string, metric: string, step?: string) => {
        asked.push([metric, step]);
        return Promise.resolve(ok(Float64Array.of(5)));
      },
    };
    const [other] = value(
      await distributionsOf(history, { ...query, metrics: ['tokens_per_second'], step: 'chat' }),
    );
    expect(asked).toEqual([['tokens_per_second', 'chat']]);
    expect(other).toMatchObject({ from: 'values', summary: { count: 1, unit: '1/s', p50: 5 } });
  });

  it('is asked for in an order, whether there are values or not', async () => {
    const query = { runId: 'r', summary: null, metrics: ['barge_in', 'ttfa'] as const };
    const found = value(await distributionsOf(sources({ values: { ttfa: thousand } }), query));
    expect(found.map(({ metric }) => metric)).toEqual(['barge_in', 'ttfa']);
    expect(found[0]).toMatchObject({ table: [], curve: [], summary: { count: 0, p50: null } });
  });

  it('fails as the history does', async () => {
    const failing = { ...sources(), values: () => Promise.resolve(fail('unavailable', 'locked', 'Locked.')) };
    expect(await distributionsOf(failing, { runId: 'r', summary: null })).toMatchObject({
      ok: false,
      error: { code: 'locked' },
    });
  });
});
