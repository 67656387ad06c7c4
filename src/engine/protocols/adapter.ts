/**
 * What a protocol must say about itself. The conversation's two state machines (microphone, ear) know no protocol:
 * they see frames to send and classified messages, nothing else. One file per protocol in this folder.
 */

export type MessageClass =
  | 'audio'
  | 'stop'
  | 'user_transcript'
  | 'agent_text'
  | 'tool_start'
  | 'tool_end'
  | 'response_start'
  | 'response_end'
  | 'mark'
  | 'session_end'
  | 'error'
  | 'other';

/** Audio inside a message. Times are milliseconds of audio. */
export interface IncomingAudio {
  durationMs: number;
  /** At or above `audible_level`; from a sub-sampled decode. */
  speech: boolean;
  /** Where in the frame the first audible sample lies; decodes the whole frame, so ask only when needed. */
  firstAudibleMs(): number;
  /** Bytes of PCM carried. */
  bytes: number;
  /** Writes the samples, 16-bit little-endian, to the beginning of `target`, as far as they fit; returns how many bytes. */
  decodeInto(target: Buffer): number;
}

/** Something to put on the wire. The bytes may be shared and patched again: the transport must have copied them when `send` returns. */
export interface Outgoing {
  bytes: Buffer;
  binary: boolean;
  /** The protocol's own word for it, for the message log; audio frames do without. */
  kind?: string;
}

export interface IncomingMessage {
  class: MessageClass;
  /** The protocol's own word for it, for counts and the message log. */
  kind: string;
  text?: string;
  audio?: IncomingAudio;
  /** Which response the message belongs to, where the protocol says so. */
  responseId?: string;
  /** For `response_end`. */
  ended?: 'completed' | 'cancelled';
  /** What must be answered: at once (pong) or when the audio received so far has been played (mark echo). */
  answer?: { when: 'now' | 'played'; message: Outgoing };
}

export interface AdapterAudio {
  sampleRate: number;
  frameMs: number;
  audibleLevel: number;
}

/** A frame encoded once and shared by every call of a worker. */
export interface EncodedFrame {
  bytes: Buffer;
}

export interface CallIdentity {
  callId: string;
  /** Number of the virtual user. */
  vu: number;
}

/** A call's own side of the protocol: sequence numbers, ids. */
export interface ProtocolSession {
  /** Headers of the upgrade and offered subprotocols. */
  handshake(): { headers: Record<string, string>; subprotocols: string[] };
  /** Sent as soon as the socket is open, in this order. */
  setup(): Outgoing[];
  /** The frame with this call's varying bytes patched in (timestamp, id, sequence). Valid until the next call of any session of this worker. */
  frame(encoded: EncodedFrame, epochMs: number): Outgoing;
  /**
   * Classifies one WebSocket message; several when it carries several things. Never throws: what cannot be read is
   * `other`. The data is the transport's again when the messages have been dealt with: keep nothing of it.
   */
  receive(data: Buffer, binary: boolean): IncomingMessage[];
  /** Sent before the socket is closed on purpose. */
  farewell(): Outgoing[];
}

/** One protocol in one worker. */
export interface ProtocolAdapter {
  /** The protocol's own word for an audio message, for the message log. */
  readonly audioKind: string;
  /** Frames of exactly `frameMs`; the caller pads the last one. */
  encode(samples: Int16Array): EncodedFrame;
  session(call: CallIdentity): ProtocolSession;
}

export interface MarkerWords {
  response: string[];
  end: string[];
}

export type CreateAdapter = (audio: AdapterAudio, markers: MarkerWords) => ProtocolAdapter;
