/** A user against a real WebSocket server with a protocol of another kind. */
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WebSocketServer } from 'ws';
import {
  agentAudio,
  control,
  listen,
  onEndOfSpeech,
  planFor,
  play,
  tag,
  timeouts,
  tone,
  turn,
} from '../../../test/fixtures/throwAwayProtocol.ts';
import type { PlanVoiceUsers } from '../plan.ts';

let server: WebSocketServer;
let url: string;

beforeEach(async () => {
  ({ server, url } = await listen());
});
afterEach(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});

const call = (users: Partial<PlanVoiceUsers> = {}) => play(planFor(url, users));

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
        for (let i = 0; i < 5; i++) socket.send(agentAudio(7, tone(320)));
        socket.send(control('mark:m1'));
        socket.send(control('done:7'));
      });
    });
    const told = await call();
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
        else for (let i = 0; i < 3; i++) socket.send(agentAudio(calls, tone(320)));
      });
    });
    const told = await call({ conversations: [{ name: 'talk', weight: 1, turns: [turn, turn] }] });
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
    ({ server, url } = await listen({ verifyClient: (_info, done) => done(false, status) }));
    const told = await call();
    expect(told.errorCounts).toEqual({ [`http_${status}`]: 1 });
    expect(told.calls[0]).toMatchObject({ outcome: 'failed', connect: null, error: `http_${status}` });
  });

  it('tells a closed port and an unknown host apart', async () => {
    const closed = await listen();
    url = closed.url;
    closed.server.close();
    await once(closed.server, 'close');
    expect((await call()).errorCounts).toEqual({ refused: 1 });
    url = 'ws://no-such-host.invalid/';
    expect((await call()).errorCounts).toEqual({ dns: 1 });
  });

  it('records a connect timeout at its value', async () => {
    server.close();
    ({ server, url } = await listen({ verifyClient: (_info, _done) => undefined }));
    const told = await call({ timeouts: { ...timeouts, connect: 150 } });
    expect(told.errorCounts).toEqual({ connect_timeout: 1 });
    expect(told.calls[0]?.connect).toBe(150);
  });
});
