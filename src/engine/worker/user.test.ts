/**
 * A user against a real WebSocket server with a throw-away protocol that shares nothing with ACS: binary frames,
 * response ids, marks that must be echoed once played, pings in the protocol itself, an end marker.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { Clock } from '../clock.ts';
import type { PlanTurn, PlanUsers, RunPlan } from '../plan.ts';
import type { IncomingMessage, ProtocolAdapter } from '../protocols/adapter.ts';
import { pcmIsSpeech, firstAudibleMs } from '../protocols/audioLevel.ts';
import { createWebSocketTransport } from '../transport/webSocket.ts';
import { encodeAudio } from './clips.ts';
import { Pacer } from './pacer.ts';
import { Tally } from './tally.ts';
import { VirtualUser } from './user.ts';

const audio = { sampleRate: 16_000, frameMs: 20, speechLevel: -45, audibleLevel: -50 };
const timeouts = {
  connect: 2000,
  first_byte: 2000,
  turn: 4000,
  barge_in: 1000,
  quiet_tail: 100,
  quiet_gap: 60,
  response_gap: 100,
};

const tag = { audio: 1, control: 2 };

function parse(data: Buffer): IncomingMessage {
  if (data[0] === tag.audio) {
    const pcm = data.subarray(2);
    return {
      class: 'audio',
      kind: 'audio',
      responseId: String(data[1]),
      audio: {
        bytes: pcm.length,
        durationMs: pcm.length / 32,
        speech: pcmIsSpeech(pcm, audio.audibleLevel),
        firstAudibleMs: () => firstAudibleMs(pcm, audio.sampleRate, audio.audibleLevel),
        decodeInto: (target) => pcm.copy(target),
      },
    };
  }
  const word = data.toString('latin1', 1);
  const reply = (text: string) => ({
    bytes: Buffer.concat([Buffer.from([tag.control]), Buffer.from(text)]),
    binary: true,
  });
  if (word === 'ping')
    return { class: 'other', kind: 'ping', answer: { when: 'now', message: reply('pong') } };
  if (word.startsWith('mark:'))
    return {
      class: 'mark',
      kind: 'mark',
      answer: { when: 'played', message: reply(`played:${word.slice(5)}`) },
    };
  if (word.startsWith('done:'))
    return { class: 'response_end', kind: 'done', responseId: word.slice(5), ended: 'completed' };
  return { class: 'other', kind: word };
}

const adapter: ProtocolAdapter = {
  audioKind: 'audio',
  encode: (samples) => ({
    bytes: Buffer.concat([Buffer.from([tag.audio, 0]), Buffer.from(samples.slice().buffer)]),
  }),
  session: () => {
    let sequence = 0;
    return {
      handshake: () => ({ headers: { 'x-test': 'yes' }, subprotocols: ['throw-away'] }),
      setup: () => [{ bytes: Buffer.from([tag.control, ...Buffer.from('hello')]), binary: true }],
      frame(encoded) {
        encoded.bytes[1] = sequence++ & 255;
        return { bytes: encoded.bytes, binary: true };
      },
      receive: (data) => [parse(data)],
      farewell: () => [{ bytes: Buffer.from([tag.control, ...Buffer.from('bye')]), binary: true }],
    };
  },
};

const speech = Int16Array.from({ length: 3200 }, (_, i) => (i % 2 ? -6000 : 6000));
const clip = new SharedArrayBuffer(speech.byteLength);
new Int16Array(clip).set(speech);

const turn: PlanTurn = { name: 't', clip: 0, pauseBeforeMs: 0, timeouts, bargeIn: null };

function planFor(url: string, users: Partial<PlanUsers>): RunPlan {
  return {
    runId: 'run', scenario: 's', environment: 'e', seed: 1, audio,
    clips: [{ name: 'clip', samples: clip, sampleRate: 16_000, voiced: { firstSample: 0, lastSample: 3199, level: -45 } }],
    users: [
      {
        name: 'callers', weight: 1, target: { url, shownUrl: url, protocol: 'acs', headers: {}, tls: { verify: true, ca: null } },
        conversations: [{ name: 'talk', weight: 1, turns: [turn] }],
        turnsPerCall: null, callsPerUser: 1, greeting: 'ignore', silence: 'continuous', timeouts, markers: { response: [], end: [] },
        reconnect: { attempts: 1, backoffMs: 1 }, benignCloseCodes: [1000], ...users,
      },
    ],
    profile: { startUsers: 1, stages: [], gracefulStopMs: 0 }, warmUpMs: 0, periods: [], thresholds: [], workers: 1, applied: [],
  }; // prettier-ignore
}

let server: WebSocketServer;
let url: string;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});

async function play(users: Partial<PlanUsers> = {}) {
  const clock = new Clock(process.hrtime.bigint());
  const tally = new Tally();
  const plan = planFor(url, users);
  const group = plan.users[0];
  if (!group) throw new Error('no users');
  const pacer = new Pacer(clock, audio.frameMs);
  await new Promise<void>((resolve) => {
    const user = new VirtualUser(
      { vu: 1, group: 0, phase: 0 },
      {
        plan, group, adapter, audio: encodeAudio(adapter, plan.clips, plan.audio), clock, epochMs: Date.now(), tally,
        transport: createWebSocketTransport(clock), recordings: null, mayConnect: () => true, onDone: () => resolve(),
      },
    ); // prettier-ignore
    pacer.add(user, 0);
    pacer.start();
  });
  pacer.stop();
  return tally.take();
}

const control = (word: string) => Buffer.concat([Buffer.from([tag.control]), Buffer.from(word)]);
const agentAudio = (id: number) =>
  Buffer.concat([Buffer.from([tag.audio, id]), Buffer.from(speech.slice(0, 320).buffer)]);

/** Answers once the caller has been quiet for three frames. */
function onEndOfSpeech(socket: WebSocket, answer: () => void): void {
  let heard = false;
  let quiet = 0;
  socket.on('message', (data: Buffer) => {
    if (data[0] !== tag.audio) return;
    if (pcmIsSpeech(data.subarray(2), -45)) {
      heard = true;
      quiet = 0;
    } else if (heard && ++quiet === 3) answer();
  });
}

