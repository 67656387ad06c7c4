import { expect, it } from 'vitest';
import type { TurnRecord } from '#contract/run';
import { gapsOf, momentsOf } from './moments.ts';

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
