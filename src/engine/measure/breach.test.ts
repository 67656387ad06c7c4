import { describe, expect, it } from 'vitest';
import type { CallRecord, TurnRecord } from '#contract/run';
import { Threshold } from '#contract/scenario/file';
import { aReport, aTurn } from '../../../test/fixtures/reports.ts';
import { shortCalls } from '../../../test/fixtures/shortCalls.ts';
import { RunAggregate } from './aggregate.ts';

const slow = (more: object = {}) =>
  Threshold.parse({ metric: 'ttfa', stat: 'max', target: '500ms', acceptable: '1s', ...more });

function measuring(thresholds: Threshold[], more: { warmUpMs?: number } = {}) {
  return new RunAggregate({ ...shortCalls({ url: 'ws://127.0.0.1/', loads: [] }), thresholds, ...more });
}

type Heard = { turns?: Partial<TurnRecord>[]; calls?: CallRecord[] };

/** Second `t` of a run, with the turns whose records came in during it. */
function second(aggregate: RunAggregate, t: number, { turns = [], calls = [] }: Heard = {}): void {
  const records = turns.map((turn) => aTurn({ startedAt: t * 1000 - 500, ...turn }));
  aggregate.report(aReport({ at: t * 1000, turns: records, calls }));
  aggregate.second(t * 1000);
}

describe('how a threshold stands now', () => {
  it('is its statistic over the last ten seconds, beside the one of the whole run', () => {
    const aggregate = measuring([slow()]);
    const now = () => aggregate.thresholdsNow()[0];
    expect(now()).not.toHaveProperty('now');
    second(aggregate, 1, { turns: [{ ttfa: 1500 }] });
    expect(now()).toMatchObject({ value: 1500, now: 1500, status: 'fail' });
    for (let t = 2; t <= 10; t++) second(aggregate, t, { turns: [{ ttfa: 300 }] });
    expect(now()).toMatchObject({ value: 1500, now: 1500 });
    second(aggregate, 11, { turns: [{ ttfa: 200 }] });
    expect(now()).toMatchObject({ value: 1500, now: 300, status: 'fail' });
    for (let t = 12; t <= 21; t++) second(aggregate, t);
    expect(now()).toMatchObject({ value: 1500, now: null });
    expect(aggregate.thresholdResults()[0]).not.toHaveProperty('now');
  });

  it('of percentiles and means is exact, and leaves out what the whole run leaves out', () => {
    const stats = ['p50', 'p95', 'mean', 'min'] as const;
    const aggregate = measuring(stats.map((stat) => slow({ stat })));
    const turns = Array.from({ length: 100 }, (_, i) => ({ ttfa: i + 1 }));
    second(aggregate, 1, { turns: [...turns, { ttfa: 9000, excluded: 'generator' }] });
    expect(aggregate.thresholdsNow().map(({ now }) => now)).toEqual([50, 95, 50.5, 1]);
  });

  it('of frames counts every one of them', () => {
    const lateness = Threshold.parse({
      metric: 'frame_lateness',
      stat: 'p95',
      target: '5ms',
      acceptable: '10ms',
    });
    const aggregate = measuring([lateness]);
    const values = Float64Array.from([1000, 20_000]);
    aggregate.report(aReport({ at: 1000, lateness: { values, counts: Uint32Array.from([96, 4]) } }));
    aggregate.second(1000);
    expect(aggregate.thresholdsNow()[0]?.now).toBe(1);
    aggregate.report(aReport({ at: 2000, lateness: { values, counts: Uint32Array.from([0, 10]) } }));
    aggregate.second(2000);
    expect(aggregate.thresholdsNow()[0]?.now).toBe(20);
  });

  it('of rates is over the last thirty seconds', () => {
    const success = Threshold.parse({ metric: 'turn_success', stat: 'rate', target: 0.9, acceptable: 0.8 });
    const aggregate = measuring([success]);
    second(aggregate, 1, { turns: [{ status: 'failed', ttfa: null }] });
    for (let t = 2; t <= 30; t++) second(aggregate, t, { turns: [{}] });
    expect(aggregate.thresholdsNow()[0]).toMatchObject({ value: 29 / 30, now: 29 / 30 });
    second(aggregate, 31, { turns: [{}] });
    expect(aggregate.thresholdsNow()[0]).toMatchObject({ value: 30 / 31, now: 1 });
  });

  it('is not known of a count, which has no last seconds', () => {
    const failed = Threshold.parse({ metric: 'turns_failed', stat: 'count', target: 0, acceptable: 1 });
    const aggregate = measuring([failed]);
    second(aggregate, 1, { turns: [{ status: 'failed', ttfa: null }] });
    expect(aggregate.thresholdsNow()[0]).not.toHaveProperty('now');
  });
});

describe('the time a threshold is breached', () => {
  const breached = (aggregate: RunAggregate) => aggregate.thresholdResults().map((row) => row.breached_s);

  it('counts the seconds beyond what is acceptable now, not those only beyond the target', () => {
    const aggregate = measuring([slow()]);
    second(aggregate, 1, { turns: [{ ttfa: 900 }] });
    expect(breached(aggregate)).toEqual([0]);
    second(aggregate, 2, { turns: [{ ttfa: 1100 }] });
    for (let t = 3; t <= 30; t++) second(aggregate, t, { turns: [{ ttfa: 100 }] });
    expect(breached(aggregate)).toEqual([10]);
    expect(aggregate.thresholdsNow()[0]).toMatchObject({ breached_s: 10, value: 1100, now: 100 });
  });

  it('does not count where nothing is measured', () => {
    const aggregate = measuring([slow()]);
    for (let t = 1; t <= 5; t++) second(aggregate, t);
    expect(breached(aggregate)).toEqual([0]);
  });

  it('begins when the threshold is judged', () => {
    const failed = { metric: 'turns_failed', stat: 'count', target: 0, acceptable: 0 };
    const thresholds = [slow({ after: '3s' }), Threshold.parse(failed)];
    const aggregate = measuring(thresholds, { warmUpMs: 1500 });
    const turns = [{ ttfa: 5000 }, { status: 'failed' as const, ttfa: null }];
    for (let t = 1; t <= 5; t++) second(aggregate, t, { turns });
    expect(aggregate.thresholdResults()).toMatchObject([
      { after_s: 3, breached_s: 2 },
      { after_s: 1.5, breached_s: 3.5 },
    ]);
    expect(measuring([slow()]).thresholdResults()[0]).not.toHaveProperty('after_s');
  });

  it('is the time that went by, however late a second is told', () => {
    const aggregate = measuring([slow()]);
    second(aggregate, 1, { turns: [{ ttfa: 5000 }] });
    second(aggregate, 4.5);
    expect(breached(aggregate)).toEqual([4.5]);
  });

  it('of a count that is to be reached is not told', () => {
    const reached = Threshold.parse({
      metric: 'turns_ok',
      stat: 'count',
      condition: 'above',
      target: 9,
      acceptable: 5,
    });
    const aggregate = measuring([reached]);
    second(aggregate, 1);
    expect(aggregate.thresholdsNow()[0]).not.toHaveProperty('breached_s');
  });
});
