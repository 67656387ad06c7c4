import { once } from 'node:events';
import {
  credentials,
  makeGenericClientConstructor,
  Metadata,
  Client,
  type ServiceError,
} from '@grpc/grpc-js';
import { expect, onTestFinished, test, vi } from 'vitest';
import { PracticeConfig, type PracticeConfigInput } from '#contract/practice';
import { startPracticeServer } from '../../server.ts';
import { protoFile, startServices, type TestedServices } from '../testing.ts';
import { readDefinition } from './definition.ts';

async function start(settings?: PracticeConfigInput['services']): Promise<TestedServices> {
  const services = await startServices(settings);
  onTestFinished(() => services.close());
  return services;
}

type Message = Record<string, unknown>;
interface Ended {
  messages: Message[];
  /** gRPC status; 0: OK. */
  code: number;
}

const definition = readDefinition(protoFile);

function clientOf({ grpc }: TestedServices, service: string): Client {
  const found = definition.ok ? definition.value.service(service) : null;
  if (!found) throw new Error(`no ${service}`);
  return new (makeGenericClientConstructor(found, service))(grpc, credentials.createInsecure());
}

/** Calls `service/method` with these messages and waits for its end. */
function call(
  services: TestedServices,
  service: string,
  method: string,
  messages: Message[],
  id?: string,
): Promise<Ended> {
  const client = clientOf(services, service);
  const { path, requestStream, responseStream, requestSerialize, responseDeserialize } =
    (definition.ok ? definition.value.service(service) : null)?.[method] ?? {};
  if (path === undefined || !requestSerialize || !responseDeserialize) throw new Error(`no ${method}`);
  const read = (bytes: Buffer): Message => ({ ...responseDeserialize(bytes) });
  return new Promise((resolve) => {
    const received: Message[] = [];
    const end = (error: ServiceError | null, message?: Message): void => {
      if (message) received.push(message);
      client.close();
      resolve({ messages: received, code: error?.code ?? 0 });
    };
    const metadata = new Metadata();
    if (id !== undefined) metadata.set('x-crosstalk-request', id);
    const first = messages[0] ?? {};
    if (responseStream) {
      const stream = client.makeServerStreamRequest(path, requestSerialize, read, first, metadata);
      stream.on('data', (message: Message) => received.push(message));
      stream.on('error', (error: ServiceError) => end(error));
      stream.on('end', () => end(null));
    } else if (requestStream) {
      const stream = client.makeClientStreamRequest(path, requestSerialize, read, metadata, end);
      for (const message of messages) stream.write(message);
      stream.end();
    } else client.makeUnaryRequest(path, requestSerialize, read, first, metadata, end);
  });
}

const stt = 'june.stt.SpeechToText';
const tts = 'june.tts.TextToSpeech';
const llm = 'june.llm.LanguageModel';
const chunk = Buffer.alloc(3200, 1);

test('speech to text counts the audio it was sent, at once or in a stream', async () => {
  const services = await start();
  const whole = await call(services, stt, 'Recognize', [{ audio_content: Buffer.alloc(32_000) }]);
  expect(whole).toMatchObject({ code: 0, messages: [{ audio_ms: 1000, chunks: 1 }] });
  const stream = [{ config: { sample_rate: 8000 } }, { audio_content: chunk }, { audio_content: chunk }];
  expect(await call(services, stt, 'StreamingRecognize', stream, 'mine')).toMatchObject({
    code: 0,
    messages: [{ audio_ms: 400, chunks: 2 }],
  });
  expect(services.requests.at(-1)).toMatchObject({
    id: 'mine',
    method: 'grpc',
    path: `/${stt}/StreamingRecognize`,
    status: 0,
    fault: null,
  });
  const { receivedNs, endNs } = services.requests.at(-1) ?? {};
  expect(BigInt(endNs ?? 0) - BigInt(receivedNs ?? 0)).toBeGreaterThanOrEqual(5_000_000n);
});

