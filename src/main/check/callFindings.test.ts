import { describe, expect, it } from 'vitest';
import type { TurnRecord } from '#contract/run';
import { exampleTurn } from '../reports/testing.ts';
import type { CallTrace } from './call.ts';
import { answerFinding, bargeInFinding, onlyTalksOn, spokenFinding } from './callFindings.ts';

function trace(more: Partial<CallTrace> & { turn?: TurnRecord }): CallTrace {
  const { turn, ...rest } = more;
  return { turns: turn ? [turn] : [], call: null, errors: [], framesLost: 0, failure: null, ...rest };
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

  it('says that an agent which talks over the caller has no time to first audio', () => {
    const turn = exampleTurn({ talk_over: -120, ttfa: null });
    expect(answerFinding(trace({ turn }))).toMatchObject({ status: 'ok' });
    expect(answerFinding(trace({ turn })).advice).toContain('before the caller had finished');
  });
});

describe('what an interruption tells', () => {
  const interrupted = (more: Partial<TurnRecord>) =>
    trace({ turn: exampleTurn({ turn: 2, bargeInAt: 1000, barge_in: 210, ...more }) });

  it('passes an agent that stops', () => {
    const heard = interrupted({ bargeInOutcome: 'stopped', stopMessageAt: 1210, leftover_audio: 0 });
    expect(bargeInFinding(heard)).toMatchObject({
      status: 'ok',
      ms: 210,
      detail: 'silent 210 ms after the caller began to speak, by a stop message',
      advice: null,
    });
    expect(bargeInFinding(heard).facts).toContainEqual({ name: 'until its stop message', value: '210 ms' });
  });

  it('remarks on what came after the stop', () => {
    const heard = interrupted({ bargeInOutcome: 'stopped', stopMessageAt: 1100, leftover_audio: 640 });
    expect(bargeInFinding(heard).status).toBe('ok');
    expect(bargeInFinding(heard).advice).toContain('640 ms of the old answer');
  });

  it('does not take silence for obedience', () => {
    const heard = interrupted({ bargeInOutcome: 'fell_silent' });
    expect(bargeInFinding(heard).advice).toContain('no stop message');
  });

  it('fails an agent that goes on talking, which fails only calls that interrupt', () => {
    const heard = interrupted({ bargeInOutcome: 'not_stopped', barge_in: 5000 });
    expect(bargeInFinding(heard)).toMatchObject({ status: 'failed', ms: 5000 });
    expect(bargeInFinding(heard).advice).toContain('does not stop when the caller speaks');
    expect(onlyTalksOn(heard)).toBe(true);
  });

  it.each(['completed', 'nothing_to_interrupt'] as const)('has nothing to say where it %s', (outcome) => {
    const heard = interrupted({ bargeInOutcome: outcome, barge_in: null });
    expect(bargeInFinding(heard)).toMatchObject({ status: 'skipped', ms: null });
    expect(onlyTalksOn(heard)).toBe(false);
  });

  it('fails an agent that answers only once', () => {
    const heard = interrupted({
      bargeInOutcome: null,
      barge_in: null,
      status: 'timeout',
      timedOut: 'first_byte',
    });
    expect(bargeInFinding(heard)).toMatchObject({
      status: 'failed',
      detail: 'the second turn was not answered',
    });
  });
});
