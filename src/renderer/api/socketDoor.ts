/**
 * The browser door: every call and event over one WebSocket to the host that served the page. It reconnects by itself;
 * calls that were on their way when the connection went are answered with an error, never silently repeated.
 */
import type { DoorTransport } from '#contract/api/client';
import type { AppError, Result } from '#contract/errors';
import { formatCall, parseServerMessage } from './messages.ts';

/** `connecting` until the first connection; `expired` when the host no longer knows this page. */
export type DoorState = 'connecting' | 'open' | 'lost' | 'expired';

/** What the door needs of a connection. */
export interface DoorSocket {
  send(text: string): void;
  close(): void;
}

/** What a connection tells the door. */
export interface DoorSocketEvents {
  opened(): void;
  received(text: string): void;
  closed(code: number): void;
}

export interface SocketDoorOptions {
  open: (events: DoorSocketEvents) => DoorSocket;
  /** Whether the host refuses this page (its session cookie is missing). */
  isExpired: () => Promise<boolean>;
  onState: (state: DoorState) => void;
  /** A message came that is neither an answer nor an event. */
  onUnreadable: (text: string) => void;
}

const firstRetryMs = 250;
const longestRetryMs = 5000;
const policyViolation = 1008;

/** Opens a browser's WebSocket and tells the door what becomes of it. */
export function openWebSocket(url: string, events: DoorSocketEvents): DoorSocket {
  const socket = new WebSocket(url);
  socket.addEventListener('open', () => events.opened());
  socket.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (typeof event.data === 'string') events.received(event.data);
  });
  socket.addEventListener('close', (event) => events.closed(event.code));
  return socket;
}

const lostError: AppError = {
  kind: 'unavailable',
  code: 'connection_lost',
  message: 'The connection to Crosstalk was lost before it answered. Try again once it is back.',
};
const expiredError: AppError = {
  kind: 'refused',
  code: 'session_expired',
  message: "This page's link has expired. Press Enter in the terminal that runs Crosstalk for a fresh one.",
};

interface PendingCall {
  text: string;
  sent: boolean;
  resolve: (result: Result<unknown>) => void;
}

/** Opens the door at once. `close` is for tests and for leaving the page. */
export class SocketDoor implements DoorTransport {
  readonly #options: SocketDoorOptions;
  readonly #pending = new Map<number, PendingCall>();
  readonly #listeners = new Map<string, Set<(payload: unknown) => void>>();
  #socket: DoorSocket | null = null;
  #state: DoorState = 'connecting';
  #lastId = 0;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(options: SocketDoorOptions) {
    this.#options = options;
    this.#connect();
  }

  invoke(channel: string, input: unknown): Promise<Result<unknown>> {
    if (this.#state === 'expired') return Promise.resolve({ ok: false, error: expiredError });
    if (this.#state === 'lost') return Promise.resolve({ ok: false, error: lostError });
    return new Promise((resolve) => {
      const id = ++this.#lastId;
      const call: PendingCall = { text: formatCall(id, channel, input), sent: false, resolve };
      this.#pending.set(id, call);
      this.#send(call);
    });
  }

  subscribe(channel: string, listener: (payload: unknown) => void): () => void {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Tries to connect now instead of at the end of the present pause. */
  retryNow(): void {
    if (this.#state !== 'lost' || this.#socket) return;
    clearTimeout(this.#retry);
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#socket?.close();
    this.#failPending(lostError);
  }

  #connect(): void {
    this.#socket = this.#options.open({
      opened: () => {
        this.#failures = 0;
        this.#setState('open');
        for (const call of this.#pending.values()) this.#send(call);
      },
      received: (text) => this.#receive(text),
      closed: (code) => {
        this.#socket = null;
        if (!this.#closed) void this.#lost(code);
      },
    });
  }

  async #lost(code: number): Promise<void> {
    const wasConnecting = this.#state === 'connecting';
    const expired = code === policyViolation || (await this.#options.isExpired());
    if (expired) {
      this.#failPending(expiredError);
      this.#setState('expired');
      return;
    }
    if (!wasConnecting || this.#failures > 0) {
      this.#setState('lost');
      this.#failPending(lostError);
    }
    const pause = Math.min(longestRetryMs, firstRetryMs * 2 ** this.#failures);
    this.#failures += 1;
    if (this.#closed) return;
    this.#retry = setTimeout(() => this.#connect(), pause);
  }

  #send(call: PendingCall): void {
    if (this.#state !== 'open' || call.sent || !this.#socket) return;
    this.#socket.send(call.text);
    call.sent = true;
  }

  #receive(text: string): void {
    const message = parseServerMessage(text);
    if (message === null) {
      this.#options.onUnreadable(text);
      return;
    }
    if (message.type === 'answer') {
      const call = this.#pending.get(message.id);
      this.#pending.delete(message.id);
      call?.resolve(message.result);
      return;
    }
    for (const listener of [...(this.#listeners.get(message.channel) ?? [])]) listener(message.payload);
  }

  #failPending(error: AppError): void {
    const calls = [...this.#pending.values()];
    this.#pending.clear();
    for (const call of calls) call.resolve({ ok: false, error });
  }

  #setState(state: DoorState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}
