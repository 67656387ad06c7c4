import { describe, expect, it } from 'vitest';
import { fail, ok } from '#contract/errors';
import type { RecordedCall } from '#contract/recording';
import type { CallRecord, TurnRecord } from '#contract/run';
import { aCall, aTurn, value } from '../history/testing.ts';
import { reviewCall } from './callReview.ts';

const first = aCall({ callId: 'c', attempt: 1, startedAt: 1000, endedAt: 9000, outcome: 'dropped' });
const second = aCall({ callId: 'c', attempt: 2, startedAt: 10_000, endedAt: 20_000 });
const turns = [990, 5000, 10_500, 21_000].map((startedAt, i) =>
  aTurn({ callId: 'c', turn: i + 1, startedAt }),
);
const recording: RecordedCall = {
  callId: 'c',
  attempt: 2,
  vu: 1,
  conversation: 'a',
  startedAt: 10_000,
  durationMs: 10_000,
  sampleRate: 16_000,
  bytes: 1,
  messages: 1,
  incomplete: null,
  why: 'chosen',
  audio: true,
};

function sources(
  has: { calls?: CallRecord[]; turns?: TurnRecord[]; recorded?: RecordedCall[] },
  goesOn = false,
) {
  const all = has.turns ?? [];
  return {
    goesOn,
    history: {
      connectionsOf: () => Promise.resolve(ok(has.calls ?? [])),
      // Pages of two, however many are asked for.
      turns: ({ offset }: { offset: number }) =>
        Promise.resolve(ok({ total: all.length, turns: all.slice(offset, offset + 2) })),
    },
    recordings: { list: () => Promise.resolve(ok(has.recorded ?? [])) },
  };
}

const ask = (attempt: number, from: ReturnType<typeof sources>) =>
  reviewCall({ runId: 'r', callId: 'c', attempt }, from);
const numbers = (reviewed: { turns: TurnRecord[] }) => reviewed.turns.map(({ turn }) => turn);

describe('one connection of a call', () => {
  it('has its record, its turns and its recording, each connection its own', async () => {
    const from = sources({ calls: [first, second], turns: turns.slice(0, 3), recorded: [recording] });
    const one = value(await ask(1, from));
    expect(one).toMatchObject({ record: first, attempts: [1, 2], recorded: null });
    expect(numbers(one)).toEqual([1, 2]);
    const two = value(await ask(2, from));
    expect(two).toMatchObject({ record: second, recorded: recording });
    expect(numbers(two)).toEqual([3]);
  });

  it('has no record while it goes on', async () => {
    const reviewed = value(await ask(3, sources({ calls: [first, second], turns }, true)));
    expect(reviewed).toMatchObject({ record: null, attempts: [1, 2, 3], recorded: null });
    expect(numbers(reviewed)).toEqual([4]);
    expect(numbers(value(await ask(1, sources({ turns }, true))))).toEqual([1, 2, 3, 4]);
  });

  it('is not found where nothing is known of it', async () => {
    expect(await ask(1, sources({}))).toMatchObject({
      ok: false,
      error: { kind: 'not_found', code: 'call_not_found' },
    });
  });

  it('of a run that has only just begun is empty, not an error', async () => {
    const gone = () => Promise.resolve(fail('not_found', 'run_not_found', 'There is no run r.'));
    const beginning = { ...sources({}, true), history: { connectionsOf: gone, turns: gone } };
    expect(value(await ask(1, beginning))).toEqual({ record: null, attempts: [], turns: [], recorded: null });
    expect(await ask(1, { ...beginning, goesOn: false })).toMatchObject({ error: { code: 'run_not_found' } });
  });

  it('is shown although its recordings cannot be read', async () => {
    const unreadable = () => Promise.resolve(fail('unavailable', 'recording_unreadable', 'Unreadable.'));
    const from = { ...sources({ calls: [first] }), recordings: { list: unreadable } };
    expect(value(await ask(1, from))).toMatchObject({ record: first, recorded: null });
  });
});
