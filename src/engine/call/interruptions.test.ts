import { describe, expect, it } from 'vitest';
import { planTurn, Rehearsal, say } from './testing/rehearsal.ts';

const interrupt = (afterMs = 300) => planTurn({ bargeIn: { afterMs, probability: 1, clip: null } });
const endOfSpeech = 54 * 20;

describe('barge-in', () => {
  const turns = [interrupt(), planTurn()];
  const firstAudio = endOfSpeech + 600;
  /** The next slot at which the first voiced frame may go out 300 ms after the first audio. */
  const interrupted = firstAudio + 300;

  it('sends the first voiced frame `after` the first audio of the answer', () => {
    const call = new Rehearsal({ turns }).audio(firstAudio, 3000, 'burst').run();
    expect(call.turns[0]?.bargeInAt).toBe(interrupted);
    expect(call.turns[1]?.onsetAt).toBe(interrupted);
  });

  it('ends with the first stop after onset; a burst still queued is cut', () => {
    const call = new Rehearsal({ turns })
      .audio(firstAudio, 3000, 'burst')
      .message(interrupted + 220, say.stop)
      .message(interrupted + 330, say.stop);
    call.afterSpeech(2, (at) => call.message(at + 500, say.transcript).audio(at + 900, 500, 'burst'));
    call.run();
    expect(call.turns[0]).toMatchObject({
      status: 'ok',
      ttfa: 600,
      barge_in: 220,
      bargeInOutcome: 'stopped',
      leftover_audio: 0,
      agentSilentAt: interrupted + 220,
      turn_time: null,
      response: null,
    });
    expect(call.turns[1]).toMatchObject({ turn: 2, status: 'ok', ttfa: 900, ambiguous: false });
    expect(call.conversation.counts).toMatchObject({ stopIdle: 1, cutShort: 0 });
  });

  it('does not believe a stop that much old audio follows', () => {
    const call = new Rehearsal({ turns })
      .audio(firstAudio, 1600, 'paced')
      .message(interrupted + 200, say.stop)
      .run();
    const last = firstAudio + 1580;
    expect(call.turns[0]).toMatchObject({
      bargeInOutcome: 'stopped',
      barge_in: last - interrupted,
      agentSilentAt: last,
    });
    expect(call.turns[0]?.leftover_audio).toBeGreaterThan(200);
  });

  it('takes a little leftover audio for a stop', () => {
    const call = new Rehearsal({ turns })
      .audio(firstAudio, 580, 'paced')
      .message(interrupted + 200, say.stop)
      .run();
    expect(call.turns[0]).toMatchObject({ bargeInOutcome: 'stopped', barge_in: 200, leftover_audio: 60 });
  });

  it('records an agent that never stops at the timeout, and does not take its old answer for the new one', () => {
    const call = new Rehearsal({ turns }).audio(firstAudio, 9000, 'paced').run();
    expect(call.turns[0]).toMatchObject({
      bargeInOutcome: 'not_stopped',
      barge_in: 5000,
      agentSilentAt: null,
    });
    expect(call.turns[1]).toMatchObject({ ttfa: null, ambiguous: true });
  });

  it('takes the new ttfa only after a boundary: late audio of the old answer is not it', () => {
    const call = new Rehearsal({ turns })
      .audio(firstAudio, 1500, 'paced')
      .message(interrupted + 200, say.stop);
    call.afterSpeech(2, (at) => call.audio(at + 20, 60, 'paced').audio(at + 900, 500, 'burst'));
    call.run();
    expect(call.turns[1]).toMatchObject({ status: 'ok', ttfa: 900, ambiguous: false });
  });

  it('finds nothing to interrupt when the answer has been played', () => {
    const call = new Rehearsal({ turns: [interrupt(700), planTurn()] }).audio(firstAudio, 200, 'burst').run();
    expect(call.turns[0]).toMatchObject({ bargeInOutcome: 'nothing_to_interrupt', barge_in: null });
  });

  it('speaks at its time even when the answer is over by then, and says that there was nothing to interrupt', () => {
    const call = new Rehearsal({ turns: [interrupt(4000), planTurn()] })
      .audio(firstAudio, 200, 'burst')
      .run();
    expect(call.turns[0]).toMatchObject({
      bargeInAt: firstAudio + 4000,
      bargeInOutcome: 'nothing_to_interrupt',
      response: 200,
      turn_time: 800,
    });
    expect(call.turns[1]?.onsetAt).toBe(firstAudio + 4000);
  });

  it('is completed when the end marker came before it and the answer was heard to its end', () => {
    const call = new Rehearsal({ turns })
      .audio(firstAudio, 1000, 'burst')
      .classified(firstAudio + 50, { class: 'response_end', kind: 'done', ended: 'completed' })
      .run();
    expect(call.turns[0]).toMatchObject({ bargeInOutcome: 'completed', barge_in: null });
  });

  it('has no value when the agent says that it was through', () => {
    const call = new Rehearsal({ turns })
      .audio(firstAudio, 3000, 'burst')
      .classified(interrupted + 50, { class: 'response_end', kind: 'done', ended: 'completed' })
      .run();
    expect(call.turns[0]).toMatchObject({ bargeInOutcome: 'completed', barge_in: null });
  });

  it('a new response id is a boundary', () => {
    const frame = (responseId: string) =>
      ({
        class: 'audio',
        kind: 'delta',
        responseId,
        audio: { durationMs: 20, speech: true, firstAudibleMs: () => 0, bytes: 640, decodeInto: () => 0 },
      }) as const;
    const call = new Rehearsal({ turns });
    for (let i = 0; i < 120; i++) call.classified(firstAudio + i * 20, frame('a'));
    call.afterSpeech(2, (at) =>
      call
        .classified(at + 5, frame('a'))
        .classified(at + 100, frame('b'))
        .classified(at + 120, frame('b')),
    );
    call.run();
    expect(call.turns[1]).toMatchObject({ ttfa: 100, ambiguous: false });
  });

  it('starts inside the leading silence of the clip when `after` is shorter than it', () => {
    const call = new Rehearsal({ turns: [interrupt(20), planTurn()] }).audio(firstAudio, 3000, 'burst').run();
    expect((call.turns[0]?.bargeInAt ?? 0) - firstAudio).toBeLessThanOrEqual(40);
  });
});

describe('a stop in other places', () => {
  it('cuts the agent short when no barge-in is open, and is never an answer', () => {
    const call = new Rehearsal()
      .audio(endOfSpeech + 500, 3000, 'burst')
      .message(endOfSpeech + 1000, say.stop)
      .run();
    expect(call.conversation.counts).toMatchObject({ cutShort: 1, stopIdle: 0 });
    expect(call.turns[0]).toMatchObject({ status: 'ok', response: 500, ttfb: 500 });
  });
});
