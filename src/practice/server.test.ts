import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { defaultAudibleLevel, levelOf, rms } from '#contract/audio/level';
import {
  PracticeConfig,
  type PracticeConfigInput,
  type TruthCall,
  type TruthLine,
  type TruthTurn,
} from '#contract/practice';
import { startPracticeServer, type PracticeServer } from './server.ts';
import { quiet, TestCaller, voiced } from './testing/caller.ts';

/** Quick enough for a test; the caller's frames are sent at once, since silence is counted in audio. */
const quick: PracticeConfigInput = {
  greeting: false,
  endpointing: '60ms',
  delay: { kind: 'fixed', value: '80ms' },
  stop_delay: { kind: 'fixed', value: '10ms' },
  sentences: 2,
  sentence: '200ms',
  sentence_gap: '20ms',
  idle_stops: false,
};
const endOfTurn = 10;

const protoFile = join(import.meta.dirname, '..', '..', 'resources', 'presets', 'protos', 'june.proto');
const servers: PracticeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(
  config: PracticeConfigInput,
  sink = false,
): Promise<{ server: PracticeServer; truth: TruthLine[] }> {
  const truth: TruthLine[] = [];
  const log = { write: (line: TruthLine) => void truth.push(line), close: () => Promise.resolve() };
  const server = await startPracticeServer({
    config: PracticeConfig.parse({ ...quick, ...config }),
    port: 0,
    sink,
    audioFolder: null,
    protoFile,
    log,
  });
  if (!server.ok) throw new Error(server.error.message);
  servers.push(server.value);
  return { server: server.value, truth };
}

async function call(server: PracticeServer, callId = 'call-1'): Promise<TestCaller> {
  const caller = await TestCaller.connect(server.url, callId);
  if (typeof caller === 'number') throw new Error(`refused with ${caller}`);
  return caller;
}

const turnsIn = (truth: TruthLine[]): TruthTurn[] =>
  truth.filter((line) => line.kind === 'turn').sort((a, b) => a.turn - b.turn);
const callsIn = (truth: TruthLine[]): TruthCall[] => truth.filter((line) => line.kind === 'call');
const answered =
  (caller: TestCaller, count = 1) =>
  () =>
    caller.of('status').filter((status) => status.sender === 'Assistant').length >= count;
const ns = (stamp: string | null | undefined): bigint => BigInt(stamp ?? -1);

/** Ends the call and the server, so that everything has been written. */
async function finish(caller: TestCaller, server: PracticeServer): Promise<void> {
  await caller.hangUp();
  await server.close();
  servers.splice(servers.indexOf(server), 1);
}

