import { describe, expect, it } from 'vitest';
import type { GeneratorHealth } from '#contract/run';
import { generatorHealth } from './generatorHealth.ts';

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
    idleCores: null,
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
