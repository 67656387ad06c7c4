import { describe, expect, it } from 'vitest';
import type { GeneratorHealth, Sample } from '#contract/run';
import { SampleSeries } from '../charts/sampleSeries.ts';
import { bottleneck, generatorHealth } from './generatorHealth.ts';

function health(more: Partial<GeneratorHealth>): GeneratorHealth {
  return {
    latenessP50: 0.1,
    latenessP99: 1,
    latenessMax: 2,
    eventLoop: 0.2,
    loopDelay: 3,
    cpu: 0.3,
    rssMb: 100,
    gcPauseMs: 0,
    bufferedBytes: 0,
    slipped: 0,
    runQueue: null,
    workers: [],
    ...more,
  };
}

describe('the generator in one word', () => {
  it.each([
    [{}, 'Healthy'],
    [{ latenessP99: null }, 'Healthy'],
    [{ latenessP99: 5 }, 'Healthy'],
    [{ latenessP99: 5.1 }, 'Strained'],
    [{ latenessP99: 10.1 }, 'Overloaded'],
    [{ eventLoop: 0.71 }, 'Strained'],
    [{ eventLoop: 0.86 }, 'Overloaded'],
    [{ loopDelay: 51 }, 'Overloaded'],
    [{ slipped: 1 }, 'Overloaded'],
  ] as const)('%o: %s', (more, word) => expect(generatorHealth(health(more)).word).toBe(word));

  it('says why, the worst first', () => {
    expect(generatorHealth(health({ latenessP99: 6, eventLoop: 0.9 })).reasons).toEqual([
      'event loop 90 % busy',
      'frames sent 6.0 ms late (p99)',
    ]);
    expect(generatorHealth(health({})).reasons).toEqual([]);
  });
});

describe('the moment from which a run cannot be trusted', () => {
  function run(...seconds: Partial<GeneratorHealth>[]): SampleSeries {
    const nothing = { count: 0, p50: null, p95: null, p99: null };
    const series = new SampleSeries();
    seconds.forEach((more, i) => {
      const sample: Sample = {
        t: i + 1,
        at: 1000 * i,
        asked: 1,
        active: 1,
        connecting: 0,
        callsAttempted: 0,
        callsConnected: 0,
        callsFailed: 0,
        callsDropped: 0,
        turnsOk: 0,
        turnsFailed: 0,
        framesSent: 0,
        framesReceived: 0,
        bytesSent: 0,
        bytesReceived: 0,
        errors: {},
        ttfa: nothing,
        bargeIn: nothing,
        connect: nothing,
        generator: health(more),
      };
      series.push(sample);
    });
    return series;
  }

  it('is the first second with a blocked loop or a call behind its schedule', () => {
    expect(bottleneck(run({}, { loopDelay: 93 }, { slipped: 2 }))).toEqual({
      since: 2,
      reason: 'the event loop stood still for 93 ms',
    });
    expect(bottleneck(run({}, {}, { slipped: 2 }))?.since).toBe(3);
  });

  it('is not a single busy second, but five on average', () => {
    const busy = { eventLoop: 0.9 };
    expect(bottleneck(run({}, { eventLoop: 1 }, {}, {}, {}, {}))).toBeNull();
    expect(bottleneck(run(busy, busy, busy, busy))).toBeNull();
    expect(bottleneck(run(busy, busy, busy, busy, busy))).toEqual({
      since: 5,
      reason: 'the event loop was 90 % busy',
    });
    expect(bottleneck(run({}, busy, busy, busy, busy, busy))?.since).toBe(6);
  });

  it('does not come from one second of late frames, nor from nothing', () => {
    expect(bottleneck(run({}, { latenessP99: 40 }, {}))).toBeNull();
    expect(bottleneck(run())).toBeNull();
  });
});