describe('a call', () => {
  test('greeting and one full turn: what the caller saw is what the record says', async () => {
    const { server, truth } = await start({
      greeting: true,
      greeting_length: '100ms',
      greeting_delay: { kind: 'fixed', value: 0 },
    });
    const caller = await call(server);
    caller.say(voiced, 3); // before the set-up message: counted, not heard
    caller.setUp();
    await caller.until(() => caller.of('audio').length === 5);
    caller.say(quiet, 2);
    caller.say(voiced, 3, true); // marked as silent: not heard
    caller.say(voiced, 10);
    caller.say(quiet, endOfTurn);
    const sent = process.hrtime.bigint();
    await caller.until(answered(caller));
    await finish(caller, server);

    // The caller speaks while the greeting may still be heard, which then is stopped.
    const afterGreeting = caller.arrivals.slice(5).filter((arrival) => arrival.kind !== 'stop');
    expect(afterGreeting.map((arrival) => arrival.kind)).toEqual([
      'status',
      ...Array<string>(20).fill('audio'),
      'status',
    ]);
    expect(caller.of('status').map((status) => status.sender)).toEqual(['User', 'Assistant']);
    for (const audio of caller.of('audio')) expect(audio.bytes).toBe(640);
    const [turn, ...more] = turnsIn(truth);
    expect(more).toEqual([]);
    expect(turn).toMatchObject({
      callId: 'call-1',
      turn: 1,
      onsetFrame: 8,
      endOfSpeechFrame: 17,
      answered: true,
    });
    expect(turn).toMatchObject({ interruptedNs: null, stopNs: null, fault: null });
    const firstAudio = afterGreeting.find((arrival) => arrival.kind === 'audio');
    expect(
      levelOf(rms(firstAudio?.kind === 'audio' ? firstAudio.samples : new Int16Array(0))),
    ).toBeGreaterThan(defaultAudibleLevel);
    const order = [
      turn?.onsetNs,
      turn?.endOfSpeechNs,
      turn?.firstMessageNs,
      turn?.firstAudioNs,
      turn?.lastAudioNs,
    ].map(ns);
    expect(order).toEqual([...order].sort((a, b) => (a < b ? -1 : 1)));
    expect(ns(turn?.firstMessageNs)).toBeLessThan(afterGreeting[0]?.at ?? 0n);
    expect(ns(turn?.firstAudioNs)).toBeLessThan(firstAudio?.at ?? 0n);
    expect(ns(turn?.firstAudioNs)).toBeGreaterThan(sent);
    expect(ns(turn?.firstAudioNs) - ns(turn?.endOfSpeechNs)).toBeGreaterThanOrEqual(80_000_000n);

    const [line] = callsIn(truth);
    expect(line).toMatchObject({ callId: 'call-1', framesReceived: 28, closeCode: 1000, fault: null });
    const opening = [line?.acceptedNs, line?.upgradedNs, line?.setupNs, line?.greetingNs, line?.closedNs].map(
      ns,
    );
    expect(opening).toEqual([...opening].sort((a, b) => (a < b ? -1 : 1)));
    expect(ns(line?.greetingNs)).toBeLessThan(caller.arrivals[0]?.at ?? 0n);
  });

  test('a barge-in stops the answer, is written to the interrupted turn, and is a turn of its own', async () => {
    const { server, truth } = await start({ pace: 'paced', sentences: 1, sentence: '20s' });
    const caller = await call(server);
    caller.setUp();
    caller.say(voiced, 5);
    caller.say(quiet, endOfTurn);
    await caller.until(() => caller.of('audio').length > 0);
    caller.say(voiced, 5);
    await caller.until(() => caller.of('stop').length > 0);
    const heardOfOld = caller.of('audio').length;
    const stoppedAt = caller.arrivals.length;
    caller.say(quiet, endOfTurn);
    await caller.until(() => caller.of('audio').length > heardOfOld);
    await finish(caller, server);

    expect(caller.of('stop')).toHaveLength(1);
    const next = caller.arrivals[stoppedAt];
    expect(next?.kind === 'status' && next.sender).toBe('User');
    const [first, second] = turnsIn(truth);
    expect(first).toMatchObject({ turn: 1, answered: true });
    expect(second).toMatchObject({
      turn: 2,
      answered: true,
      interruptedNs: null,
      onsetFrame: 15,
      endOfSpeechFrame: 19,
    });
    expect(first?.interruptedNs).toBe(second?.onsetNs);
    expect(ns(first?.lastAudioNs)).toBeLessThan(ns(first?.stopNs));
    expect(ns(first?.stopNs)).toBeLessThan(caller.of('stop')[0]?.at ?? 0n);
    expect(ns(first?.stopNs) - ns(first?.interruptedNs)).toBeGreaterThanOrEqual(10_000_000n);
  });

  test('audio of the old answer after a stop, as much as asked', async () => {
    const { server, truth } = await start({ sentences: 1, sentence: '2s', audio_after_stop: '300ms' });
    const caller = await call(server);
    caller.setUp();
    caller.say(voiced, 5);
    caller.say(quiet, endOfTurn);
    await caller.until(answered(caller));
    caller.say(voiced, 5);
    caller.say(quiet, endOfTurn);
    await caller.until(answered(caller, 2));
    await finish(caller, server);
    const stop = caller.arrivals.findIndex((arrival) => arrival.kind === 'stop');
    const transcript = caller.arrivals.findLastIndex(
      (arrival) => arrival.kind === 'status' && arrival.sender === 'User',
    );
    expect(caller.arrivals.slice(stop + 1, transcript).map((arrival) => arrival.kind)).toEqual(
      Array(15).fill('audio'),
    );
    const [first, second] = turnsIn(truth);
    expect(ns(first?.lastAudioNs)).toBeGreaterThan(ns(first?.stopNs));
    expect(ns(first?.lastAudioNs)).toBeLessThan(ns(second?.firstAudioNs));
  });

  test('speech that goes on before the answer has begun belongs to the same turn', async () => {
    const { server, truth } = await start({ delay: { kind: 'fixed', value: '900ms' } });
    const caller = await call(server);
    caller.setUp();
    caller.say(voiced, 5);
    caller.say(quiet, endOfTurn);
    await caller.until(() => caller.of('status').length === 1);
    caller.say(voiced, 5);
    caller.say(quiet, endOfTurn);
    await caller.until(answered(caller));
    await finish(caller, server);
    expect(caller.of('status').map((status) => status.sender)).toEqual(['User', 'User', 'Assistant']);
    expect(caller.of('audio')).toHaveLength(20);
    const turns = turnsIn(truth);
    expect(turns).toHaveLength(1);
    expect(turns[0]).toMatchObject({ turn: 1, onsetFrame: 0, endOfSpeechFrame: 19 });
    expect(ns(turns[0]?.firstMessageNs)).toBeGreaterThan(ns(turns[0]?.endOfSpeechNs));
  });

  test('snapshot stops on every utterance, even with nothing playing; main does not', async () => {
    for (const dialect of ['snapshot', 'main'] as const) {
      const { server } = await start({ dialect, idle_stops: true });
      const caller = await call(server);
      caller.setUp();
      caller.say(voiced, 5);
      caller.say(quiet, endOfTurn);
      await caller.until(answered(caller));
      await finish(caller, server);
      expect(caller.of('stop').length).toBe(dialect === 'snapshot' ? 1 : 0);
    }
  });

  test('a continuous agent streams quiet frames when it does not speak', async () => {
    const { server, truth } = await start({ continuous: true });
    const caller = await call(server);
    const audible = () =>
      caller.of('audio').filter((audio) => levelOf(rms(audio.samples)) > defaultAudibleLevel);
    caller.setUp();
    await caller.until(() => caller.of('audio').length >= 5);
    expect(audible()).toEqual([]);
    caller.say(voiced, 5);
    caller.say(quiet, endOfTurn);
    await caller.until(answered(caller));
    const spoken = caller.of('audio').length;
    await caller.until(() => caller.of('audio').length > spoken + 2);
    await finish(caller, server);
    expect(audible()).toHaveLength(20);
    expect(ns(turnsIn(truth)[0]?.firstAudioNs)).toBeLessThan(audible()[0]?.at ?? 0n);
    const quietBefore = caller.of('audio').filter((audio) => audio.at < (audible()[0]?.at ?? 0n));
    for (const audio of quietBefore) expect(levelOf(rms(audio.samples))).toBeLessThan(-60);
  });

  test('tools come between transcript and answer', async () => {
    const { server } = await start({ tools: 1, tool_time: '20ms', sentences: 1, sentence: '40ms' });
    const caller = await call(server);
    caller.setUp();
    caller.say(voiced, 5);
    caller.say(quiet, endOfTurn);
    await caller.until(answered(caller, 2));
    await finish(caller, server);
    expect(caller.arrivals.map((arrival) => (arrival.kind === 'tool' ? arrival.type : arrival.kind))).toEqual(
      ['status', 'tool_start', 'tool_progress', 'tool_end', 'status', 'audio', 'audio', 'status'],
    );
  });
});

