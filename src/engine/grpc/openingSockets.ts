import type { Socket } from 'node:net';

/**
 * Sockets to one service that are not yet a connection to it: the library leaves them open when the channel is closed
 * meanwhile, and a service that hangs would cost a socket with every attempt.
 */
export class OpeningSockets {
  readonly #opening = new Set<Socket>();
  /** With what had been read of them by then. */
  readonly #handedOver = new Map<Socket, number>();

  /** Keeps it until the handshake is through; one that fails ends the socket. */
  async until<T>(socket: Socket, handshake: Promise<T>): Promise<T> {
    this.#opening.add(socket);
    try {
      return await handshake;
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      this.#opening.delete(socket);
    }
  }

  /** HTTP/2 begins on it: there is a connection once the service says something (its SETTINGS, RFC 9113 §3.4). */
  handOver(socket: Socket): void {
    this.#handedOver.set(socket, socket.bytesRead);
    socket.once('close', () => this.#handedOver.delete(socket));
  }

  /** Ends what is no connection. */
  destroy(): void {
    for (const socket of this.#opening) socket.destroy();
    for (const [socket, read] of this.#handedOver) if (socket.bytesRead === read) socket.destroy();
  }
}
