import { describe, expect, it } from 'vitest';
import type { TurnRecord } from '#contract/run';
import { type Answers, countAnswer, describeAnswers } from './answers.ts';
import { addTurns, bufferedTurns } from './turnBuffer.ts';

function turn(callId: string, number: number, more: Partial<TurnRecord> = {}): TurnRecord {
  return {
    callId,
    turn: number,
    vu: 1,
    user: 'callers',
    conversation: 'inquiry',
    clip: 'hello',
    startedAt: number * 1000,
    onsetAt: null,
    endOfSpeechAt: null,
    firstMessageAt: null,
    transcriptAt: null,
    firstAudioAt: null,
    firstAudibleAt: null,
    lastAudioAt: null,
    responseEndAt: null,
    bargeInAt: null,
    agentSilentAt: null,
    stopMessageAt: null,
    ttfb: null,
    ttfa: 600,
    ttfa_audible: null,
    recognition: null,
    processing: null,
    response: null,
    delivery: null,
    turn_time: null,
    barge_in: null,
    leftover_audio: null,
    talk_over: null,
    underrun: null,
    underruns: 0,
    lateAudioMs: 0,
    bargeInOutcome: null,
    status: 'ok',
    timedOut: null,
    ambiguous: false,
    excluded: null,
    error: null,
    audioReceivedMs: 0,
    ...more,
  };
}

describe('the newest turns', () => {
  it('come newest first and once each', () => {
    const first = addTurns([], [turn('a', 1), turn('a', 2)]);
    const second = addTurns(first.turns, [turn('a', 2), turn('b', 3)]);
    expect(second.turns.map((t) => `${t.callId}${t.turn}`)).toEqual(['b3', 'a2', 'a1']);
    expect(second.added.map((t) => t.callId)).toEqual(['b']);
  });

  it('stay bounded', () => {
    const many = Array.from({ length: bufferedTurns + 50 }, (_, i) => turn('a', i + 1));
    const { turns } = addTurns([], many);
    expect(turns).toHaveLength(bufferedTurns);
    expect(turns[0]?.turn).toBe(bufferedTurns + 50);
  });
});

describe('what became of the answers', () => {
  const nothing: Answers = { answered: 0, timedOut: 0, lost: 0, excluded: 0 };
  it.each([
    [{}, '1 answered, 0 timed out, 0 lost'],
    [{ status: 'timeout', timedOut: 'first_byte', ttfa: 5000 }, '0 answered, 1 timed out, 0 lost'],
    [{ status: 'timeout', timedOut: 'turn' }, '1 answered, 0 timed out, 0 lost'],
    [{ status: 'failed', ttfa: null }, '0 answered, 0 timed out, 1 lost'],
    [{ status: 'cut', ttfa: null }, '0 answered, 0 timed out, 0 lost'],
    [{ excluded: 'warm_up' }, '1 answered, 0 timed out, 0 lost, 1 excluded'],
    [{ excluded: 'generator', ttfa: null, status: 'failed' }, '0 answered, 0 timed out, 1 lost, 1 excluded'],
    [{ ttfa: null, ambiguous: true }, '0 answered, 0 timed out, 0 lost'],
  ] as const)('%o: %s', (more, text) => {
    expect(describeAnswers(countAnswer(nothing, turn('a', 1, more)))).toBe(text);
  });
});
