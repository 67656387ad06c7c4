/**
 * Azure Communication Services bidirectional media streaming, seen from the caller's side (the carrier dials the agent).
 * Wire format: MicrosoftDocs/azure-docs, call-automation audio-streaming quickstart; both dialects found in the
 * field are read (keys in any case, `AudioData` or `audioData`, compact or spaced JSON), and the envelopes of
 * Azure-Samples/art-voice-agent-accelerator (status, tool_start, tool_end, session_end).
 */
import { base64Bytes, base64IsSpeech, firstAudibleMs } from './audioLevel.ts';
import type {
  AdapterAudio,
  CreateAdapter,
  EncodedFrame,
  IncomingAudio,
  IncomingMessage,
  Outgoing,
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

function text(json: string): Outgoing {
  return { bytes: Buffer.from(json, 'utf8'), binary: false };
}

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

function audioOf(data: Buffer, from: number, length: number, audio: AdapterAudio): IncomingAudio | null {
  const bytes = base64Bytes(data, from, length);
  const samples = Math.floor(bytes / 2);
  if (samples <= 0) return null;
  return {
    bytes,
    durationMs: (samples / audio.sampleRate) * 1000,
    speech: base64IsSpeech(data, from, length, audio.audibleLevel),
    firstAudibleMs: () =>
      firstAudibleMs(
        Buffer.from(data.toString('latin1', from, from + length), 'base64'),
        audio.sampleRate,
        audio.audibleLevel,
      ),
  };
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

export const createAcsAdapter: CreateAdapter = (audio, markers) => {
  const mark = createMarkers(markers);
  let stampMs = Number.NaN;
  let stamp = Buffer.alloc(timestampWidth);

  function readAudio(data: Buffer): IncomingMessage | null {
    const head = data.toString('latin1', 0, Math.min(headBytes, data.length));
    if (!audioHead.test(head)) return null;
    const key = dataKey.exec(head);
    if (!key) return null;
    const from = key.index + key[0].length;
    const to = data.indexOf(quote, from);
    // An escaped slash or plus would shift the samples: such a message is read whole.
    const escaped = data.indexOf(backslash, from);
    if (to < 0 || (escaped >= 0 && escaped < to)) return null;
    const found = audioOf(data, from, to - from, audio);
    return found ? { class: 'audio', kind: 'AudioData', audio: found } : other('AudioData (empty)');
  }

  return {
    encode(samples): EncodedFrame {
      const base64 = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64');
      const json = `${beforeTimestamp}${' '.repeat(timestampWidth)}${beforeParticipant}${'0'.repeat(participantDigits)}","data":"${base64}","silent":false}}`;
      return {
        // Memory of its own, which is aligned: the transport masks it word by word.
        bytes: Buffer.from(new Uint8Array(Buffer.from(json, 'latin1')).buffer),
        slots: [timestampAt, participantAt],
      };
    },
    session({ callId, vu }) {
      const participant = vu % 10 ** participantDigits;
      return {
        handshake: () => ({
          headers: {
            'x-ms-call-connection-id': callId,
            'x-ms-call-correlation-id': callId,
            'x-session-id': callId,
          },
          subprotocols: [],
        }),
        setup: () => [
          text(
            JSON.stringify({
              kind: 'AudioMetadata',
              audioMetadata: {
                subscriptionId: callId,
                encoding: 'PCM',
                sampleRate: audio.sampleRate,
                channels: 1,
                length: Math.round((audio.sampleRate * audio.frameMs) / 1000) * 2,
              },
            }),
          ),
        ],
        frame(encoded, epochMs) {
          const whole = Math.floor(epochMs);
          if (whole !== stampMs) {
            stampMs = whole;
            stamp = Buffer.from(new Date(whole).toISOString(), 'latin1');
          }
          const { bytes } = encoded;
          // Byte by byte, from as little memory as possible: with hundreds of calls what counts is what is not in the cache.
          for (let i = 0; i < timestampWidth; i++) bytes[timestampAt + i] = stamp[i] ?? 0;
          for (let i = participantDigits - 1, rest = participant; i >= 0; i--) {
            const tens = Math.floor(rest / 10);
            bytes[participantAt + i] = digitZero + rest - tens * 10;
            rest = tens;
          }
          return { bytes, binary: false };
        },
        receive(data, binary) {
          if (binary) return [other('(binary)')];
          const fast = readAudio(data);
          if (fast) return [fast];
          let json: unknown;
          try {
            json = JSON.parse(data.toString('utf8'));
          } catch {
            return [other('(not JSON)')];
          }
          return [isObject(json) ? mark(classify(json, audio)) : other('(no object)')];
        },
        farewell: () => [],
      };
    },
  };
};
