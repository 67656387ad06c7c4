/** One HTTP request and its answer, between the journey that makes it and the client that carries it. Stamps and durations are ms. */
import type { PlanStream } from '../requestPlan.ts';

/** Everything filled in. */
export interface HttpRequest {
  /** `GET` … */
  method: string;
  /** Whole address. */
  url: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Buffer | Uint8Array | null;
  /** The answer comes piece by piece: tokens are told apart. */
  stream: PlanStream | null;
  redirects: number;
  /** From `send` to the end of the answer, redirects included. */
  timeoutMs: number;
  /** Whether the answer's body is wanted; else it is counted and dropped as it comes. */
  wantsBody: boolean;
  /** Whether it fails without its whole body: more of one that is too large is not read. */
  needsBody?: boolean;
  /** Whether events of a stream and heads are wanted for keeping. */
  wantsDetail: boolean;
  /** Cookies for an address, as the header has them, and what an answer sets; null: none are kept. */
  cookies: { for(url: string): string; set(url: string, setCookie: readonly string[]): void } | null;
}

export interface HttpFailure {
  /** `dns`, `refused`, `unreachable`, `connect_timeout`, `tls`, `reset`, `request_timeout`, `body_too_large`, `protocol`, `redirects`, `invalid_request`, `aborted`; of a proxy with `proxy_` before. */
  kind: string;
  /** A sentence. */
  message: string;
}

/** How it went. Of redirects: `sentAt`, `firstByteAt` and `connection` are of the first request, bytes of all, the rest is of the last. */
export interface HttpOutcome {
  /** When its first byte was handed to the socket; null: it never was. */
  sentAt: number | null;
  /** When the first byte of the answer was read. */
  firstByteAt: number | null;
  endedAt: number;
  status: number | null;
  httpVersion: string | null;
  /** Names in lower case; one that came several times holds all values. */
  headers: Record<string, string | string[]>;
  /** As far as it was wanted, decoded from its content encoding. */
  body: Buffer | null;
  /** On the wire, heads included as far as they are known. */
  bytesSent: number;
  bytesReceived: number;
  /** What opening a connection took, when one was opened for it; 0 for parts that were not needed. */
  connection: { dns: number; tcp: number; tls: number } | null;
  /** Of a stream. */
  tokens: { firstAt: number; lastAt: number; count: number } | null;
  messages: { at: number; text: string; bytes: number }[];
  redirected: number;
  /** null: an answer came, whatever its status. */
  failure: HttpFailure | null;
}

/** The connections of one user, or those that users share. */
export interface HttpSession {
  /** `done` is called exactly once, never before `send` has returned. The answer gives it up. */
  send(request: HttpRequest, done: (outcome: HttpOutcome) => void): () => void;
  /** Closes its connections; what goes on ends as `aborted`. */
  close(): void;
}

/** All connections of one thread to the targets of one users entry. */
export interface HttpClient {
  /** A user's own connections, or its share of those that are shared. */
  session(): HttpSession;
  close(): void;
}
