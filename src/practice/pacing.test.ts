import { describe, expect, test } from 'vitest';
import { Pacer, type Scheduled } from './pacing.ts';
import { nsOf } from './time.ts';

describe('pacing', () => {
  test('runs tasks in the order of their deadlines, never early, equal ones as scheduled', async () => {
    const pacer = new Pacer();
    const start = process.hrtime.bigint();
    const ran: { name: number; early: boolean }[] = [];
    const offsets = [9, 3, 3, 0, 12, 6, -5, 3, 1];
    const expected = offsets.map((ms, name) => ({ ms, name })).sort((a, b) => a.ms - b.ms || a.name - b.name);
    await new Promise<void>((resolve) => {
      offsets.forEach((ms, name) => {
        const due = start + nsOf(ms);
        const precise = name % 2 === 0;
        pacer.schedule(due, () => ran.push({ name, early: process.hrtime.bigint() < due }), precise);
      });
      pacer.schedule(start + nsOf(15), () => resolve());
    });
    expect(ran).toEqual(expected.map(({ name }) => ({ name, early: false })));
  });

  test('a cancelled task does not run, nor does anything after stop', async () => {
    const pacer = new Pacer();
    const ran: string[] = [];
    const now = process.hrtime.bigint();
    const first: Scheduled = pacer.schedule(now + nsOf(2), () => ran.push('cancelled'));
    pacer.schedule(now + nsOf(1), () => first.cancel());
    await new Promise<void>((resolve) => pacer.schedule(now + nsOf(4), () => resolve()));
    pacer.schedule(process.hrtime.bigint(), () => ran.push('stopped'));
    pacer.stop();
    await new Promise((resolve) => setImmediate(resolve));
    expect(ran).toEqual([]);
  });

  test('many tasks, scheduled while others run, all run once', async () => {
    const pacer = new Pacer();
    const start = process.hrtime.bigint();
    const streams = 40;
    const counts = new Array<number>(streams).fill(0);
    await new Promise<void>((resolve) => {
      let open = streams;
      for (let i = 0; i < streams; i++) {
        const step = (n: number): void => {
          counts[i] = (counts[i] ?? 0) + 1;
          if (n < 20) pacer.schedule(start + nsOf((i * 7 + n * 13) % 30), () => step(n + 1));
          else if (--open === 0) resolve();
        };
        pacer.schedule(start, () => step(1));
      }
    });
    expect(counts).toEqual(new Array(streams).fill(20));
  });
});
