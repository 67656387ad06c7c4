/** What a call sends, in order, and when each message is due. */
import type { MethodType } from './serviceTypes.ts';
import { encodedBytes } from './fields.ts';
import { MessageMismatch } from './messageJson.ts';
import type { CallableMethod } from './methods.ts';
import type { RpcRequest } from './rpc.ts';

export interface OutgoingMessage {
  /** ms after `since`: the first message, or the first chunk of audio; null: once the one before has gone. */
  after: number | null;
  since: 'start' | 'audio';
  bytes: Buffer;
  /** Whether it carries audio. */
  audio: boolean;
  /** What is kept of it. */
  text: () => string;
}

const sampleBytes = 2;

/** Whether a call of this method sends one message only. */
export function sendsOne({ kind }: MethodType): boolean {
  return kind === 'unary' || kind === 'server_stream';
}

/** Messages as they are asked for. */
export interface Outgoing {
  /** How many there are altogether. */
  readonly count: number;
  /** null: there are no more. */
  next(): OutgoingMessage | null;
}

/**
 * The messages of a call: a unary call and a server stream send the first one with all of the audio in it, the others all
 * of them, then the audio chunk by chunk. Everything is encoded before the call begins, so that a message that does not fit
 * costs no call; chunks are made as they are due. Throws a `MessageMismatch`.
 */
export function outgoing(method: CallableMethod, request: RpcRequest): Outgoing {
  const { messages, audio } = request;
  if (sendsOne(method.type)) return counted(1, [wholeMessage(method, request)]);
  const encoded = messages.map((message) => ({ message, bytes: method.encode(message) }));
  const first = encoded.map(({ message, bytes }, i): OutgoingMessage => ({
    after: i * request.messageIntervalMs,
    since: 'start',
    bytes,
    audio: false,
    text: () => JSON.stringify(message ?? {}),
  }));
  if (audio === null) return counted(first.length, first);
  const fields = method.requestField(audio.field);
  mustCarryBytes(fields.at(-1)?.type, audio.field, method.type.request);
  const around = method.encode(audio.message ?? {});
  const samples = Buffer.from(audio.samples);
  const size = chunkBytes(audio.sampleRate, audio.chunkMs);
  const chunks = Math.ceil(samples.length / size);
  function* all(): Generator<OutgoingMessage, undefined> {
    yield* first;
    for (let i = 0; i < chunks; i++) {
      const bytes = samples.subarray(i * size, (i + 1) * size);
      yield {
        after: audio?.realTime === true ? i * audio.chunkMs : null,
        since: 'audio',
        bytes: Buffer.concat([around, encodedBytes(fields, bytes)]),
        audio: true,
        text: () => JSON.stringify({ [audio?.field ?? '']: `(${bytes.length} bytes)` }),
      };
    }
    return undefined;
  }
  return counted(first.length + chunks, all());
}

/** Bytes of the audio of one message: whole samples, at least one. */
export function chunkBytes(sampleRate: number, chunkMs: number): number {
  return Math.max(1, Math.round((sampleRate * chunkMs) / 1000)) * sampleBytes;
}

function wholeMessage(method: CallableMethod, { messages, audio }: RpcRequest): OutgoingMessage {
  const message = messages[0] ?? {};
  const parts = [method.encode(message)];
  if (audio !== null) {
    const fields = method.requestField(audio.field);
    mustCarryBytes(fields.at(-1)?.type, audio.field, method.type.request);
    parts.push(method.encode(audio.message ?? {}), encodedBytes(fields, Buffer.from(audio.samples)));
  }
  const bytes = Buffer.concat(parts);
  const shown = audio === null ? {} : { [audio.field]: `(${audio.samples.byteLength} bytes)` };
  return {
    after: 0,
    since: 'start',
    bytes,
    audio: audio !== null,
    text: () => JSON.stringify(typeof message === 'object' ? { ...message, ...shown } : message),
  };
}

function mustCarryBytes(type: string | undefined, path: string, message: string): void {
  if (type !== 'TYPE_BYTES')
    throw new MessageMismatch(`${path} of ${message} carries no bytes, so it cannot take audio.`);
}

function counted(count: number, items: Iterable<OutgoingMessage>): Outgoing {
  const iterator = items[Symbol.iterator]();
  return {
    count,
    next: () => {
      const next = iterator.next();
      return next.done ? null : next.value;
    },
  };
}
