/**
 * The first connect of a thread loads and compiles the whole way from socket to upgrade, some 15 ms that would stand in
 * the first call's `connect` and delay the first frames of others. A connection to ourselves takes that beforehand.
 */
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { Transport } from './transport.ts';

const boundMs = 1000;

/** Connects once to a server of this thread on loopback and hangs up. Never fails: a machine that forbids it just starts cold. */
export function warmUp(transport: Transport): Promise<void> {
  return new Promise((resolve) => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    const done = () => {
      clearTimeout(timer);
      server.close();
      for (const client of server.clients) client.terminate();
      resolve();
    };
    const timer = setTimeout(done, boundMs);
    server.on('error', done);
    server.on('listening', () => {
      const { port } = server.address() as AddressInfo;
      const connection = transport({
        target: {
          url: `ws://127.0.0.1:${port}/`,
          shownUrl: '',
          protocol: 'acs',
          headers: {},
          tls: { verify: true, ca: null },
        },
        headers: {},
        subprotocols: [],
        timeoutMs: boundMs,
        listener: {
          onOpen: () => {
            connection.send(Buffer.from('{}'), false);
            connection.close(1000, '');
          },
          onMessage: () => undefined,
          onClose: done,
          onFailure: done,
        },
      });
    });
  });
}
