import { connect, createServer, type Socket } from 'node:net';
import { ServerCredentials } from '@grpc/grpc-js';
import { afterEach, expect, it } from 'vitest';
import { eventually } from '../../../test/fixtures/eventually.ts';
import { localAuthority } from '../../../test/fixtures/localAuthority.ts';
import { createRpcClient } from './client.ts';
import { Methods } from './methods.ts';
import { outgoing } from './outgoing.ts';
import { compileProtos } from './protos.ts';
import type { RpcClient } from './rpc.ts';
import type { PlanRpcAudio } from '../requestPlan.ts';
import {
  newClock,
  outcomeOf,
  request,
  startSpeech,
  targetAt,
  usersOf,
  writeProto,
  type SpeechService,
} from './testing/service.ts';

const compiled = await compileProtos([writeProto()], []);
if (!compiled.ok) throw new Error(compiled.error.message);
const descriptors = compiled.value;

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0).reverse()) one.close();
});

async function speech(...options: Parameters<typeof startSpeech>): Promise<SpeechService> {
  const service = await startSpeech(...options);
  open.push(service);
  return service;
}

function clientOf(users: ReturnType<typeof usersOf>): RpcClient {
  const client = createRpcClient({ users, clock: newClock() });
  open.push(client);
  return client;
}

const sessionAt = (
  url: string,
  ...more: Parameters<typeof usersOf> extends [unknown, unknown, ...infer M] ? M : never
) => clientOf(usersOf(targetAt(url), descriptors, ...more)).session();

function audioOf(samples: number, more: Partial<PlanRpcAudio> = {}): PlanRpcAudio {
  const memory = new SharedArrayBuffer(samples * 2);
  const view = new Int16Array(memory);
  for (let i = 0; i < samples; i++) view[i] = i;
  return {
    samples: memory,
    sampleRate: 16_000,
    field: 'sound.audio',
    chunkMs: 100,
    realTime: true,
    message: null,
    ...more,
  };
}

it('calls a method and reads its answer', async () => {
  const { url } = await speech();
  const outcome = await outcomeOf(
    sessionAt(url),
    request('Echo', { text: 'hello', tags: ['a'], number: '9007199254740993' }),
  );
  expect(outcome).toMatchObject({ status: 0, failure: null, responses: 1, bytesSent: 24, bytesReceived: 24 });
  expect(outcome.message).toMatchObject({ text: 'hello', tags: ['a'], number: '9007199254740993' });
  const { sentAt, firstMessageAt, endedAt } = outcome;
  expect([sentAt, firstMessageAt, endedAt]).toEqual(
    [sentAt, firstMessageAt, endedAt].toSorted((a, b) => Number(a) - Number(b)),
  );
});

