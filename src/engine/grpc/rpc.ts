/** One remote procedure call, between the journey that makes it and the client that carries it. Stamps and durations are ms. */
import type { PlanRpcAudio } from '../requestPlan.ts';

/** Everything filled in. */
export interface RpcRequest {
  /** `package.Service/Method`. */
  rpc: string;
  /** Messages as JSON, in order; a unary call and a server stream send the first one. */
  messages: unknown[];
  messageIntervalMs: number;
  /** Streamed after the messages. */
  audio: PlanRpcAudio | null;
  firstAudio: string | null;
  token: string | null;
  metadata: Record<string, string>;
  deadlineMs: number;
  /** Whether the messages of the answer are wanted for keeping. */
  wantsDetail: boolean;
}

export interface RpcOutcome {
  /** When its first message was handed to the connection; null: it never was. */
  sentAt: number | null;
  /** When the first message (or the status, when there is none) came. */
  firstMessageAt: number | null;
  endedAt: number;
  /** gRPC status code (`grpcStatuses`); null: there was none. */
  status: number | null;
  details: string;
  /** The last message as JSON; null: none came. */
  message: unknown;
  responses: number;
  metadata: Record<string, string>;
  bytesSent: number;
  bytesReceived: number;
  /** When the last chunk of audio was sent. */
  audioEndedAt: number | null;
  firstAudioAt: number | null;
  /** Bytes in the `firstAudio` field of all responses. */
  audioBytes: number;
  tokens: { firstAt: number; lastAt: number; count: number } | null;
  messages: { at: number; direction: 'sent' | 'received'; text: string; bytes: number }[];
  /** Why there is no status, or what it means: a short word and a sentence; null: status OK. */
  failure: { kind: string; message: string } | null;
}

/** A user's connection, or its share of those that are shared. */
export interface RpcSession {
  /** `done` is called exactly once, never before `call` has returned. The answer gives it up. */
  call(request: RpcRequest, done: (outcome: RpcOutcome) => void): () => void;
  close(): void;
}

/** All connections of one thread to the target of one users entry. */
export interface RpcClient {
  session(): RpcSession;
  close(): void;
}
