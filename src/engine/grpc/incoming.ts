/** What comes back on a call: its messages are counted and stamped, and read as far as somebody asks for them. */
import { valuesAt } from './fields.ts';
import { base64, jsonOf, shortBytes } from './messageJson.ts';
import type { CallableMethod } from './methods.ts';
import type { RpcOutcome, RpcRequest } from './rpc.ts';
import type { ServiceTypes } from './serviceTypes.ts';

/** Of a stream at most so many messages are kept, each so long. */
export const mostKept = 200;
export const longestText = 16_384;

export class Incoming {
  readonly #types: ServiceTypes;
  readonly #method: CallableMethod;
  readonly #audio: string[] | null;
  readonly #token: string[] | null;
  readonly #keeps: boolean;
  #last: { bytes: Buffer; value: unknown; read: boolean } | null = null;
  count = 0;
  bytes = 0;
  firstAt: number | null = null;
  firstAudioAt: number | null = null;
  audioBytes = 0;
  tokens: RpcOutcome['tokens'] = null;

  /** Throws a `MessageMismatch` when a field that is to be watched is not there. */
  constructor(types: ServiceTypes, method: CallableMethod, request: RpcRequest) {
    this.#types = types;
    this.#method = method;
    this.#audio = request.firstAudio === null ? null : method.responseField(request.firstAudio);
    this.#token = request.token === null ? null : method.responseField(request.token);
    this.#keeps = request.wantsDetail;
  }

  /** Throws when the bytes are no such message and somebody needs to read them. */
  add(bytes: Buffer, at: number, kept: RpcOutcome['messages']): void {
    this.count++;
    this.bytes += bytes.length;
    this.firstAt ??= at;
    const last = { bytes, value: null as unknown, read: false };
    this.#last = last;
    if (this.#audio === null && this.#token === null && !this.#keeps) return;
    last.value = this.#method.decode(bytes);
    last.read = true;
    if (this.#audio !== null) this.#hear(valuesAt(last.value, this.#audio), at);
    if (this.#token !== null) this.#readToken(valuesAt(last.value, this.#token), at);
    if (this.#keeps && kept.length < mostKept)
      kept.push({
        at,
        direction: 'received',
        text: JSON.stringify(jsonOf(this.#types, this.#method.type.response, last.value, shortBytes)).slice(
          0,
          longestText,
        ),
        bytes: bytes.length,
      });
  }

  #hear(values: unknown[], at: number): void {
    for (const value of values) {
      if (!(value instanceof Uint8Array) || value.length === 0) continue;
      this.firstAudioAt ??= at;
      this.audioBytes += value.length;
    }
  }

  #readToken(values: unknown[], at: number): void {
    if (!values.some((value) => value !== '' && value !== false)) return;
    this.tokens ??= { firstAt: at, lastAt: at, count: 0 };
    this.tokens.lastAt = at;
    this.tokens.count++;
  }

  /** The last message as JSON; null: none came, or it cannot be read. */
  lastMessage(): unknown {
    const last = this.#last;
    if (last === null) return null;
    try {
      if (!last.read) last.value = this.#method.decode(last.bytes);
      last.read = true;
      return jsonOf(this.#types, this.#method.type.response, last.value, base64);
    } catch {
      return null;
    }
  }

  /** Why the last message cannot be read; null: it can, or none came. */
  problem(): string | null {
    const last = this.#last;
    if (last === null || last.read) return null;
    try {
      last.value = this.#method.decode(last.bytes);
      last.read = true;
      return null;
    } catch (thrown) {
      return notRead(this.#method, thrown);
    }
  }
}

/** A sentence about an answer that is not what its descriptor says. */
export function notRead({ type }: CallableMethod, thrown: unknown): string {
  return `The answer is no ${type.response}: ${thrown instanceof Error ? thrown.message : String(thrown)}.`;
}