describe('a virtual user', () => {
  it('makes a call in a protocol of another kind', async () => {
    const control_words: string[] = [];
    const sequences: number[] = [];
    let headers: unknown;
    server.on('connection', (socket, request) => {
      headers = [request.headers['x-test'], socket.protocol];
      socket.on('message', (data: Buffer) => {
        if (data[0] === tag.control) control_words.push(data.toString('latin1', 1));
        else sequences.push(data[1] ?? -1);
      });
      onEndOfSpeech(socket, () => {
        socket.send(control('ping'));
        for (let i = 0; i < 5; i++) socket.send(agentAudio(7));
        socket.send(control('mark:m1'));
        socket.send(control('done:7'));
      });
    });
    const told = await play();
    expect(headers).toEqual(['yes', 'throw-away']);
    expect(told.turns).toHaveLength(1);
    expect(told.turns[0]).toMatchObject({ status: 'ok', bargeInOutcome: null, error: null });
    expect(told.turns[0]?.ttfa).toBeGreaterThan(0);
    expect(told.turns[0]?.response).toBeCloseTo(100, 0);
    expect(told.calls[0]).toMatchObject({ outcome: 'ended', turns: 1, framesReceived: 5 });
    expect(control_words.filter((w) => w !== 'bye')).toEqual(['hello', 'pong', 'played:m1']);
    expect(sequences.every((s, i) => s === (i & 255))).toBe(true);
    expect(told.framesSent).toBe(told.calls[0]?.framesSent);
  });

  it('reconnects with the same call id and goes on at the next turn; the cut turn has failed', async () => {
    let calls = 0;
    server.on('connection', (socket) => {
      const first = ++calls === 1;
      onEndOfSpeech(socket, () => {
        if (first) socket.terminate();
        else for (let i = 0; i < 3; i++) socket.send(agentAudio(calls));
      });
    });
    const told = await play({ conversations: [{ name: 'talk', weight: 1, turns: [turn, turn] }] });
    expect(told.turns.map((t) => [t.turn, t.status, t.error])).toEqual([
      [1, 'failed', 'dropped_1006'],
      [2, 'ok', null],
    ]);
    expect(new Set(told.calls.map((c) => c.callId)).size).toBe(1);
    expect(told.calls.map((c) => [c.attempt, c.outcome])).toEqual([
      [1, 'dropped'],
      [2, 'ended'],
    ]);
    expect(told).toMatchObject({ callsAttempted: 2, callsConnected: 2, callsDropped: 1 });
  });

  it.each([401, 429, 500, 503])('counts an upgrade answered with HTTP %i', async (status) => {
    server.close();
    server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      verifyClient: (_info, done) => done(false, status),
    });
    await once(server, 'listening');
    url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const told = await play();
    expect(told.errorCounts).toEqual({ [`http_${status}`]: 1 });
    expect(told.calls[0]).toMatchObject({ outcome: 'failed', connect: null, error: `http_${status}` });
  });

  it('tells a closed port and an unknown host apart', async () => {
    const closed = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(closed, 'listening');
    url = `ws://127.0.0.1:${(closed.address() as AddressInfo).port}`;
    closed.close();
    await once(closed, 'close');
    expect((await play()).errorCounts).toEqual({ refused: 1 });
    url = 'ws://no-such-host.invalid/';
    expect((await play()).errorCounts).toEqual({ dns: 1 });
  });

  it('records a connect timeout at its value', async () => {
    server.close();
    server = new WebSocketServer({ port: 0, host: '127.0.0.1', verifyClient: (_info, _done) => undefined });
    await once(server, 'listening');
    url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const told = await play({ timeouts: { ...timeouts, connect: 150 } });
    expect(told.errorCounts).toEqual({ connect_timeout: 1 });
    expect(told.calls[0]?.connect).toBe(150);
  });
});
