import type { Socket } from 'node:net';

/** Sockets of one service on which a handshake goes on: the library leaves them open when the channel is closed meanwhile. */
export class OpeningSockets {
  readonly #sockets = new Set<Socket>();

  /** Keeps it until the handshake is through; one that fails ends the socket. */
  async until<T>(socket: Socket, handshake: Promise<T>): Promise<T> {
    this.#sockets.add(socket);
    try {
      return await handshake;
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      this.#sockets.delete(socket);
    }
  }

  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
