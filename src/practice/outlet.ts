import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/**
 * The sending side of one call. Every send returns its stamp, taken immediately before the message is handed to the
 * socket: the operating system has it when `send` returns, so nothing can arrive at the caller before its stamp.
 */
export class Outlet {
  readonly #socket: WebSocket;
  readonly #transport: Duplex;

  /** `transport` is the connection under the WebSocket. */
  constructor(socket: WebSocket, transport: Duplex) {
    this.#socket = socket;
    this.#transport = transport;
  }

  get open(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** Bytes the caller has not taken yet. */
  get waiting(): number {
    return this.#socket.bufferedAmount;
  }

  /** Sends one text message. */
  send(message: string | Buffer): bigint {
    const stamp = process.hrtime.bigint();
    this.#socket.send(message, { binary: false });
    return stamp;
  }

  /** Hands over everything that `send` sends meanwhile in one piece: a burst costs a fraction of its system calls. */
  together(send: () => void): void {
    this.#transport.cork();
    try {
      send();
    } finally {
      this.#transport.uncork();
    }
  }

  /** Ends the call with a close code; 1006 destroys the socket without a word. */
  drop(code: number, reason = ''): void {
    if (code === 1006) this.#socket.terminate();
    else this.#socket.close(code, reason);
  }
}
