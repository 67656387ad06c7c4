import { describe, expect, it } from 'vitest';
import { GeneratorJudge, generatorState, type Finding } from './generator.ts';
import type { GeneratorHealth, WorkerHealth } from './run.ts';

function worker(more: Partial<WorkerHealth> = {}): WorkerHealth {
  return {
    worker: 1, active: 3, eventLoop: 0.2, loopDelay: 3, loopDelayP99: 2, latenessP50: 0.1, latenessP99: 1, latenessMax: 2,
    bufferedBytes: 0, slipped: 0, cpu: 0.1, heapMb: 12, externalMb: 3, gcCount: 0, gcPauseMs: 0, gcLongestMs: 0,
    runQueue: 0.01, ...more,
  }; // prettier-ignore
}

/** A second as the coordinator puts it together: the worst worker stands for all. */
function health(workers: WorkerHealth[], more: Partial<GeneratorHealth> = {}): GeneratorHealth {
  const most = (of: (one: WorkerHealth) => number) => workers.reduce((top, one) => Math.max(top, of(one)), 0);
  return {
    latenessP50: 0.1, latenessP99: 1, latenessMax: 2, eventLoop: most((w) => w.eventLoop), loopDelay: most((w) => w.loopDelay),
    cpu: 0.3, rssMb: 100, gcPauseMs: 0, bufferedBytes: 0, slipped: 0, runQueue: most((w) => w.runQueue ?? 0), idleCores: 1.2,
    workers, ...more,
  }; // prettier-ignore
}

function judge(...seconds: GeneratorHealth[]): Finding[] {
  const judged = new GeneratorJudge();
  seconds.forEach((generator, i) => judged.second({ at: (i + 1) * 1000, generator }));
  return judged.findings();
}

const times = <T>(n: number, value: T): T[] => Array<T>(n).fill(value);
const fine = health([worker()]);

describe('what condemns a run', () => {
  it('is nothing while it is healthy, however little the samples of an older run say', () => {
    expect(judge(...times(20, fine))).toEqual([]);
    expect(judge(...times(20, health([], { idleCores: null, runQueue: null })))).toEqual([]);
    expect(judge()).toEqual([]);
  });

  it('is the first blocked loop or slipped call, at once', () => {
    expect(judge(fine, health([worker({ loopDelay: 93 })]), health([worker()], { slipped: 2 }))).toEqual([
      { since: 2, text: 'the event loop stood still for 93 ms, limit 50 ms' },
      { since: 3, text: '2 calls slipped more than 200 ms behind schedule' },
    ]);
  });

  it('is not a single busy second, but five on average', () => {
    const busy = health([worker({ eventLoop: 0.9 })]);
    expect(judge(fine, health([worker({ eventLoop: 1 })]), ...times(8, fine))).toEqual([]);
    expect(judge(...times(4, busy))).toEqual([]);
    expect(judge(fine, fine, ...times(5, busy))).toEqual([
      { since: 2, text: 'the event loop was 90 % busy over 5 s, limit 85 %' },
    ]);
  });

  it('is one busy thread, not several that take turns', () => {
    const busyOne = (one: number) =>
      health([1, 2, 3, 4, 5].map((n) => worker({ worker: n, eventLoop: n === one ? 1 : 0.2 })));
    expect(judge(...[1, 2, 3, 4, 5, 1, 2, 3, 4, 5].map(busyOne))).toEqual([]);
    expect(judge(...times(5, busyOne(3)))).toHaveLength(1);
  });

  const waiting = worker({ cpu: 0.08, runQueue: 0.05 });

  it('is waiting for a core while none is free, with how long it waited of the time it had work', () => {
    expect(judge(...times(5, health([waiting], { idleCores: 0.01 })))[0]?.text).toBe(
      'no core was free and the generator waited 38 % of the time it had work over 5 s, limit 28 % (other programs take the processor)',
    );
  });

  it('is not waiting while a core is free, nor where nobody knows, nor a short spike', () => {
    expect(judge(...times(9, health([waiting], { idleCores: 0.4 })))).toEqual([]);
    expect(judge(...times(9, health([waiting], { idleCores: null })))).toEqual([]);
    expect(judge(...times(9, health([worker({ cpu: null, runQueue: 0.1 })], { idleCores: 0 })))).toEqual([]);
    const spike = health([waiting], { idleCores: 0 });
    expect(judge(fine, spike, spike, ...times(9, fine))).toEqual([]);
  });

  it('is a third of all time spent waiting, whatever seems free', () => {
    expect(judge(...times(5, health([worker({ cpu: 0.3, runQueue: 0.35 })])))).toEqual([
      { since: 0, text: 'the generator waited for a core 35 % of the time over 5 s, limit 30 %' },
    ]);
  });

  it('is not the moment in which the threads are told to end', () => {
    const judged = new GeneratorJudge();
    for (const t of [1, 2, 3, 4]) judged.second({ at: t * 1000, generator: fine });
    judged.second({ at: 4010, generator: health([worker({ eventLoop: 1 })]) });
    const busy = health([worker({ eventLoop: 0.95 })]);
    for (const t of [5, 6, 7, 8]) judged.second({ at: t * 1000, generator: busy });
    expect(judged.findings()).toEqual([]);
  });
});

describe('the word for one second', () => {
  it.each([
    [fine, 'healthy', []],
    [health([waitingFor(0.25)], { idleCores: 0 }), 'strained', ['no core was free for 25 % of its work']],
    [health([waitingFor(0.4)], { idleCores: 0 }), 'overloaded', ['no core was free for 40 % of its work']],
    [health([waitingFor(0.4)], { idleCores: 0.5 }), 'healthy', []],
    [health([worker({ runQueue: 0.25 })]), 'strained', ['waited for a core 25 % of the time']],
  ])('%#', (second, word, reasons) => {
    expect(generatorState(second)).toEqual({ word, reasons });
  });

  /** A tenth of a second of work, of which it waited a share. */
  function waitingFor(share: number): WorkerHealth {
    return worker({ runQueue: 0.1 * share, cpu: 0.1 * (1 - share) });
  }
});
