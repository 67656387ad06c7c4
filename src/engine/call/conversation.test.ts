import { describe, expect, it } from 'vitest';
import { planTurn, Rehearsal, say, timeouts } from './testing/rehearsal.ts';

const interrupt = (afterMs = 300) => planTurn({ bargeIn: { afterMs, probability: 1, clip: null } });
/** Onset of the utterance of 60 frames that begins at 0: frame 5. */
const onset = 100;
const endOfSpeech = 54 * 20;

describe('an answered turn', () => {
  it('measures from the end of speech to the first audio, whatever came before it', () => {
    const call = new Rehearsal()
      .message(200, say.stop)
      .message(endOfSpeech + 500, say.transcript)
      .audio(endOfSpeech + 800, 1000, 'burst')
      .message(endOfSpeech + 830, say.agentText)
      .run();
    expect(call.turns).toHaveLength(1);
    expect(call.turns[0]).toMatchObject({
      turn: 1,
      status: 'ok',
      onsetAt: onset,
      endOfSpeechAt: endOfSpeech,
      ttfb: 500,
      ttfa: 800,
      ttfa_audible: 800,
      recognition: 500,
      processing: 300,
      response: 1000,
      delivery: 0,
      turn_time: 1800,
      underruns: 0,
    });
    expect(call.conversation.counts.stopIdle).toBe(1);
    expect(call.measured).toEqual([{ metric: 'ttfa', ms: 800 }]);
  });

  it('plays the sequence of the real server: burst greeting, idle stops, transcript, sentence bursts, text', () => {
    const call = new Rehearsal({ greeting: 'wait', turns: [planTurn(), planTurn()] });
    call.audio(150, 3000, 'burst');
    for (const turn of [1, 2]) {
      call.afterOnset(turn, (at) => call.message(at + 400, say.stop).message(at + 520, say.stop));
      call.afterSpeech(turn, (at) => {
        call.message(at + 900, say.transcript);
        call
          .audio(at + 1400, 2000, 'burst')
          .audio(at + 2100, 1500, 'burst')
          .message(at + 2105, say.agentText);
      });
    }
    call.run();
    expect(call.conversation.counts).toMatchObject({
      greetingMs: 150,
      greetingMissing: false,
      stopIdle: 4,
      cutShort: 0,
    });
    expect(
      call.turns.map((t) => [t.status, t.ttfb, t.ttfa, t.recognition, t.processing, t.response, t.delivery]),
    ).toEqual([
      ['ok', 900, 1400, 900, 500, 3500, 700],
      ['ok', 900, 1400, 900, 500, 3500, 700],
    ]);
    // The greeting arrived at 150, plays for 3 s, and a response gap and a slot later the caller speaks.
    expect(call.turns[0]?.startedAt).toBe(4180);
  });

  it('sees the first audible sample behind leading silence of the answer', () => {
    const call = new Rehearsal()
      .audio(endOfSpeech + 500, 200, 'burst', say.quiet)
      .audio(endOfSpeech + 510, 400, 'burst')
      .run();
    expect(call.turns[0]).toMatchObject({ ttfa: 500, ttfa_audible: 700, response: 600 });
  });

  it('counts an underrun when the playout clock ran dry inside an answer', () => {
    const call = new Rehearsal()
      .audio(endOfSpeech + 500, 200, 'burst')
      .audio(endOfSpeech + 790, 200, 'burst')
      .run();
    expect(call.turns[0]).toMatchObject({ underruns: 1, underrun: 90, response: 490 });
  });

  it('ends with the marker or the playout clock, whichever is later', () => {
    const end = { class: 'response_end', kind: 'done', ended: 'completed' } as const;
    const late = new Rehearsal()
      .audio(endOfSpeech + 500, 200, 'burst')
      .classified(endOfSpeech + 900, end)
      .run();
    expect(late.turns[0]).toMatchObject({ turn_time: 900, response: 400 });
    const early = new Rehearsal()
      .audio(endOfSpeech + 500, 1000, 'burst')
      .classified(endOfSpeech + 510, end)
      .run();
    expect(early.turns[0]).toMatchObject({ turn_time: 1500, response: 1000 });
  });

  it('keeps an answer open over a tool: its second pass belongs to the turn', () => {
    const call = new Rehearsal()
      .message(endOfSpeech + 300, say.transcript)
      .audio(endOfSpeech + 600, 400, 'burst')
      .message(endOfSpeech + 620, say.toolStart)
      .message(endOfSpeech + 4000, say.toolEnd)
      .audio(endOfSpeech + 5200, 1000, 'burst')
      .run();
    expect(call.turns[0]).toMatchObject({ status: 'ok', ttfa: 600, turn_time: 6200, delivery: 4600 });
  });

  it('gives a tool up when no audio follows its end within first_byte', () => {
    const call = new Rehearsal()
      .audio(endOfSpeech + 600, 400, 'burst')
      .message(endOfSpeech + 700, say.toolStart)
      .message(endOfSpeech + 900, say.toolEnd)
      .run();
    expect(call.turns[0]).toMatchObject({ status: 'ok', turn_time: 1000 });
    expect(call.now).toBeGreaterThanOrEqual(endOfSpeech + 900 + timeouts.first_byte);
  });

  it('tells late audio of the turn before', () => {
    const call = new Rehearsal({ turns: [planTurn(), planTurn({ pauseBeforeMs: 2000 })] });
    call
      .audio(endOfSpeech + 500, 400, 'burst')
      .audio(endOfSpeech + 2500, 100, 'burst')
      .run();
    expect(call.turns[0]).toMatchObject({ turn: 1, status: 'ok', lateAudioMs: 100 });
    expect(call.turns[1]).toMatchObject({ turn: 2, status: 'timeout' });
  });
});

