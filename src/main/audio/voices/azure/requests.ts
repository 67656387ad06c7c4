/**
 * The SDK hands out neither the HTTP answer to a refused call (whose Retry-After matters) nor the socket of one that
 * never answers (which would keep the program alive). Node's own diagnostics tell of every request; those of an attempt
 * are known by the asynchronous context they were made in.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';

/** The requests of one attempt. */
export class AttemptRequests {
  readonly #requests = new Set<ClientRequest>();
  readonly #sockets = new Set<Socket>();
  #ended = false;
  /** What the last refusal said about when to come again; null: nothing. */
  retryAfterMs: number | null = null;

  /** Runs `work` so that what it asks for over the network is seen here. */
  run<T>(work: () => T): T {
    listen();
    return current.run(this, work);
  }

  /** Whatever is begun from now on comes to nothing: the SDK connects again by itself, with nothing to say. */
  refuseMore(): void {
    this.#ended = true;
  }

  /** Ends what is still open, without a goodbye. */
  destroy(): void {
    this.refuseMore();
    for (const request of this.#requests) request.destroy();
    for (const socket of this.#sockets) socket.destroy();
    this.#requests.clear();
    this.#sockets.clear();
  }

  watch(request: ClientRequest): void {
    if (this.#ended) {
      // Whoever made it has yet to listen for its errors.
      process.nextTick(() => request.destroy());
      return;
    }
    this.#requests.add(request);
    request.once('socket', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    request.once('close', () => this.#requests.delete(request));
    request.prependListener('response', (response) => {
      this.retryAfterMs = retryAfterMs(response.headers['retry-after'], Date.now());
      // From its end on the connection is its agent's again, and may be somebody else's.
      response.once('end', () => this.#sockets.delete(response.socket));
    });
  }
}

const current = new AsyncLocalStorage<AttemptRequests>();
let listening = false;

function listen(): void {
  if (listening) return;
  listening = true;
  subscribe('http.client.request.created', (message) => {
    if (typeof message !== 'object' || message === null || !('request' in message)) return;
    if (message.request instanceof ClientRequest) current.getStore()?.watch(message.request);
  });
}

/** A Retry-After header in ms from now: seconds, or a date. Null when there is none or it cannot be understood. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const value = header.trim();
  if (/^\d{1,6}(?:\.\d+)?$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) || /^-?\d/.test(value) ? null : Math.max(0, at - now);
}
