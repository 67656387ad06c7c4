import { expect, it } from 'vitest';
import type { TurnRecord } from '#contract/run';
import { extentOf, gapsOf, momentsOf, spokenIn } from './moments.ts';

type Stamps = Partial<
  Pick<
    TurnRecord,
    'endOfSpeechAt' | 'firstAudioAt' | 'bargeInAt' | 'stopMessageAt' | 'agentSilentAt' | 'ttfa' | 'barge_in'
  >
>;

function turn(number: number, stamps: Stamps): TurnRecord {
  return {
    turn: number,
    endOfSpeechAt: null,
    firstAudioAt: null,
    bargeInAt: null,
    stopMessageAt: null,
    agentSilentAt: null,
    ttfa: null,
    barge_in: null,
    ...stamps,
  } as TurnRecord;
}

const turns = [
  turn(1, {
    endOfSpeechAt: 3000,
    firstAudioAt: 3612,
    ttfa: 612,
    bargeInAt: 5000,
    stopMessageAt: 5180,
    agentSilentAt: 5400,
    barge_in: 400,
  }),
  turn(2, { endOfSpeechAt: 6000, firstAudioAt: null, ttfa: 8000 }),
  turn(3, {}),
];

it('puts the moments of turns on the axis of the recording, in order, each on its side', () => {
  expect(momentsOf(turns, 1000).map(({ kind, lane, turn: of, atMs }) => [atMs, kind, lane, of])).toEqual([
    [2000, 'end_of_speech', 'caller', 1],
    [2612, 'first_audio', 'agent', 1],
    [4000, 'barge_in', 'caller', 1],
    [4180, 'stop', 'agent', 1],
    [5000, 'end_of_speech', 'caller', 2],
  ]);
});

it('spans what was measured, also when no answer came', () => {
  expect(gapsOf(turns, 1000)).toEqual([
    { kind: 'ttfa', turn: 1, fromMs: 2000, toMs: 2612, ms: 612 },
    { kind: 'barge_in', turn: 1, fromMs: 4000, toMs: 4400, ms: 400 },
    { kind: 'ttfa', turn: 2, fromMs: 5000, toMs: 13_000, ms: 8000 },
  ]);
});

function spoken(more: Partial<TurnRecord>): TurnRecord {
  return {
    ...turn(1, {}),
    startedAt: 1000,
    onsetAt: 1200,
    clip: 'Hello',
    lastAudioAt: null,
    responseEndAt: null,
    ...more,
  };
}

it('tells who spoke when: an answer that was interrupted ends where the agent fell silent', () => {
  const interrupted = spoken({
    endOfSpeechAt: 3000,
    firstAudioAt: 3600,
    responseEndAt: 9000,
    agentSilentAt: 5400,
  });
  expect(spokenIn([interrupted], 1000)).toEqual([
    { lane: 'caller', turn: 1, fromMs: 200, toMs: 2000, text: 'Hello', ended: true },
    { lane: 'agent', turn: 1, fromMs: 2600, toMs: 4400, text: null, ended: true },
  ]);
});

it('draws what has no known end up to the next turn, and nothing of an answer that never came', () => {
  const open = spoken({ endOfSpeechAt: null });
  const next = spoken({ turn: 2, startedAt: 8000, onsetAt: null, endOfSpeechAt: 8500 });
  expect(spokenIn([next, open], 1000)).toEqual([
    { lane: 'caller', turn: 1, fromMs: 200, toMs: 7000, text: 'Hello', ended: false },
    { lane: 'caller', turn: 2, fromMs: 7000, toMs: 7500, text: 'Hello', ended: true },
  ]);
});

it('is as long as what is known of the call', () => {
  const record = { startedAt: 500, endedAt: 4000 };
  const turns = [spoken({ endOfSpeechAt: 3000, responseEndAt: 6500 })];
  expect(extentOf({ record, recorded: { startedAt: 480, durationMs: 9000 }, turns })).toEqual({
    startedAt: 480,
    durationMs: 9000,
  });
  expect(extentOf({ record, recorded: null, turns })).toEqual({ startedAt: 500, durationMs: 6000 });
  expect(extentOf({ record: null, recorded: null, turns })).toEqual({ startedAt: 1000, durationMs: 5500 });
  expect(extentOf({ record: null, recorded: null, turns: [] })).toEqual({ startedAt: 0, durationMs: 1000 });
});
