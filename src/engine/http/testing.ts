/** Servers on loopback and clients to ask them, for tests. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Server as TcpServer } from 'node:net';
import { Clock } from '../clock.ts';
import type { PlanTarget } from '../plan.ts';
import type { PlanHttp } from '../requestPlan.ts';
import { createHttpClient } from './client.ts';
import type { HttpClient, HttpOutcome, HttpRequest, HttpSession } from './exchange.ts';

export const testClock = new Clock(process.hrtime.bigint());

export interface Serving {
  url: string;
  port: number;
  close(): void;
}

/** Listens on 127.0.0.1, spoken to as `scheme`. */
export async function serving(server: TcpServer, scheme = 'http'): Promise<Serving> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${scheme}://${scheme === 'http' ? '127.0.0.1' : 'localhost'}:${port}`,
    close: () => void server.close(),
  };
}

/** A plain server with this answer to every request. */
export async function answering(listener: RequestListener): Promise<Serving> {
  const server: Server = createServer(listener);
  const started = await serving(server);
  return {
    ...started,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export interface ClientWishes {
  http?: Partial<PlanHttp>;
  target?: Partial<PlanTarget>;
  connectTimeoutMs?: number;
}

export function clientOf({ http = {}, target = {}, connectTimeoutMs = 5000 }: ClientWishes = {}): HttpClient {
  return createHttpClient({
    clock: testClock,
    users: {
      connectTimeoutMs,
      target: {
        url: '',
        shownUrl: '',
        protocol: 'acs',
        headers: {},
        tls: { verify: true, ca: null },
        ...target,
      },
      http: {
        headers: {},
        cookies: true,
        version: '1.1',
        keepAlive: true,
        maxBodyBytes: 1024 * 1024,
        connections: 'own',
        ...http,
      },
    },
  });
}

export function requestOf(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'GET',
    url,
    headers: {},
    body: null,
    stream: null,
    redirects: 5,
    timeoutMs: 10_000,
    wantsBody: true,
    wantsDetail: false,
    cookies: null,
    ...more,
  };
}

export function sent(
  session: HttpSession,
  url: string,
  more: Partial<HttpRequest> = {},
): Promise<HttpOutcome> {
  return new Promise((resolve) => session.send(requestOf(url, more), resolve));
}
