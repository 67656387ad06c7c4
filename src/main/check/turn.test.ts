import { describe, expect, it } from 'vitest';
import { exampleTurn } from '../reports/testing.ts';
import { answerFinding, spokenFinding, type CallTrace } from './turn.ts';

function trace(more: Partial<CallTrace>): CallTrace {
  return { turn: null, call: null, errors: [], failure: null, ...more };
}

describe('what one turn tells', () => {
  it('passes a turn that was answered', () => {
    const heard = trace({ turn: exampleTurn({}) });
    expect(spokenFinding(heard)).toMatchObject({
      status: 'ok',
      ms: 980,
      detail: '“hello” of insurance_inquiry',
    });
    expect(answerFinding(heard)).toMatchObject({ status: 'ok', ms: 812 });
    expect(answerFinding(heard).detail).toBe(
      'first message after 500 ms, first audio after 812 ms, 2.19 s of audio',
    );
  });

  it('explains an agent that stays silent', () => {
    const turn = exampleTurn({
      status: 'timeout',
      timedOut: 'first_byte',
      firstMessageAt: null,
      ttfb: 5000,
      firstAudioAt: null,
      ttfa: 5000,
      audioReceivedMs: 0,
    });
    expect(answerFinding(trace({ turn }))).toMatchObject({ status: 'failed', detail: 'silence' });
  });

  it('tells an agent that understood but has no voice from one that is deaf', () => {
    const turn = exampleTurn({
      status: 'timeout',
      timedOut: 'first_byte',
      firstAudioAt: null,
      ttfa: 5000,
      audioReceivedMs: 0,
    });
    const finding = answerFinding(trace({ turn }));
    expect(finding.detail).toContain('but no audio');
    expect(finding.advice).toContain('speech synthesis');
  });

  it('explains an answer without an end', () => {
    const turn = exampleTurn({ status: 'timeout', timedOut: 'turn' });
    expect(answerFinding(trace({ turn })).advice).toContain('timeouts.turn');
  });

  it('explains a call that was lost, before and during the turn', () => {
    const error = {
      at: 0,
      kind: 'dropped_1011',
      message: 'the agent closed with 1011',
      callId: 'c',
      turn: 1,
      vu: 0,
    };
    expect(spokenFinding(trace({ errors: [error] }))).toMatchObject({
      status: 'failed',
      detail: 'the agent closed with 1011',
    });
    const turn = exampleTurn({
      status: 'failed',
      error: 'dropped with 1011',
      firstAudioAt: null,
      ttfa: null,
    });
    expect(answerFinding(trace({ turn, errors: [error] }))).toMatchObject({
      status: 'failed',
      detail: 'dropped with 1011',
    });
  });
});