test('text to speech speaks as long as the text would take, at the rate that is asked for', async () => {
  const services = await start();
  const text = 'twenty characters ok';
  const whole = await call(services, tts, 'Synthesize', [{ text }]);
  expect(whole.messages).toMatchObject([{ sample_rate: 16_000, audio_ms: 1300 }]);
  const streamed = await call(services, tts, 'StreamSynthesize', [{ text, sample_rate: 24_000 }]);
  const pieces = streamed.messages.map(({ audio_content: audio }) => audio as Buffer);
  expect(pieces.map(({ length }) => length)).toEqual(Array.from({ length: 13 }, () => 4800));
  expect(Buffer.concat(pieces).some((byte) => byte !== 0)).toBe(true);
  expect(services.requests.at(-1)?.firstTokenNs).not.toBeNull();
  expect((await call(services, tts, 'StreamSynthesize', [{ text: ' ' }])).code).toBe(3);
  expect((await call(services, tts, 'Synthesize', [{ text, sample_rate: 11_025 }])).code).toBe(3);
});

test('the language model answers at once or token by token, with no more than is asked for', async () => {
  const services = await start();
  const whole = await call(services, llm, 'Generate', [{ prompt: 'Hello' }]);
  expect(whole.messages).toMatchObject([{ tokens: 6 }]);
  const few = await call(services, llm, 'Chat', [{ messages: [], max_tokens: 3 }]);
  expect(few.messages).toHaveLength(3);
});

test.each([
  [429, 8],
  [500, 13],
  [503, 14],
] as const)('an error with status %d is gRPC status %d', async (status, code) => {
  const services = await start({ faults: { error: 1, error_status: status } });
  for (const [service, method] of [
    [llm, 'Generate'],
    [llm, 'Chat'],
    [stt, 'StreamingRecognize'],
  ] as const)
    expect((await call(services, service, method, [{}])).code).toBe(code);
  expect(services.requests.map(({ status: was, fault }) => [was, fault])).toEqual([
    [code, 'error'],
    [code, 'error'],
    [code, 'error'],
  ]);
});

test('messages that cannot be read, and connections that are cut in the middle', async () => {
  const garbage = await start({ faults: { garbage: 1 } });
  expect((await call(garbage, llm, 'Generate', [{}])).code).toBe(13);
  expect((await call(garbage, tts, 'StreamSynthesize', [{ text: 'Hello' }])).code).toBe(13);
  const reset = await start({ faults: { reset: 1 } });
  const { code, messages } = await call(reset, llm, 'Chat', [{}]);
  expect([code, messages.length]).toEqual([14, 3]);
  expect((await call(reset, llm, 'Generate', [{}])).code).toBe(14);
  await vi.waitFor(() => expect(reset.requests.map(({ status }) => status)).toEqual([null, null]));
  expect(reset.requests.every(({ fault }) => fault === 'reset')).toBe(true);
});

test('it tells what it offers', async () => {
  const services = await start();
  const client = new Client(services.grpc, credentials.createInsecure());
  // `list_services: "*"`, field 7 of a ServerReflectionRequest; names are text within the answer.
  const stream = client.makeBidiStreamRequest(
    '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
    (message: Buffer) => message,
    (bytes) => bytes,
  );
  const answer = new Promise<string>((resolve) =>
    stream.once('data', (bytes: Buffer) => resolve(bytes.toString('latin1'))),
  );
  const ended = once(stream, 'end');
  stream.write(Buffer.from([0x3a, 1, 0x2a]));
  stream.end();
  const text = await answer;
  await ended;
  client.close();
  for (const name of [stt, tts, llm]) expect(text).toContain(name);
});

test('a description that cannot be read keeps the agent from starting', async () => {
  const started = await startPracticeServer({
    config: PracticeConfig.parse({}),
    port: 0,
    sink: true,
    audioFolder: null,
    protoFile: `${protoFile}.gone`,
    log: { write: () => undefined, close: () => Promise.resolve() },
  });
  expect(started).toMatchObject({ ok: false, error: { code: 'proto' } });
  expect(started.ok ? '' : started.error.message).toContain('june.proto.gone');
});
