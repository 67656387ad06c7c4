/** What a thread keeps of recorded calls until it is fetched, told frame by frame: no socket, no waiting. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wholeRecording } from '../../../test/fixtures/recordedLanes.ts';
import type { EncodedFrame, IncomingMessage } from '../protocols/adapter.ts';
import { isRecorded } from './choice.ts';
import type { CallRecorder } from './callRecorder.ts';
import { memoryOf, recordingBounds, Recordings, type RecordingBounds } from './recordings.ts';

const sampleRate = 16_000;
const frameSamples = 320;
const mb = 1024 * 1024;

const frame: EncodedFrame = { bytes: Buffer.alloc(900) };
const spoken = new Int16Array(frameSamples).fill(5000);
const protocol = { sounds: new Map([[frame, { samples: spoken, amplitude: 5000 }]]), audioKind: 'AudioData' };

/** A call that is recorded from stamp 1,000 on. */
function recorded(bounds: Partial<RecordingBounds> = {}) {
  const recordings = new Recordings({ sampleRate, audibleLevel: -50 }, { ...recordingBounds, ...bounds });
  const begin = (callId = 'call') =>
    recordings.begin({ callId, attempt: 1, vu: 1, conversation: 'talk', startedAt: 1000 }, protocol);
  return { recordings, begin };
}

function says(value: number, ms = 20): IncomingMessage {
  const samples = new Int16Array((ms * sampleRate) / 1000).fill(value);
  const bytes = Buffer.from(samples.buffer);
  return {
    class: 'audio',
    kind: 'AudioData',
    audio: {
      bytes: bytes.length,
      durationMs: ms,
      speech: true,
      firstAudibleMs: () => 0,
      decodeInto: (target) => bytes.copy(target),
    },
  };
}

const from = { data: Buffer.from('{"kind":"x"}'), binary: false };
const send = (recorder: CallRecorder, due: number, late = 0.5) => {
  recorder.stage(frame);
  recorder.sent(due, due + late);
};

