/**
 * The first request of a thread compiles undici's parser (WebAssembly) and loads the rest of the way, some 20 to 50 ms that
 * would stand in the first request's time. One to ourselves takes that beforehand.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Clock } from '../clock.ts';
import { createHttpClient } from './client.ts';

const boundMs = 1000;

/** Asks a server of this thread on loopback once. Never fails: a machine that forbids it just starts cold. */
export function warmUpHttp(): Promise<void> {
  return new Promise((resolve) => {
    const server = createServer((_, response) => response.end('{}'));
    server.on('error', () => resolve());
    server.listen(0, '127.0.0.1', () => {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const client = createHttpClient({
        clock: new Clock(process.hrtime.bigint()),
        users: {
          connectTimeoutMs: boundMs,
          target: { url, shownUrl: url, protocol: 'http', headers: {}, tls: { verify: true, ca: null } },
          http: {
            headers: {},
            cookies: false,
            version: '1.1',
            keepAlive: false,
            maxBodyBytes: 1024,
            connections: 'own',
          },
        },
      });
      const request = {
        method: 'GET',
        url,
        headers: {},
        body: null,
        stream: null,
        redirects: 0,
        timeoutMs: boundMs,
        wantsBody: true,
        wantsDetail: false,
        cookies: null,
      };
      client.session().send(request, () => {
        client.close();
        server.close(() => resolve());
        server.closeAllConnections();
      });
    });
  });
}