describe('an agent that streams all the time', () => {
  const silence = (call: Rehearsal, until: number, except: [number, number][] = []) => {
    for (let at = 5; at < until; at += 20)
      if (!except.some(([from, to]) => at >= from && at < to)) call.message(at, say.quiet);
    return call;
  };

  it('answers with its first speech frame, not with the next quiet one', () => {
    const from = endOfSpeech + 705;
    const call = silence(new Rehearsal(), 6000, [[from, from + 1000]])
      .audio(from, 1000, 'paced')
      .run(7000);
    expect(call.conversation.counts.continuousAgent).toBe(true);
    expect(call.turns[0]).toMatchObject({
      status: 'ok',
      ttfa: 705,
      ttfb: 705,
      talk_over: null,
      response: 1000,
      underruns: 0,
    });
  });

  it('waits for its greeting and not for its silence', () => {
    const call = silence(new Rehearsal({ greeting: 'wait' }), 9000, [[1005, 2005]])
      .audio(1005, 1000, 'paced')
      .run(9000);
    expect(call.conversation.counts).toMatchObject({ greetingMs: 1005, greetingMissing: false });
  });

  it('falls silent when interrupted without a stop', () => {
    const speech: [number, number] = [endOfSpeech + 505, endOfSpeech + 1305];
    const call = new Rehearsal({ turns: [interrupt(), planTurn()] });
    silence(call, 9000, [speech]).audio(speech[0], 800, 'paced').run(9000);
    const first = call.turns[0];
    expect(first).toMatchObject({ ttfa: 505, bargeInOutcome: 'fell_silent', stopMessageAt: null });
    expect(first?.bargeInAt).toBe(endOfSpeech + 820);
    expect(first?.barge_in).toBe(speech[1] - 20 - (endOfSpeech + 820));
  });
});

describe('timeouts', () => {
  it('records ttfa and ttfb at first_byte for an agent that says nothing', () => {
    const call = new Rehearsal().message(endOfSpeech + 10, say.stop).run();
    expect(call.turns[0]).toMatchObject({
      status: 'timeout',
      timedOut: 'first_byte',
      ttfa: 5000,
      ttfb: 5000,
      turn_time: null,
    });
    expect(call.errors).toEqual([{ kind: 'first_byte_timeout', turn: 1 }]);
  });

  it('is not satisfied by a transcript or a tool', () => {
    const call = new Rehearsal()
      .message(endOfSpeech + 400, say.transcript)
      .message(endOfSpeech + 500, say.toolStart)
      .run();
    expect(call.turns[0]).toMatchObject({ status: 'timeout', timedOut: 'first_byte', ttfa: 5000, ttfb: 400 });
  });

  it('records turn at its limit when audio still arrives', () => {
    const call = new Rehearsal().audio(endOfSpeech + 500, 14_000, 'paced').run();
    expect(call.turns[0]).toMatchObject({
      status: 'timeout',
      timedOut: 'turn',
      ttfa: 500,
      turn_time: 12_000,
      response: null,
    });
    expect(call.errors).toEqual([{ kind: 'turn_timeout', turn: 1 }]);
  });

  it('does not count playout that is still running', () => {
    const call = new Rehearsal().audio(endOfSpeech + 500, 14_000, 'burst').run();
    expect(call.turns[0]).toMatchObject({ status: 'ok', turn_time: 14_500 });
  });

  it('counts a greeting that never came and goes on', () => {
    const call = new Rehearsal({ greeting: 'wait' }).run();
    expect(call.conversation.counts).toMatchObject({ greetingMs: null, greetingMissing: true });
    expect(call.turns).toHaveLength(1);
  });
});

