import { describe, expect, it } from 'vitest';
import { aBatch, anOutcome, aTurn } from '../history/testing.ts';
import { aPreparedRun, fakeEngine } from '../runs/testing.ts';
import { probe, ProbeWindow } from './probe.ts';

const plan = {
  audio: { sampleRate: 16_000, frameMs: 20, speechLevel: -45, audibleLevel: -50 },
  warmUpMs: 2500,
};

/** One second of a hundred calls. */
function second(t: number, more: { framesSent?: number; active?: number } = {}, failed = 0) {
  const turns = [
    ...Array.from({ length: 10 - failed }, () => aTurn()),
    ...Array.from({ length: failed }, () => aTurn({ status: 'timeout' })),
  ];
  const { sample } = aBatch(t);
  return { sample: { ...sample, at: t * 1000 + 3, active: 100, framesSent: 5000, ...more }, turns };
}

function windowOf(...seconds: ReturnType<typeof second>[]): ProbeWindow {
  const window = new ProbeWindow(100, plan, 3);
  // The settling time is no part of it, whatever happened then.
  for (const t of [1, 2]) window.add(second(t, { framesSent: 17, active: 4 }, 10));
  for (const one of seconds) window.add(one);
  return window;
}

describe('a window', () => {
  it('is full after its seconds, and takes no more', () => {
    const window = windowOf(second(3), second(4));
    expect([window.measured, window.full]).toEqual([2, false]);
    window.add(second(5));
    window.add(second(6, { framesSent: 0, active: 0 }));
    expect([window.measured, window.full]).toEqual([3, true]);
    expect(window.judge(4.99)).toEqual({
      calls: 100,
      carried: true,
      latenessP99: 4.99,
      sentShare: 1,
      agentOverrun: false,
      reason: null,
    });
  });

  it.each([
    ['late frames', windowOf(second(3), second(4), second(5)), 5, 'frames were late: p99 5.0 ms, limit 5 ms'],
    [
      'missing frames',
      windowOf(second(3), second(4, { framesSent: 4969 }), second(5)),
      1,
      '99.79 % of the frames that were due were sent, limit 99.8 %',
    ],
    [
      'missing calls',
      windowOf(second(3), second(4, { active: 99 }), second(5)),
      1,
      'only 99 of 100 calls were connected',
    ],
    ['silence', windowOf(), null, 'no frame was sent'],
  ])('is not carried with %s', (_what, window, p99, reason) => {
    expect(window.judge(p99)).toMatchObject({ carried: false, agentOverrun: false, reason });
  });

  it('tells an overrun agent from an overrun generator', () => {
    const seconds = () => [second(3, {}, 2), second(4, {}, 1), second(5, {}, 1)] as const;
    expect(windowOf(...seconds()).judge(1)).toMatchObject({
      carried: false,
      agentOverrun: true,
      reason: 'the practice agent could not keep up',
    });
    expect(windowOf(...seconds()).judge(9)).toMatchObject({ carried: false, agentOverrun: false });
    expect(windowOf(second(3, {}, 3), second(4), second(5)).judge(1).carried).toBe(true);
  });
});

it('says so when the engine fails', async () => {
  const engine = fakeEngine({ obedient: false });
  const built = await aPreparedRun().buildPlan({ runId: 'a', practiceUrl: null });
  if (!built.ok) throw new Error(built.error.message);
  const tried = probe(engine, {
    plan: built.value,
    calls: 100,
    seconds: 3,
    signal: new AbortController().signal,
    onSecond: () => {},
  });
  await Promise.resolve();
  engine.current().end(anOutcome('a', { ended: 'crashed', untrusted_reasons: ['a thread failed'] }));
  await expect(tried).rejects.toThrow('The load generator failed at 100 calls: a thread failed');
});
