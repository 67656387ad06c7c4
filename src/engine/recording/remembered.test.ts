/** What is remembered of calls that nobody asked to be recorded. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncomingMessage } from '../protocols/adapter.ts';
import { Remembered, slowestKept, slowestOf } from './remembered.ts';
import { memoryBounds, RememberedCall } from './rememberedCall.ts';

const says = (text: string) => ({ data: Buffer.from(JSON.stringify({ text })), binary: false });
const transcript: IncomingMessage = { class: 'user_transcript', kind: 'transcript' };

function audio(speech: boolean, ms = 20): IncomingMessage {
  return {
    class: 'audio',
    kind: 'AudioData',
    audio: { bytes: 640, durationMs: ms, speech, firstAudibleMs: () => 0, decodeInto: () => 0 },
  };
}

const identity = (callId: string) => ({
  callId,
  attempt: 1,
  vu: 1,
  conversation: 'talk',
  startedAt: 1000,
  sampleRate: 16_000,
});

describe('the memory of a call', () => {
  it('has audio in stretches and everything else one by one, in order of time', () => {
    const memory = new RememberedCall();
    memory.said({ kind: 'hello', bytes: Buffer.from('{"kind":"hello"}'), binary: false }, 1000);
    for (let i = 0; i < 50; i++) memory.heard(audio(true), says(''), 1100 + i * 20);
    memory.heard(transcript, says('yes'), 2110);
    for (let i = 0; i < 10; i++) memory.heard(audio(true), says(''), 2120 + i * 20);
    expect(memory.messages()).toMatchObject([
      { at: 1000, direction: 'sent', kind: 'hello', text: '{"kind":"hello"}' },
      { at: 1100, kind: 'AudioData', class: 'audio', count: 50, audioMs: 1000, text: null },
      { at: 2110, kind: 'transcript', class: 'user_transcript', text: '{"text":"yes"}' },
      { at: 2120, count: 10, audioMs: 200 },
    ]);
    expect(memory.forgotten).toBe(false);
  });

  it('keeps a copy: the socket uses its bytes again', () => {
    const memory = new RememberedCall();
    const from = says('first');
    memory.heard(transcript, from, 1);
    from.data.fill(0x20);
    expect(memory.messages()[0]?.text).toBe('{"text":"first"}');
  });

  it('never grows beyond its bounds, and forgets from the beginning', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6000 }), { maxLength: 400 }), (lengths) => {
        const memory = new RememberedCall();
        lengths.forEach((length, i) => memory.heard(transcript, says('x'.repeat(length)), i));
        const kept = memory.messages();
        expect(kept.length).toBeLessThanOrEqual(memoryBounds.messages);
        expect(kept.map(({ at }) => at)).toEqual(
          lengths.map((_, i) => i).slice(lengths.length - kept.length),
        );
        expect(memory.forgotten).toBe(kept.length < lengths.length);
      }),
    );
  });
});

describe('which calls are kept', () => {
  const ended = (slowest: number | null, failed = false) => ({ endedAt: 3000, failed, slowest });

  it('those that failed, at once', () => {
    const remembered = new Remembered();
    remembered.end(identity('good'), new RememberedCall(), ended(100));
    remembered.end(identity('bad'), new RememberedCall(), ended(null, true));
    expect(remembered.takeFailed()).toMatchObject([
      { callId: 'bad', why: 'failed', ended: true, stretches: [], withoutAudio: { durationMs: 2000 } },
    ]);
    expect(remembered.takeFailed()).toEqual([]);
  });

  it('a few at a time where many failed at once, and all of them in the end', () => {
    const remembered = new Remembered();
    for (let i = 0; i < 20; i++) remembered.end(identity(`c${i}`), new RememberedCall(), ended(null, true));
    const first = remembered.takeFailed().map(({ callId }) => callId);
    expect(first.length).toBeLessThan(20);
    const rest = remembered.takeFailed(Infinity).map(({ callId }) => callId);
    expect([...first, ...rest]).toEqual(Array.from({ length: 20 }, (_, i) => `c${i}`));
  });

  it('and the slowest of all threads', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { maxLength: 80 }), (values) => {
        const threads = [new Remembered(), new Remembered()];
        values.forEach((ms, i) => threads[i % 2]?.end(identity(`c${ms}`), new RememberedCall(), ended(ms)));
        const kept = slowestOf(threads.flatMap((thread) => thread.takeSlowest()));
        const expected = values.toSorted((a, b) => b - a).slice(0, slowestKept);
        expect(kept.map(({ callId }) => callId)).toEqual(expected.map((ms) => `c${ms}`));
      }),
    );
  });

  it('a call of which nothing was measured is none of the slowest', () => {
    const remembered = new Remembered();
    remembered.end(identity('mute'), new RememberedCall(), ended(null));
    expect(remembered.takeSlowest()).toEqual([]);
  });
});
