/** What is recorded of a real call over a real socket, against the stamps of its turns. Frames may be late; the recording says when. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WebSocket, WebSocketServer } from 'ws';
import { heardSpans, wholeRecording } from '../../../test/fixtures/recordedLanes.ts';
import {
  agentAudio,
  audio,
  control,
  listen,
  onEndOfSpeech,
  planFor,
  play,
  timeouts,
  tone,
  turn,
} from '../../../test/fixtures/throwAwayProtocol.ts';

let server: WebSocketServer;
let url: string;

beforeEach(async () => {
  ({ server, url } = await listen());
});
afterEach(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});

/** The agent answers a call with audio some time after it has heard the caller's speech end. */
function answering(answer: (socket: WebSocket, call: number) => void, afterMs = 0): void {
  let calls = 0;
  server.on('connection', (socket) => {
    const call = ++calls;
    onEndOfSpeech(socket, () => setTimeout(() => answer(socket, call), afterMs));
  });
}

const frameMs = 20;
/** No frame of the call was later than this. */
const latest = (told: { lateness: { values: Float64Array } }) => Math.max(0, ...told.lateness.values) / 1000;

describe.each([16_000, 24_000])('a recorded call at %i Hz', (sampleRate) => {
  const format = { ...audio, sampleRate };
  const second = sampleRate / 1000;

  it('has both sides where their turn has them', async () => {
    const answer = tone(200 * second, 9000);
    answering((socket) => {
      // Ten times faster than it can be heard.
      for (let at = 0; at < answer.length; at += frameMs * second)
        socket.send(agentAudio(1, answer.subarray(at, at + frameMs * second)));
      socket.send(control('done:1'));
    }, 150);
    const spoken = tone(200 * second);
    const told = await play(planFor(url, {}, { audio: format, record: 1, spoken }));
    const recording = wholeRecording(told.parts);
    expect(recording).toMatchObject({ sampleRate, incomplete: null, ended: true });
    expect(recording.caller).toHaveLength(recording.agent.length);
    const [first] = told.turns;
    expect(first).toMatchObject({ status: 'ok' });

    const sample = 1 / second;
    const [heard, ...others] = heardSpans(recording, recording.agent);
    expect(others).toEqual([]);
    expect(heard?.from).toBeGreaterThanOrEqual((first?.firstAudioAt ?? 0) - sample);
    expect(heard?.from).toBeLessThanOrEqual((first?.firstAudioAt ?? 0) + 25);
    expect((heard?.to ?? 0) - (heard?.from ?? 0)).toBeCloseTo(200, 5);

    const [said] = heardSpans(recording, recording.caller);
    expect(Math.abs((said?.to ?? 0) - (first?.endOfSpeechAt ?? 0))).toBeLessThanOrEqual(
      frameMs + latest(told),
    );
    expect(Math.abs((said?.from ?? 0) - (first?.onsetAt ?? 0))).toBeLessThanOrEqual(frameMs + latest(told));
    expect((said?.to ?? 0) - (said?.from ?? 0)).toBeCloseTo(200, 5);
    // Between its words the microphone hears a room, not digital silence.
    expect(recording.caller.filter((s) => s === 0).length).toBeLessThan(recording.caller.length / 4);
  });
});