it('streams messages to the service, and back, in order', async () => {
  const service = await speech();
  const messages = ['one', 'two', 'three'].map((text) => ({ text }));
  const session = sessionAt(service.url);
  const gathered = await outcomeOf(session, request('Gather', null, { messages, messageIntervalMs: 2 }));
  expect(gathered.message).toMatchObject({ text: '3 pieces' });
  expect(service.pieces.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
  const talked = await outcomeOf(session, request('Talk', null, { messages, wantsDetail: true }));
  expect(talked.responses).toBe(3);
  expect(
    talked.messages
      .filter(({ direction }) => direction === 'received')
      .map(({ text }) => JSON.parse(text) as unknown),
  ).toMatchObject(messages);
});

it('stamps tokens and the first audio of a stream', async () => {
  const { url } = await speech();
  const asked = request('Speak', { text: 'silent a b' }, { token: 'text', firstAudio: 'sound.audio' });
  const outcome = await outcomeOf(sessionAt(url), asked);
  expect(outcome.responses).toBe(3);
  expect(outcome.tokens?.count).toBe(3);
  expect(outcome.audioBytes).toBe(640);
  const { firstMessageAt, firstAudioAt, tokens, endedAt } = outcome;
  expect(tokens?.firstAt).toBe(firstMessageAt);
  expect(Number(firstAudioAt)).toBeGreaterThan(Number(firstMessageAt));
  expect(endedAt).toBeGreaterThanOrEqual(Number(tokens?.lastAt));
});

it('plans audio on absolute deadlines: every chunk at a multiple of its length, the rest at the end', () => {
  const methods = Methods.from(descriptors);
  if (!methods.ok) throw new Error(methods.error.message);
  const audio = audioOf(4000, { message: { text: 'part' } });
  const planned = outgoing(
    methods.value.get('speech.Speech/Gather'),
    request('Gather', null, { messages: [{ text: 'config' }], audio }),
  );
  expect(planned.count).toBe(4);
  const parts = Array.from({ length: 5 }, () => planned.next());
  expect(parts.map((part) => part && [part.since, part.after, part.audio])).toEqual([
    ['start', 0, false],
    ['audio', 0, true],
    ['audio', 100, true],
    ['audio', 200, true],
    null,
  ]);
});

it('streams audio chunk by chunk into the field, other fields beside it', async () => {
  const service = await speech();
  const audio = audioOf(1000, { chunkMs: 10, message: { text: 'part' } });
  const outcome = await outcomeOf(
    sessionAt(service.url),
    request('Gather', null, { messages: [{ config: { sample_rate: 16_000 } }], audio }),
  );
  expect(outcome.failure).toBeNull();
  const [first, ...chunks] = service.pieces;
  expect(first).toMatchObject({ config: { sample_rate: 16_000 } });
  expect(chunks.map(({ text, sound }) => [text, sound?.audio.length])).toEqual([
    ...Array.from({ length: 6 }, () => ['part', 320]),
    ['part', 80],
  ]);
  expect(Buffer.concat(chunks.map(({ sound }) => sound?.audio ?? Buffer.alloc(0)))).toEqual(
    Buffer.from(audio.samples),
  );
  expect(Number(outcome.audioEndedAt)).toBeGreaterThan(Number(outcome.sentAt));
});

it('puts all of the audio into the one message of a unary call', async () => {
  const service = await speech();
  await outcomeOf(sessionAt(service.url), request('Echo', { text: 'all' }, { audio: audioOf(50) }));
  expect(service.pieces[0]).toMatchObject({ text: 'all' });
  expect(service.pieces[0]?.sound?.audio.length).toBe(100);
});

it.each([
  [request('Echo', { txt: 'x' }), 'message', /txt is no field of speech\.Piece; did you mean text/],
  [request('Ecko', {}), 'message', /no call speech\.Speech\/Ecko; did you mean speech\.Speech\/Echo/],
  [
    request('Speak', {}, { firstAudio: 'sound.adio' }),
    'message',
    /sound\.adio is no field of speech\.Piece: speech\.Sound has no adio/,
  ],
  [
    request('Gather', null, { audio: audioOf(10, { field: 'text' }) }),
    'message',
    /text of speech\.Piece carries no bytes/,
  ],
  [request('Echo', {}, { metadata: { 'bad key': 'x' } }), 'metadata', /bad key cannot be sent/],
])('what cannot be sent is told without a call', async (asked, kind, sentence) => {
  const outcome = await outcomeOf(sessionAt('grpc://127.0.0.1:1'), asked);
  expect(outcome).toMatchObject({ sentAt: null, status: null, failure: { kind } });
  expect(outcome.failure?.message).toMatch(sentence);
});

it('tells statuses by name, with their details and metadata', async () => {
  const { url } = await speech();
  const outcome = await outcomeOf(sessionAt(url), request('Echo', { text: 'fail:NOT_FOUND' }));
  expect(outcome).toMatchObject({
    status: 5,
    details: 'because',
    message: null,
    metadata: { 'x-trailer': 'last' },
    failure: { kind: 'grpc_NOT_FOUND', message: 'speech.Speech/Echo was answered with NOT_FOUND: because.' },
  });
});

it('ends at its deadline', async () => {
  const { url } = await speech();
  const outcome = await outcomeOf(sessionAt(url), request('Echo', { text: 'wait' }, { deadlineMs: 60 }));
  expect(outcome).toMatchObject({
    status: 4,
    failure: {
      kind: 'request_timeout',
      message: 'speech.Speech/Echo took longer than its deadline of 0.06 s.',
    },
  });
});

it('sends metadata of target, users and call, the later over the earlier', async () => {
  const service = await speech();
  const target = targetAt(service.url, {
    headers: { Authorization: 'Bearer x', 'X-A': 'target', Connection: 'close' },
  });
  const session = clientOf(
    usersOf(target, descriptors, { metadata: { 'x-a': 'users', 'x-b': 'users' } }),
  ).session();
  await outcomeOf(session, request('Echo', {}, { metadata: { 'x-b': 'call', 'x-raw-bin': 'AAEC' } }));
  expect(service.metadata[0]?.getMap()).toMatchObject({
    authorization: 'Bearer x',
    'x-a': 'users',
    'x-b': 'call',
    'x-raw-bin': Buffer.from([0, 1, 2]),
  });
});

it.each([
  ['own', 3, 3],
  [2, 4, 2],
] as const)('channels: %s', async (channels, users, connections) => {
  const service = await speech();
  const client = clientOf(usersOf(targetAt(service.url), descriptors, { channels }));
  await Promise.all(Array.from({ length: users }, () => outcomeOf(client.session(), request('Echo', {}))));
  expect(service.peers.size).toBe(connections);
});

/** Stands between; all its connections can be cut as when a process dies. */
async function relayTo(url: string): Promise<{ url: string; die: () => void }> {
  const sockets: Socket[] = [];
  const relay = createServer((near) => {
    const far = connect(Number(new URL(url).port), '127.0.0.1');
    sockets.push(near, far);
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => undefined);
  });
  await new Promise<void>((listening) => relay.listen(0, '127.0.0.1', listening));
  const address = relay.address();
  const die = () => {
    relay.close();
    for (const socket of sockets) socket.destroy();
  };
  open.push({ close: die });
  return { url: `grpc://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, die };
}

it('a server that dies in the middle is a lost connection, and a refused one from then on', async () => {
  const service = await speech();
  const { url, die } = await relayTo(service.url);
  const session = sessionAt(url);
  expect((await outcomeOf(session, request('Echo', {}))).status).toBe(0);
  const ended = outcomeOf(session, request('Echo', { text: 'wait' }));
  await eventually(() => expect(service.pieces.length).toBe(2));
  die();
  expect(await ended).toMatchObject({ status: null, failure: { kind: 'reset' } });
  const refused = await outcomeOf(session, request('Echo', {}));
  expect(refused).toMatchObject({
    sentAt: null,
    status: null,
    failure: {
      kind: 'refused',
      message: `${url} cannot be connected: nothing listens at this address (connection refused).`,
    },
  });
});

it('a call that is cut off says so, and the service knows', async () => {
  const service = await speech();
  const session = sessionAt(service.url);
  const ended = new Promise((resolve) => {
    const cancel = session.call(request('Echo', { text: 'wait' }), resolve);
    void eventually(() => expect(service.pieces.length).toBe(1)).then(cancel);
  });
  expect(await ended).toMatchObject({ status: null, failure: { kind: 'aborted' } });
  await eventually(() => expect(service.cancelled).toBe(1));
});

it('closing a session cuts its calls off, also before there is a connection', async () => {
  const { url } = await speech();
  const session = sessionAt(url);
  const ended = outcomeOf(session, request('Echo', { text: 'wait' }));
  session.close();
  expect(await ended).toMatchObject({ sentAt: null, failure: { kind: 'aborted' } });
});

it('TLS: an authority that is not trusted is refused, trusted it is accepted, and not asked for without verify', async () => {
  const { key, cert, ca } = await (await localAuthority()).issue();
  const credentials = ServerCredentials.createSsl(null, [
    { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) },
  ]);
  const { url } = await speech({ credentials });
  const outcome = (tls: Parameters<typeof targetAt>[1]) =>
    outcomeOf(clientOf(usersOf(targetAt(url, tls), descriptors)).session(), request('Echo', {}));
  expect(await outcome({})).toMatchObject({ sentAt: null, failure: { kind: 'tls' } });
  expect(await outcome({ tls: { verify: true, ca } })).toMatchObject({ status: 0 });
  expect(await outcome({ tls: { verify: false, ca: null } })).toMatchObject({ status: 0 });
});

it('refuses an address that is no gRPC service', async () => {
  const session = sessionAt('http://127.0.0.1:1');
  expect(await outcomeOf(session, request('Echo', {}))).toMatchObject({ failure: { kind: 'address' } });
});