describe('faults of a call', () => {
  test('refused and full', async () => {
    const refusing = await start({ faults: { refuse: 1, refuse_status: 429 } });
    expect(await TestCaller.connect(refusing.server.url, 'a')).toBe(429);
    expect(callsIn(refusing.truth)).toMatchObject([{ callId: 'a', fault: 'refuse', upgradedNs: null }]);

    const full = await start({ faults: { capacity: 1 } });
    const first = await call(full.server, 'a');
    expect(await TestCaller.connect(full.server.url, 'b')).toBe(503);
    await first.hangUp();
    expect(callsIn(full.truth)[0]).toMatchObject({ callId: 'b', fault: 'capacity' });
  });

  test('silent', async () => {
    const { server, truth } = await start({
      greeting: true,
      idle_stops: true,
      continuous: true,
      faults: { silent: 1 },
    });
    const caller = await call(server);
    caller.setUp();
    caller.say(voiced, 5);
    caller.say(quiet, endOfTurn);
    await expect.poll(() => turnsIn(truth).length).toBe(1);
    await finish(caller, server);
    expect(caller.arrivals).toEqual([]);
    expect(truth).toMatchObject([
      { kind: 'turn', answered: false, fault: 'silent', endOfSpeechFrame: 4 },
      { kind: 'call', fault: 'silent' },
    ]);
  });

  test.each([1000, 1006, 1011, 1013] as const)('dropped in the middle of an answer with %i', async (code) => {
    const { server, truth } = await start({
      pace: 'paced',
      sentences: 1,
      faults: { drop: 1, drop_code: code },
    });
    const caller = await call(server);
    caller.setUp();
    caller.say(voiced, 5);
    caller.say(quiet, endOfTurn);
    expect(await caller.closed).toEqual({ code });
    expect(caller.of('audio')).toHaveLength(5);
    await expect.poll(() => callsIn(truth).length).toBe(1);
    expect(truth).toMatchObject([
      { kind: 'turn', fault: 'drop', answered: true },
      { kind: 'call', fault: 'drop', closeCode: code },
    ]);
  });

  test('a burst that is cut off by a destroyed socket arrives up to the cut', async () => {
    const { server, truth } = await start({ sentences: 1, sentence: '1s', faults: { drop: 1 } });
    const caller = await call(server);
    caller.setUp();
    caller.say(voiced, 5);
    caller.say(quiet, endOfTurn);
    expect(await caller.closed).toEqual({ code: 1006 });
    expect(caller.of('audio')).toHaveLength(25);
    await expect.poll(() => turnsIn(truth)).toMatchObject([{ fault: 'drop', answered: true }]);
  });

  test('no answer, then garbage in a slow one', async () => {
    const { server, truth } = await start({ faults: { no_answer: 1 } });
    const caller = await call(server);
    caller.setUp();
    caller.say(voiced, 5);
    caller.say(quiet, endOfTurn);
    await expect
      .poll(() => turnsIn(truth))
      .toMatchObject([{ fault: 'no_answer', answered: false, firstMessageNs: null }]);
    await finish(caller, server);
    expect(caller.arrivals).toEqual([]);

    const garbage = await start({ faults: { garbage: 1, slow: 1, slow_by: '50ms' } });
    const other = await call(garbage.server);
    other.setUp();
    other.say(voiced, 5);
    other.say(quiet, endOfTurn);
    await other.until(answered(other));
    await finish(other, garbage.server);
    expect(other.of('unreadable')).toHaveLength(1);
    expect(other.of('audio')).toHaveLength(20);
    expect(turnsIn(garbage.truth)[0]?.fault).toBe('slow,garbage');
  });

  test('never stops: the interrupted answer is heard out, then the next one comes', async () => {
    const { server, truth } = await start({
      pace: 'paced',
      sentences: 1,
      idle_stops: true,
      faults: { never_stop: 1 },
    });
    const caller = await call(server);
    caller.setUp();
    caller.say(voiced, 5);
    caller.say(quiet, endOfTurn);
    await caller.until(() => caller.of('audio').length > 0);
    const stopsBefore = caller.of('stop').length;
    caller.say(voiced, 5);
    caller.say(quiet, endOfTurn);
    await caller.until(answered(caller, 2));
    await finish(caller, server);
    expect(caller.of('stop')).toHaveLength(stopsBefore);
    expect(caller.of('audio')).toHaveLength(20);
    const [first, second] = turnsIn(truth);
    expect(first).toMatchObject({ fault: 'never_stop', stopNs: null });
    expect(first?.interruptedNs).toBe(second?.onsetNs);
    expect(ns(first?.lastAudioNs)).toBeLessThan(ns(second?.firstAudioNs));
  });
});