describe('a recorded call', () => {
  it('is fetched as far as it was heard, however far ahead the agent is', async () => {
    answering((socket) => {
      socket.send(agentAudio(1, tone(16_000)));
      socket.send(control('done:1'));
    });
    const told = await play(planFor(url, {}, { record: 1 }));
    const recording = wholeRecording(told.parts);
    const [first] = told.turns;
    const [heard] = heardSpans(recording, recording.agent);
    expect((heard?.to ?? 0) - (heard?.from ?? 0)).toBeCloseTo(1000, 5);
    expect(first?.responseEndAt).toBeCloseTo(heard?.to ?? 0, 0);
    // A second of answer arrived at once and was fetched in many parts.
    expect(recording.lengths.filter((samples) => samples > 0).length).toBeGreaterThan(1);
    expect(Math.max(...recording.lengths)).toBeLessThan(recording.agent.length);
  });

  it('ends the answer where a stop has cut it, and hears what comes after that', async () => {
    answering((socket) => {
      socket.send(agentAudio(1, tone(32_000)));
      setTimeout(() => {
        socket.send(control('stop'));
        setTimeout(() => {
          socket.send(agentAudio(1, tone(1600)));
          socket.send(control('done:1'));
        }, 200);
      }, 200);
    });
    const patient = { ...timeouts, response_gap: 1500 };
    const conversations = [{ name: 'talk', weight: 1, turns: [{ ...turn, timeouts: patient }] }];
    const told = await play(planFor(url, { conversations }, { record: 1 }));
    const recording = wholeRecording(told.parts);
    const stop = recording.messages.find((message) => message.class === 'stop');
    const [cut, later] = heardSpans(recording, recording.agent);
    expect(cut?.to).toBeCloseTo(stop?.at ?? 0, 0);
    expect((later?.to ?? 0) - (later?.from ?? 0)).toBeCloseTo(100, 5);
    expect(told.calls[0]).toMatchObject({ cutShort: 1 });
  });

  it('has every message, without its audio', async () => {
    answering((socket) => {
      socket.send(control('ping'));
      for (let i = 0; i < 5; i++) socket.send(agentAudio(7, tone(320)));
      socket.send(control('mark:m1'));
      socket.send(control('done:7'));
    });
    const told = await play(planFor(url, {}, { record: 1 }));
    const { messages } = wholeRecording(told.parts);
    const words = (direction: 'sent' | 'received') =>
      messages.filter((m) => m.direction === direction && m.audioMs === null).map((m) => m.kind);
    expect(words('sent')).toEqual(['hello', 'pong', 'played:m1', 'bye']);
    expect(words('received')).toEqual(['ping', 'mark', 'done']);
    const sound = messages.filter((m) => m.audioMs !== null);
    const sum = (direction: 'sent' | 'received', of: 'count' | 'bytes' | 'audioMs') =>
      sound.filter((m) => m.direction === direction).reduce((n, m) => n + (m[of] ?? 0), 0);
    expect(sum('received', 'count')).toBe(5);
    expect(sum('received', 'audioMs')).toBe(100);
    expect(sum('received', 'bytes')).toBe(5 * 642);
    expect(sum('sent', 'count')).toBe(told.framesSent);
    expect(sound.find((m) => m.direction === 'received')).toMatchObject({ class: 'audio', text: null });
    const loudest = Math.max(...sound.filter((m) => m.direction === 'sent').map((m) => m.level ?? 0));
    expect(loudest).toBeCloseTo(-14.7, 1);
    expect(JSON.stringify(messages)).not.toContain('throw-away');
  });

  it('is one recording for each of its connections', async () => {
    answering((socket, call) => {
      if (call === 1) {
        socket.send(agentAudio(1, tone(320)));
        setTimeout(() => socket.terminate(), 50);
      } else {
        socket.send(agentAudio(2, tone(320)));
        socket.send(control('done:2'));
      }
    });
    const conversations = [{ name: 'talk', weight: 1, turns: [turn, turn] }];
    const told = await play(planFor(url, { conversations }, { record: 1 }));
    expect(told.calls.map((c) => [c.attempt, c.outcome])).toEqual([
      [1, 'dropped'],
      [2, 'ended'],
    ]);
    const [dropped, again] = [wholeRecording(told.parts, 1), wholeRecording(told.parts, 2)];
    expect(dropped).toMatchObject({ ended: true, incomplete: null });
    expect(again.startedAt).toBeGreaterThan(dropped.startedAt);
    for (const [i, recording] of [dropped, again].entries()) {
      const [heard] = heardSpans(recording, recording.agent);
      const arrived = recording.messages.find((m) => m.direction === 'received')?.at ?? 0;
      expect(heard?.from).toBeCloseTo(arrived, 0);
      expect(told.parts.filter((p) => p.attempt === i + 1 && p.ended)).toHaveLength(1);
    }
  });

  it('is played to its end when the agent hangs up, and not when the caller does', async () => {
    answering((socket) => {
      socket.send(agentAudio(1, tone(8000)));
      socket.close(1000);
    });
    const hungUp = wholeRecording((await play(planFor(url, {}, { record: 1 }))).parts);
    const [heard] = heardSpans(hungUp, hungUp.agent);
    expect((heard?.to ?? 0) - (heard?.from ?? 0)).toBeCloseTo(500, 5);
    server.removeAllListeners('connection');
    answering((socket) => socket.send(agentAudio(1, tone(160_000))));
    const limits = { ...timeouts, turn: 300 };
    const endless = { conversations: [{ name: 'talk', weight: 1, turns: [{ ...turn, timeouts: limits }] }] };
    server.on('connection', (socket) => {
      const more = setInterval(() => socket.send(agentAudio(1, tone(320))), 20);
      socket.on('close', () => clearInterval(more));
    });
    const told = await play(planFor(url, endless, { record: 1 }));
    const cut = wholeRecording(told.parts);
    const at = (samples: number) => cut.startedAt + samples / 16;
    const end = at(cut.agent.length);
    // It ends with the call, or with the frame the caller was just saying, however late that was; the answer goes on beyond it.
    const lastSaid = at(cut.caller.findLastIndex((s) => s !== 0)) + frameMs;
    const farewell = cut.messages.findLast((message) => message.kind === 'bye');
    expect(end).toBeGreaterThan(farewell?.at ?? Number.POSITIVE_INFINITY);
    expect(end).toBeLessThanOrEqual(Math.max(told.calls[0]?.endedAt ?? 0, lastSaid) + 1 / 16);
    expect(heardSpans(cut, cut.agent).at(-1)?.to).toBeCloseTo(end, 5);
  });

  it('is not kept when nothing is to be recorded', async () => {
    answering((socket) => socket.send(control('done:1')));
    const limits = { ...timeouts, first_byte: 100 };
    const conversations = [{ name: 'talk', weight: 1, turns: [{ ...turn, timeouts: limits }] }];
    expect((await play(planFor(url, { conversations }))).parts).toEqual([]);
  });
});
