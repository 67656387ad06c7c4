/** An answer, or what became of a request without one: the same whether it went over HTTP or gRPC. */
import type { HttpOutcome } from '../http/exchange.ts';
import type { RpcOutcome } from '../grpc/rpc.ts';
import { asText } from './templates.ts';

interface Tokens {
  firstAt: number;
  lastAt: number;
  count: number;
}

/** Stamps are ms. */
export interface Answer {
  readonly sentAt: number | null;
  readonly firstAt: number | null;
  readonly endedAt: number;
  readonly status: number | null;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly connection: { dns: number; tcp: number; tls: number } | null;
  readonly tokens: Tokens | null;
  readonly firstAudioAt: number | null;
  readonly audioEndedAt: number | null;
  /** Why there is no answer, or not all of it: a word and a sentence; null: it is there, whatever it says. */
  readonly failure: { kind: string; message: string } | null;
  /** A header, or metadata; null: it is not there. */
  header(name: string): string | null;
  /** The value of a cookie that it sets; null: it sets none of this name. */
  cookie(name: string): string | null;
  text(): string;
  /** undefined: it is no JSON. */
  json(): unknown;
}

export class HttpAnswer implements Answer {
  readonly outcome: HttpOutcome;
  readonly failure: Answer['failure'];
  readonly firstAudioAt = null;
  readonly audioEndedAt = null;
  #text: string | null = null;
  #json: { value: unknown } | null = null;

  /** `needsBody`: whether a body that is too large is missed. */
  constructor(outcome: HttpOutcome, needsBody: boolean) {
    this.outcome = outcome;
    const { failure } = outcome;
    this.failure = failure?.kind === 'body_too_large' && !needsBody ? null : failure;
  }

  get sentAt(): number | null {
    return this.outcome.sentAt;
  }
  get firstAt(): number | null {
    return this.outcome.firstByteAt;
  }
  get endedAt(): number {
    return this.outcome.endedAt;
  }
  get status(): number | null {
    return this.outcome.status;
  }
  get bytesSent(): number {
    return this.outcome.bytesSent;
  }
  get bytesReceived(): number {
    return this.outcome.bytesReceived;
  }
  get connection(): Answer['connection'] {
    return this.outcome.connection;
  }
  get tokens(): Tokens | null {
    return this.outcome.tokens;
  }

  header(name: string): string | null {
    const value = this.outcome.headers[name.toLowerCase()];
    return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value;
  }

  cookie(name: string): string | null {
    const set = this.outcome.headers['set-cookie'];
    for (const line of set === undefined ? [] : Array.isArray(set) ? set : [set]) {
      const [pair = ''] = line.split(';', 1);
      const at = pair.indexOf('=');
      if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
    }
    return null;
  }

  text(): string {
    this.#text ??= this.outcome.body?.toString('utf8') ?? '';
    return this.#text;
  }

  json(): unknown {
    this.#json ??= { value: parsed(this.text()) };
    return this.#json.value;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export class RpcAnswer implements Answer {
  readonly outcome: RpcOutcome;
  readonly connection = null;

  constructor(outcome: RpcOutcome) {
    this.outcome = outcome;
  }

  get sentAt(): number | null {
    return this.outcome.sentAt;
  }
  get firstAt(): number | null {
    return this.outcome.firstMessageAt;
  }
  get endedAt(): number {
    return this.outcome.endedAt;
  }
  get status(): number | null {
    return this.outcome.status;
  }
  get bytesSent(): number {
    return this.outcome.bytesSent;
  }
  get bytesReceived(): number {
    return this.outcome.bytesReceived;
  }
  get tokens(): Tokens | null {
    return this.outcome.tokens;
  }
  get firstAudioAt(): number | null {
    return this.outcome.firstAudioAt;
  }
  get audioEndedAt(): number | null {
    return this.outcome.audioEndedAt;
  }
  /** A status says by itself what it is. */
  get failure(): Answer['failure'] {
    return this.outcome.status === null ? this.outcome.failure : null;
  }

  header(name: string): string | null {
    return this.outcome.metadata[name.toLowerCase()] ?? null;
  }

  cookie(): string | null {
    return null;
  }

  text(): string {
    return this.outcome.message === null ? '' : asText(this.outcome.message);
  }

  json(): unknown {
    return this.outcome.message ?? undefined;
  }
}
