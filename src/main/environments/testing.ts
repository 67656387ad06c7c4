/** Servers on loopback that a test aims at, and tokens that say when they end. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A listening server and its port, closed with everything that is still open. */
export interface LoopbackServer {
  port: number;
  close(): Promise<void>;
}

/** Lets a server listen on a free port of loopback. */
export async function onLoopback(server: Server): Promise<LoopbackServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Also those that were taken over, which the server no longer counts.
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** An HTTP server that answers as it is told. */
export function answering(listener: RequestListener): Promise<LoopbackServer> {
  return onLoopback(createServer(listener));
}

/** A JSON Web Token that ends at that moment; signed by nobody. */
export function tokenUntil(endsAt: Date): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ exp: Math.floor(endsAt.getTime() / 1000) })}.c2lnbmVk`;
}
