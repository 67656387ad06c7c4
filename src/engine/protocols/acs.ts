/**
 * Azure Communication Services bidirectional media streaming, seen from the caller's side (the carrier dials the agent).
 * Wire format: MicrosoftDocs/azure-docs, call-automation audio-streaming quickstart; both dialects found in the
 * field are read (keys in any case, `AudioData` or `audioData`, compact or spaced JSON), and the envelopes of
 * Azure-Samples/art-voice-agent-accelerator (status, tool_start, tool_end, session_end).
 */
import { base64Bytes, base64IsSpeech, firstAudibleMs } from './audioLevel.ts';
import type {
  AdapterAudio,
  CallIdentity,
  CreateAdapter,
  EncodedFrame,
  IncomingAudio,
  IncomingMessage,
  MarkerWords,
  Outgoing,
  ProtocolAdapter,
  ProtocolSession,
} from './adapter.ts';
import { createMarkers } from './markers.ts';

const timestampWidth = '2026-01-01T00:00:00.000Z'.length;
const participantDigits = 8;
const participantPrefix = '8:acs:caller-';
const beforeTimestamp = '{"kind":"AudioData","audioData":{"timestamp":"';
const beforeParticipant = `","participantRawID":"${participantPrefix}`;
const timestampAt = beforeTimestamp.length;
const participantAt = timestampAt + timestampWidth + beforeParticipant.length;
const digitZero = 0x30;
const quote = 0x22;
const backslash = 0x5c;
/** Far enough to reach the payload whatever comes before it; audio itself is never searched. */
const headBytes = 320;
const audioHead = /^\s*\{\s*"kind"\s*:\s*"audiodata"/i;
const dataKey = /"data"\s*:\s*"/i;

type JsonObject = Record<string, unknown>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member by name in any case. */
function member(object: JsonObject, name: string): unknown {
  if (name in object) return object[name];
  const lower = name.toLowerCase();
  for (const key of Object.keys(object)) if (key.toLowerCase() === lower) return object[key];
  return undefined;
}

function textMember(object: JsonObject, name: string): string | undefined {
  const value = member(object, name);
  return typeof value === 'string' ? value : undefined;
}

function other(kind: string, words?: string): IncomingMessage {
  return words === undefined ? { class: 'other', kind } : { class: 'other', kind, text: words };
}

/** Base64 audio where it lies in a message. */
class Base64Audio implements IncomingAudio {
  readonly bytes: number;
  readonly durationMs: number;
  readonly speech: boolean;
  readonly #data: Buffer;
  readonly #from: number;
  readonly #length: number;
  readonly #audio: AdapterAudio;

  constructor(bytes: number, data: Buffer, from: number, length: number, audio: AdapterAudio) {
    this.bytes = bytes;
    this.durationMs = (Math.floor(bytes / 2) / audio.sampleRate) * 1000;
    this.speech = base64IsSpeech(data, from, length, audio.audibleLevel);
    this.#data = data;
    this.#from = from;
    this.#length = length;
    this.#audio = audio;
  }

  firstAudibleMs(): number {
    const { sampleRate, audibleLevel } = this.#audio;
    return firstAudibleMs(Buffer.from(this.#base64, 'base64'), sampleRate, audibleLevel);
  }

  decodeInto(target: Buffer): number {
    return target.write(this.#base64, 0, target.length, 'base64');
  }

  get #base64(): string {
    return this.#data.toString('latin1', this.#from, this.#from + this.#length);
  }
}

function audioOf(data: Buffer, from: number, length: number, audio: AdapterAudio): IncomingAudio | null {
  const bytes = base64Bytes(data, from, length);
  return bytes < 2 ? null : new Base64Audio(bytes, data, from, length, audio);
}

/** Envelopes and everything else that is not the fast path's audio. */
function classify(json: JsonObject, audio: AdapterAudio): IncomingMessage {
  const kind = textMember(json, 'kind');
  if (kind !== undefined) {
    switch (kind.toLowerCase()) {
      case 'audiodata': {
        const body = member(json, 'audioData');
        const base64 = isObject(body) ? textMember(body, 'data') : undefined;
        const bytes = Buffer.from(base64 ?? '', 'latin1');
        const found = audioOf(bytes, 0, bytes.length, audio);
        return found ? { class: 'audio', kind: 'AudioData', audio: found } : other('AudioData (empty)');
      }
      case 'stopaudio':
        return { class: 'stop', kind: 'StopAudio' };
      case 'textdata': {
        const body = member(json, 'textData');
        const words = isObject(body) ? (textMember(body, 'text') ?? '') : '';
        const role = isObject(body) ? textMember(body, 'role') : undefined;
        return {
          class: role?.toLowerCase() === 'user' ? 'user_transcript' : 'agent_text',
          kind: 'TextData',
          text: words,
        };
      }
      case 'errordata': {
        const body = member(json, 'errorData');
        const words = isObject(body) ? (textMember(body, 'message') ?? textMember(body, 'code') ?? '') : '';
        return { class: 'error', kind: 'ErrorData', text: words };
      }
      case 'markaudio':
      case 'markdata':
        return { class: 'mark', kind };
      default:
        return other(kind);
    }
  }
  const type = textMember(json, 'type');
  if (type === undefined) return other('(no kind)');
  const payload = member(json, 'payload');
  const words =
    (isObject(payload) ? (textMember(payload, 'message') ?? textMember(payload, 'content')) : undefined) ??
    textMember(json, 'message') ??
    textMember(json, 'content');
  switch (type.toLowerCase()) {
    case 'status': {
      const sender =
        textMember(json, 'sender') ?? (isObject(payload) ? textMember(payload, 'sender') : undefined);
      return {
        class: sender?.toLowerCase() === 'user' ? 'user_transcript' : 'agent_text',
        kind: 'status',
        text: words ?? '',
      };
    }
    case 'assistant':
    case 'assistant_streaming':
    case 'assistant_final':
      return { class: 'agent_text', kind: type, text: words ?? '' };
    case 'tool_start':
      return { class: 'tool_start', kind: type, text: textMember(json, 'tool') ?? '' };
    case 'tool_end':
      return { class: 'tool_end', kind: type, text: textMember(json, 'tool') ?? '' };
    case 'session_end':
      return { class: 'session_end', kind: type, text: textMember(json, 'reason') ?? '' };
    case 'error':
      return { class: 'error', kind: type, text: words ?? '' };
    default:
      return other(type, words);
  }
}

class AcsAdapter implements ProtocolAdapter {
  readonly audioKind = 'AudioData';
  readonly #audio: AdapterAudio;
  readonly #mark: (message: IncomingMessage) => IncomingMessage;
  #stampMs = Number.NaN;
  #stamp = Buffer.alloc(timestampWidth);

  constructor(audio: AdapterAudio, markers: MarkerWords) {
    this.#audio = audio;
    this.#mark = createMarkers(markers);
  }

  encode(samples: Int16Array): EncodedFrame {
    const base64 = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64');
    const json = `${beforeTimestamp}${' '.repeat(timestampWidth)}${beforeParticipant}${'0'.repeat(participantDigits)}","data":"${base64}","silent":false}}`;
    return {
      // Memory of its own, which is aligned: the transport masks it word by word.
      bytes: Buffer.from(new Uint8Array(Buffer.from(json, 'latin1')).buffer),
    };
  }

  session(call: CallIdentity): ProtocolSession {
    return new AcsSession(call, this);
  }

  setUpMessage(callId: string): Outgoing {
    const { sampleRate, frameMs } = this.#audio;
    const kind = 'AudioMetadata';
    const json = JSON.stringify({
      kind,
      audioMetadata: {
        subscriptionId: callId,
        encoding: 'PCM',
        sampleRate,
        channels: 1,
        length: Math.round((sampleRate * frameMs) / 1000) * 2,
      },
    });
    return { bytes: Buffer.from(json, 'utf8'), binary: false, kind };
  }

  /** Writes the time into a frame; it is put into words once a millisecond. */
  writeTimestamp(bytes: Buffer, epochMs: number): void {
    const whole = Math.floor(epochMs);
    if (whole !== this.#stampMs) {
      this.#stampMs = whole;
      this.#stamp = Buffer.from(new Date(whole).toISOString(), 'latin1');
    }
    const stamp = this.#stamp;
    for (let i = 0; i < timestampWidth; i++) bytes[timestampAt + i] = stamp[i] ?? 0;
  }

  receive(data: Buffer, binary: boolean): IncomingMessage[] {
    if (binary) return [other('(binary)')];
    const fast = this.#readAudio(data);
    if (fast) return [fast];
    let json: unknown;
    try {
      json = JSON.parse(data.toString('utf8'));
    } catch {
      return [other('(not JSON)')];
    }
    return [isObject(json) ? this.#mark(classify(json, this.#audio)) : other('(no object)')];
  }

  #readAudio(data: Buffer): IncomingMessage | null {
    const head = data.toString('latin1', 0, Math.min(headBytes, data.length));
    if (!audioHead.test(head)) return null;
    const key = dataKey.exec(head);
    if (!key) return null;
    const from = key.index + key[0].length;
    const to = data.indexOf(quote, from);
    // An escaped slash or plus would shift the samples: such a message is read whole.
    const escaped = data.indexOf(backslash, from);
    if (to < 0 || (escaped >= 0 && escaped < to)) return null;
    const found = audioOf(data, from, to - from, this.#audio);
    return found ? { class: 'audio', kind: 'AudioData', audio: found } : other('AudioData (empty)');
  }
}

/** Small, because there is one for every call: with hundreds of them what costs is memory that is not in the cache. */
class AcsSession implements ProtocolSession {
  readonly #adapter: AcsAdapter;
  readonly #callId: string;
  readonly #participant: number;

  constructor({ callId, vu }: CallIdentity, adapter: AcsAdapter) {
    this.#adapter = adapter;
    this.#callId = callId;
    this.#participant = vu % 10 ** participantDigits;
  }

  handshake(): ReturnType<ProtocolSession['handshake']> {
    const callId = this.#callId;
    return {
      headers: {
        'x-ms-call-connection-id': callId,
        'x-ms-call-correlation-id': callId,
        'x-session-id': callId,
      },
      subprotocols: [],
    };
  }

  setup(): Outgoing[] {
    return [this.#adapter.setUpMessage(this.#callId)];
  }

  frame({ bytes }: EncodedFrame, epochMs: number): Outgoing {
    this.#adapter.writeTimestamp(bytes, epochMs);
    for (let i = participantDigits - 1, rest = this.#participant; i >= 0; i--) {
      const tens = Math.floor(rest / 10);
      bytes[participantAt + i] = digitZero + rest - tens * 10;
      rest = tens;
    }
    return { bytes, binary: false };
  }

  receive(data: Buffer, binary: boolean): IncomingMessage[] {
    return this.#adapter.receive(data, binary);
  }

  farewell(): Outgoing[] {
    return [];
  }
}

export const createAcsAdapter: CreateAdapter = (audio, markers) => new AcsAdapter(audio, markers);