describe('recordings of a thread', () => {
  it('join without a gap, whenever they are fetched', () => {
    const play = (fetchAt: ReadonlySet<number>) => {
      const { recordings, begin } = recorded();
      const recorder = begin();
      const parts = [];
      for (let slot = 0; slot < 160; slot++) {
        const due = 1003 + slot * 20;
        if (slot !== 40) send(recorder, due);
        // Four seconds of answer at once, cut after a second.
        if (slot === 10) recorder.heard(says(700, 4000), from, due + 4000, due);
        if (slot === 60) recorder.heard({ class: 'stop', kind: 'StopAudio' }, from, due, due);
        if (slot === 70) recorder.heard(says(-300), from, due + 20, due);
        if (fetchAt.has(slot)) parts.push(...recordings.take(due + 1));
      }
      recorder.end(4300, false);
      parts.push(...recordings.take(9000));
      expect(recordings.take(9000)).toEqual([]);
      return wholeRecording(parts);
    };
    const atOnce = play(new Set());
    const sounds = (lane: Int16Array, value: number) => lane.filter((s) => s === value).length;
    expect(sounds(atOnce.caller, 5000)).toBe(159 * frameSamples);
    expect(sounds(atOnce.agent, 700)).toBe(50 * frameSamples);
    expect(atOnce.agent.indexOf(700)).toBe(203 * 16);
    expect(atOnce.agent.indexOf(-300)).toBe(1403 * 16);
    expect(atOnce.caller.indexOf(0, 100)).toBe(803 * 16);
    expect(atOnce.agent).toHaveLength(3300 * 16);
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 159 })), (slots) => {
        const { caller, agent, messages } = play(new Set(slots));
        expect({ caller, agent, messages }).toEqual({
          caller: atOnce.caller,
          agent: atOnce.agent,
          messages: atOnce.messages,
        });
      }),
      { numRuns: 30 },
    );
  });

  it('keep what is not heard yet', () => {
    const { recordings, begin } = recorded();
    begin().heard(says(700, 3000), from, 4000, 1000);
    const [first] = recordings.take(1500);
    expect(first?.stretches.map(({ agent }) => agent.length)).toEqual([8000]);
    expect(first).toMatchObject({ ended: false, incomplete: null });
    const [second] = recordings.take(3500);
    expect(second?.stretches.flatMap(({ agent }) => [...agent])).toEqual(Array(32_000).fill(700));
    // The memory goes to another thread: none of it may be in two parts.
    const memory = memoryOf([first, second].filter((part) => part !== undefined));
    expect(new Set(memory).size).toBe(memory.length);
  });

  it('lay frames where the schedule has them, however late a thread sent them', () => {
    const { recordings, begin } = recorded();
    const recorder = begin();
    send(recorder, 1000);
    for (const due of [1020, 1040, 1060]) send(recorder, due, 1080 - due);
    // The schedule was given up and begins anew.
    send(recorder, 1380);
    recorder.end(1400, false);
    const { caller } = wholeRecording(recordings.take(1400));
    expect(caller.indexOf(0)).toBe(80 * 16);
    expect(caller.indexOf(5000, 80 * 16)).toBe(380 * 16);
    expect(caller).toHaveLength(400 * 16);
  });

  it('end after the longest time, and the call goes on', () => {
    const { recordings, begin } = recorded({ longestMs: 60_000 });
    const recorder = begin();
    for (let due = 1000; due < 70_000; due += 20) send(recorder, due);
    recorder.heard({ class: 'agent_text', kind: 'status' }, from, 0, 70_000);
    recorder.end(70_000, false);
    const recording = wholeRecording(recordings.take(70_000));
    expect(recording.caller).toHaveLength(60_000 * 16);
    expect(recording.incomplete).toMatch(/longer than 1 minutes/);
    expect(recording.messages.filter((m) => m.audioMs === null)).toEqual([]);
  });

  it('may not take more memory than they are given, and give it back', () => {
    const { recordings, begin } = recorded({ waitingBytes: mb });
    const greedy = begin('greedy');
    send(greedy, 1000);
    // 64 KB a second: a minute does not fit.
    greedy.heard(says(700, 60_000), from, 61_500, 1500);
    greedy.end(2000, false);
    const modest = begin('modest');
    for (let due = 1000; due < 9000; due += 20) send(modest, due);
    modest.end(9000, false);
    const parts = recordings.take(9000);
    const [cut, whole] = ['greedy', 'modest'].map((callId) =>
      wholeRecording(parts.filter((part) => part.callId === callId)),
    );
    expect(cut?.incomplete).toMatch(/more audio waited/);
    expect(cut?.agent).toHaveLength(500 * 16);
    expect(whole).toMatchObject({ incomplete: null });
    for (let again = 0; again < 50; again++) {
      const recorder = begin();
      for (let due = 1000; due < 6000; due += 20) send(recorder, due);
      recorder.heard({ class: 'agent_text', kind: 'status' }, from, 0, 5000);
      recorder.end(6000, false);
      expect(recordings.take(6000)).toMatchObject([{ incomplete: null, ended: true }]);
    }
  });

  it('may not hold more messages than they are given; audio goes on', () => {
    const { recordings, begin } = recorded({ mostMessages: 3 });
    const recorder = begin();
    for (let at = 1000; at < 1100; at += 20) {
      send(recorder, at);
      recorder.heard({ class: 'agent_text', kind: 'status' }, from, 0, at);
    }
    recorder.end(1100, false);
    const recording = wholeRecording(recordings.take(1100));
    expect(recording.incomplete).toMatch(/more than 3 messages/);
    expect(recording.messages.filter((m) => m.kind === 'status')).toHaveLength(3);
    expect(recording.caller.filter((s) => s === 5000)).toHaveLength(5 * frameSamples);
  });
});

describe('the choice of calls', () => {
  const share = (seed: number, record: number) => {
    let recordedCalls = 0;
    for (let vu = 1; vu <= 200; vu++)
      for (let n = 1; n <= 20; n++) if (isRecorded({ seed, record }, vu, n)) recordedCalls++;
    return recordedCalls / 4000;
  };

  it('follows the share, and is the same for the same seed', () => {
    for (const seed of [1, 7, 123_456]) expect(share(seed, 0.5)).toBeCloseTo(0.5, 1);
    expect(share(3, 0.1)).toBeCloseTo(0.1, 1);
    expect([share(3, 0), share(3, 1)]).toEqual([0, 1]);
    expect(isRecorded({ seed: 1 }, 1, 1)).toBe(false);
    const chosen = (seed: number) =>
      Array.from({ length: 50 }, (_, i) => isRecorded({ seed, record: 0.5 }, 1 + i, 1));
    expect(chosen(9)).toEqual(chosen(9));
    expect(chosen(9)).not.toEqual(chosen(10));
  });

  it('keeps whom it has chosen when the share grows', () => {
    for (let vu = 1; vu < 500; vu++)
      if (isRecorded({ seed: 4, record: 0.2 }, vu, 3))
        expect(isRecorded({ seed: 4, record: 0.4 }, vu, 3)).toBe(true);
  });
});