describe('an answer that is late for its turn', () => {
  it('never makes a slow agent look fast: stale answers are not the answers to the next turns', () => {
    const call = new Rehearsal({ turns: [planTurn(), planTurn(), planTurn()] });
    for (const turn of [1, 2, 3]) call.afterSpeech(turn, (at) => call.audio(at + 7800, 400, 'burst'));
    call.run();
    expect(call.turns.map((t) => [t.status, t.ttfa, t.ambiguous])).toEqual([
      ['timeout', 5000, false],
      ['ok', null, true],
      ['ok', null, true],
    ]);
    expect(call.turns.slice(1).every((t) => t.turn_time === null && t.ttfb === null)).toBe(true);
  });

  it('a transcript tells the new answer from the stale one', () => {
    const call = new Rehearsal({ turns: [planTurn(), planTurn()] });
    call.afterSpeech(1, (at) => call.audio(at + 6300, 100, 'burst'));
    call.afterSpeech(2, (at) => call.message(at + 600, say.transcript).audio(at + 900, 500, 'burst'));
    call.run();
    expect(call.turns[1]).toMatchObject({ status: 'ok', ttfa: 900, ambiguous: false });
  });

  it('an agent that has answered in time and misses one turn is measured at the next', () => {
    const call = new Rehearsal({ turns: [planTurn(), planTurn(), planTurn()] });
    for (const turn of [1, 3]) call.afterSpeech(turn, (at) => call.audio(at + 600, 400, 'burst'));
    call.run();
    expect(call.turns.map((t) => [t.status, t.ttfa])).toEqual([
      ['ok', 600],
      ['timeout', 5000],
      ['ok', 600],
    ]);
  });

  it('is late audio when it comes before the next utterance, and old audio while that is spoken', () => {
    const paused = new Rehearsal({ turns: [planTurn(), planTurn({ pauseBeforeMs: 3000 })] });
    paused.afterSpeech(1, (at) => paused.audio(at + 6000, 400, 'burst'));
    paused.afterSpeech(2, (at) => paused.audio(at + 700, 400, 'burst'));
    paused.run();
    expect(paused.turns[0]).toMatchObject({ status: 'timeout', lateAudioMs: 400 });
    expect(paused.turns[1]).toMatchObject({ status: 'ok', ttfa: 700 });
    const spoken = new Rehearsal({ turns: [planTurn(), planTurn()] });
    spoken.afterSpeech(1, (at) => spoken.audio(at + 5300, 100, 'burst'));
    spoken.afterSpeech(2, (at) => spoken.audio(at + 700, 400, 'burst'));
    spoken.run();
    expect(spoken.turns[1]).toMatchObject({ status: 'ok', ttfa: 700, talk_over: null });
  });

  it('counts from its arrival, not from the slot that notices', () => {
    const call = new Rehearsal({ turns: [planTurn()] }).audio(endOfSpeech + 5001, 400, 'burst').run();
    expect(call.turns[0]).toMatchObject({ status: 'timeout', ttfa: 5000, lateAudioMs: 400 });
  });
});

describe('a word thrown in', () => {
  it('and then silence is no answer', () => {
    const call = new Rehearsal({ greeting: 'wait' }).audio(100, 200, 'burst');
    call.afterOnset(1, (at) => call.audio(at + 300, 100, 'burst'));
    call.run();
    expect(call.turns[0]).toMatchObject({
      status: 'timeout',
      ttfa: 5000,
      talk_over: 49 * 20 - 300,
      turn_time: null,
    });
  });

  it('says by how much the answer began before end of speech, and leaves ttfa empty', () => {
    const call = new Rehearsal({ greeting: 'wait' }).audio(100, 200, 'burst');
    call.afterSpeech(1, () => undefined).afterOnset(1, (at) => call.audio(at + 700, 1000, 'paced'));
    call.run();
    expect(call.turns[0]).toMatchObject({
      status: 'ok',
      ttfa: null,
      talk_over: 49 * 20 - 700,
      ambiguous: false,
    });
  });
});

