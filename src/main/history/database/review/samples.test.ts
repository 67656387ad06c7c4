import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sample } from '#contract/run';
import { aSample, aWorker } from '../../testing.ts';
import { stretchesOf } from './samples.ts';
import { ReviewedDatabase } from './testing.ts';

let database: ReviewedDatabase;
beforeEach(() => {
  database = new ReviewedDatabase();
});
afterEach(() => database.close());

function read(query: { atMost?: number; fromS?: number; toS?: number } = {}): Sample[] {
  return database.reader.samples({ runId: 'r', ...query }).map((sample) => Sample.parse(sample));
}

const seconds = (count: number) => Array.from({ length: count }, (_, i) => aSample(i + 1));

describe('samples of a run', () => {
  it('are as they were written while they are few enough', () => {
    database.add('r', { samples: seconds(10) });
    expect(read()).toEqual(seconds(10));
    expect(read({ atMost: 10 })).toEqual(seconds(10));
  });

  it('of a stretch are those within it', () => {
    database.add('r', { samples: seconds(10) });
    expect(read({ fromS: 4, toS: 6 }).map(({ t }) => t)).toEqual([4, 5, 6]);
    expect(read({ toS: 2 }).map(({ t }) => t)).toEqual([1, 2]);
    expect(read({ fromS: 11 })).toEqual([]);
  });

  it('are merged: counts added up, users of the last, latencies and the generator by the worst', () => {
    const quiet = { count: 2, p50: 400, p95: 500, p99: null };
    const generator = aSample(1).generator;
    database.add('r', {
      samples: [
        aSample(1, { asked: 9, active: 7, turnsOk: 2, errors: { refused: 1 }, ttfa: { ...quiet, p95: 900 } }),
        aSample(2, {
          asked: 4,
          active: 3,
          turnsOk: 5,
          errors: { refused: 2, dropped_1006: 1 },
          ttfa: quiet,
          generator: {
            ...generator,
            loopDelay: 40,
            idleCores: 0.25,
            slipped: 3,
            workers: [aWorker(1, { active: 5, loopDelay: 40, slipped: 3 }), aWorker(3)],
          },
        }),
      ],
    });
    const [merged, ...none] = read({ atMost: 1 });
    expect(none).toEqual([]);
    expect(merged).toMatchObject({
      t: 2,
      at: 2000.125,
      span: 2,
      asked: 4,
      active: 3,
      turnsOk: 7,
      errors: { refused: 3, dropped_1006: 1 },
      ttfa: { count: 2, p50: 400, p95: 900, p99: null },
      bargeIn: { count: 0, p50: null, p95: null },
      generator: { loopDelay: 40, idleCores: 0.25, slipped: 3 },
    });
    expect(merged?.generator.workers).toEqual([
      aWorker(1, { active: 5, loopDelay: 40, slipped: 3, gcCount: 4 }),
      aWorker(2, { cpu: null, runQueue: null, latenessP50: null }),
      aWorker(3),
    ]);
  });

  it('merge to at most as many as are wanted, and lose nothing', () => {
    database.add('r', { samples: seconds(97) });
    for (const atMost of [1, 2, 7, 24, 50, 96]) {
      const merged = read({ atMost });
      expect(merged.length).toBeLessThanOrEqual(atMost);
      expect(merged.reduce((sum, { span }) => sum + span, 0)).toBe(97);
      expect(merged.reduce((sum, { framesSent }) => sum + framesSent, 0)).toBe(97 * 150);
      expect(merged.at(-1)?.t).toBe(97);
    }
  });

  it('are merged with the same others wherever the stretch begins', () => {
    const all = Array.from({ length: 100 }, (_, i) => ({ n: i + 1, t: i + 1 }));
    const ends = (stretches: { to: number }[]) => stretches.map(({ to }) => to);
    const whole = ends(stretchesOf(all, 25));
    const later = ends(stretchesOf(all.slice(6), 24));
    expect(whole.slice(0, 3)).toEqual([4, 8, 12]);
    expect(later.every((to) => whole.includes(to))).toBe(true);
  });

  it('of a run without a second are none', () => {
    database.add('r', { samples: [] });
    expect(read({ atMost: 5 })).toEqual([]);
  });
});