describe('the server', () => {
  test('as a sink counts and answers nothing', async () => {
    const { server, truth } = await start({ greeting: true, idle_stops: true }, true);
    const caller = await call(server);
    caller.setUp();
    caller.say(voiced, 20);
    caller.say(quiet, 40);
    await finish(caller, server);
    expect(caller.arrivals).toEqual([]);
    expect(truth).toMatchObject([{ kind: 'call', framesReceived: 60 }]);
  });

  test('tells its health, survives nonsense, and closes calls with 1001 when it ends', async () => {
    const { server } = await start({});
    const caller = await call(server);
    for (const text of ['', 'nonsense', '[]', '{"kind":7}', '{"kind":"AudioData","audioData":null}'])
      caller.sendText(text);
    caller.setUp();
    caller.say(voiced, 5);
    caller.say(quiet, endOfTurn);
    await caller.until(answered(caller));
    const health: unknown = await (await fetch(`http://127.0.0.1:${server.port}/health`)).json();
    expect(health).toEqual({ status: 'ok', active_calls: 1, calls: 1, frames_received: 15 });
    expect((await fetch(`http://127.0.0.1:${server.port}/elsewhere`)).status).toBe(426);
    await server.close();
    expect(await caller.closed).toEqual({ code: 1001 });
  });

  test('refuses what is no opening handshake', async () => {
    const { server, truth } = await start({});
    const request = get(`http://127.0.0.1:${server.port}/`, {
      headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '7' },
    });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(400);
    await server.close();
    expect(truth).toEqual([]);
  });

  test('says which port is taken', async () => {
    const { server } = await start({});
    const second = await startPracticeServer({
      config: PracticeConfig.parse({}),
      port: server.port,
      sink: true,
      audioFolder: null,
      protoFile,
      log: { write: () => undefined, close: () => Promise.resolve() },
    });
    expect(second).toMatchObject({ ok: false, error: { code: 'port_taken' } });
    expect(second.ok ? '' : second.error.message).toContain(`Port ${server.port} is taken`);
  });
});