describe('ends of a call', () => {
  it.each([1000, 1006, 1011])('a close with %i while a turn is open is a drop', (code) => {
    const call = new Rehearsal({ turns: [planTurn(), planTurn()] }).run(endOfSpeech + 200);
    expect(call.close(code).outcome).toBe('dropped');
    expect(call.turns[0]).toMatchObject({ status: 'failed', ttfa: null, error: `dropped_${code}` });
  });

  it('a benign close between turns is an end, another is a drop', () => {
    const until = endOfSpeech + 3000;
    const make = () =>
      new Rehearsal({ turns: [planTurn(), planTurn({ pauseBeforeMs: 5000 })] })
        .audio(endOfSpeech + 300, 200, 'burst')
        .run(until);
    expect(make().close(1000).outcome).toBe('ended');
    const dropped = make();
    expect(dropped.close(1011).outcome).toBe('dropped');
    expect(dropped.turns[0]?.status).toBe('ok');
  });

  it('a close after a session end is no drop', () => {
    const call = new Rehearsal({ turns: [planTurn(), planTurn()] })
      .audio(endOfSpeech + 300, 2000, 'burst')
      .message(endOfSpeech + 400, say.sessionEnd)
      .run(endOfSpeech + 600);
    expect(call.close(1000)).toEqual({ outcome: 'ended', error: null });
    expect(call.turns[0]).toMatchObject({ status: 'ok', ttfa: 300 });
  });

  it('the end of the run cuts an open turn: neither ok nor failed', () => {
    const call = new Rehearsal().run(endOfSpeech + 200);
    call.conversation.cut();
    expect(call.turns[0]).toMatchObject({ status: 'cut', ttfa: null });
    expect(call.errors).toEqual([]);
  });

  it('after a reconnection the agent greets again: that is not the answer', () => {
    const call = new Rehearsal({ greeting: 'wait', firstIndex: 2, turns: [planTurn()] }).audio(
      300,
      800,
      'burst',
    );
    call.afterSpeech(1, (at) => call.audio(at + 700, 500, 'burst'));
    call.run();
    expect(call.conversation.counts.greetingMs).toBe(300);
    expect(call.turns[0]).toMatchObject({ turn: 2, status: 'ok', ttfa: 700, talk_over: null });
    const deaf = new Rehearsal({ firstIndex: 2 })
      .audio(300, 400, 'burst')
      .audio(endOfSpeech + 800, 300, 'burst')
      .run();
    expect(deaf.turns[0]).toMatchObject({ turn: 2, ttfa: 800, talk_over: null });
  });

  it('a graceful stop lets the open turn end and begins no other', () => {
    const call = new Rehearsal({ turns: [planTurn(), planTurn()] }).audio(endOfSpeech + 300, 500, 'burst');
    call.at(500, () => call.conversation.stopSoon()).run();
    expect(call.turns.map((t) => t.status)).toEqual(['ok']);
    expect(call.conversation.over).toBe(true);
  });

  it('a slip of the generator keeps the open turn out of the latencies', () => {
    const call = new Rehearsal().audio(endOfSpeech + 300, 500, 'burst');
    call.at(500, () => call.conversation.slipped()).run();
    expect(call.turns[0]).toMatchObject({ status: 'ok', excluded: 'generator' });
  });
});

describe('marker words', () => {
  it('match whole words of kind and text only', () => {
    const call = new Rehearsal({}, { response: [], end: ['end', 'final'] });
    call
      .audio(endOfSpeech + 300, 500, 'burst')
      .message(endOfSpeech + 310, say.agentText)
      .run();
    expect(call.turns[0]?.turn_time).toBe(800);
    expect(call.now).toBeGreaterThanOrEqual(endOfSpeech + 800 + timeouts.response_gap);
    const marked = new Rehearsal({}, { response: [], end: ['end', 'final'] });
    marked
      .audio(endOfSpeech + 300, 500, 'burst')
      .message(endOfSpeech + 900, '{"type":"assistant_final","content":"bye"}')
      .run();
    expect(marked.turns[0]?.turn_time).toBe(900);
  });
});
