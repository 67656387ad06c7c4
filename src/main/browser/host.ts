/** The browser door: the interface served to this machine's own browsers, and nobody else. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { fail, ok, type AppError, type Result } from '#contract/errors';
import { createDispatch } from '../api/dispatch.ts';
import type { ServedApplication } from '../api/door.ts';
import { createNodeCapabilities } from '../nodeCapabilities.ts';
import { readPageFile } from '../page/files.ts';
import { securityHeaders } from '../page/headers.ts';
import { Access, isLocalHost, isOwnOrigin } from './access.ts';
import { formatEvent, serveConnection } from './connection.ts';

const socketPath = '/api';
const longestMessage = 4 << 20;
const closePolicy = 1008;
const closeGoingAway = 1001;
const defaultPingEveryMs = 30_000;
const closeWithinMs = 500;

const expired =
  'This link was used already or has expired. Press Enter in the terminal where Crosstalk runs for a fresh one.\n';

export interface BrowserHostOptions {
  application: ServedApplication;
  /** The built page, normally `bundled('out', 'renderer')`. */
  rendererFolder: string;
  /** 0 or left out: a free one. */
  port?: number;
  /** Opens the system's browser, where there is one. */
  open?: boolean;
  /** How often a page must show that it still reads; one that does not is cut off at the next time. Half a minute by default. */
  pingEveryMs?: number;
  /** Told of everything that was thrown instead of returned. */
  onBug?: (channel: string, error: AppError) => void;
}

export interface BrowserHost {
  readonly port: number;
  /** A fresh URL on every call; each works once. */
  url(): string;
  /** Ends all connections; the application itself goes on. */
  close(): Promise<void>;
}

function listen(server: Server, port: number): Promise<Result<number>> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const [code, why] =
        error.code === 'EADDRINUSE'
          ? ['port_in_use', 'is in use']
          : error.code === 'EACCES'
            ? ['port_refused', 'needs more rights']
            : ['port_failed', 'cannot be listened on'];
      const message = `Port ${port} ${why}: choose another with --port, or leave it out for a free one.`;
      resolve(fail('conflict', code, message, { detail: error.message }));
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(ok(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}

/** Starts serving on 127.0.0.1. Fails when the port cannot be had. */
export async function startBrowserHost(options: BrowserHostOptions): Promise<Result<BrowserHost>> {
  const { application, rendererFolder } = options;
  const dispatch = createDispatch(application.handlers, options.onBug);
  const server = createServer({
    maxHeaderSize: 16 << 10,
    requestTimeout: 30_000,
    // Node's own answer to a missing Host would lack the security headers; ours refuses it like a foreign one.
    requireHostHeader: false,
  });
  const listening = await listen(server, options.port ?? 0);
  if (!listening.ok) return listening;
  const port = listening.value;
  const access = new Access(port);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const respond = (status: number, body: string | Buffer, headers: Record<string, string> = {}) => {
      const all = { ...securityHeaders, 'Content-Type': 'text/plain; charset=utf-8', ...headers };
      response.writeHead(status, { ...all, 'Content-Length': Buffer.byteLength(body) });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    const refusal = refuse(request);
    if (refusal !== null) return respond(refusal.status, refusal.text);
    const { path, query } = split(request.url ?? '/');

    const token = new URLSearchParams(query).get('token');
    if (token !== null && path === '/' && request.method === 'GET') {
      const cookie = access.exchange(token);
      if (cookie !== null) return respond(303, '', { Location: '/', 'Set-Cookie': cookie });
      if (access.hasSession(request.headers)) return respond(303, '', { Location: '/' });
    }
    if (!access.hasSession(request.headers)) return respond(401, expired);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return respond(405, 'Only GET.\n', { Allow: 'GET, HEAD' });

    const file = await readPageFile(rendererFolder, path);
    if (file === null) return respond(404, 'There is no such file.\n');
    respond(200, file.body, { 'Content-Type': file.type });
  }

  server.on('clientError', (error: NodeJS.ErrnoException, stream: Duplex) => {
    if (error.code === 'ECONNRESET' || !stream.writable) return stream.destroy();
    endUpgrade(stream, error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400);
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch(() => response.destroy());
  });

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: longestMessage,
    perMessageDeflate: false,
  });
  const listeners = new Set<(channel: string, text: string) => void>();

  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const refusal = refuse(request, true);
    if (refusal !== null) return endUpgrade(stream, refusal.status);
    if (split(request.url ?? '/').path !== socketPath) return endUpgrade(stream, 404);
    const allowed = access.hasSession(request.headers);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      if (!allowed) {
        // A page cannot see the status of a refused upgrade, but it can see this code.
        socket.close(closePolicy, 'Not signed in');
        return;
      }
      const listener = serveConnection(socket, dispatch);
      listeners.add(listener);
      let alive = true;
      socket.on('pong', () => {
        alive = true;
      });
      const pings = setInterval(() => {
        if (!alive) return socket.terminate();
        alive = false;
        socket.ping();
      }, options.pingEveryMs ?? defaultPingEveryMs);
      socket.once('close', () => {
        clearInterval(pings);
        listeners.delete(listener);
      });
    });
  });

  const unsubscribe = application.subscribe((channel, payload) => {
    if (listeners.size === 0) return;
    const text = formatEvent(channel, payload);
    for (const listener of listeners) listener(channel, text);
  });

  const url = () => `http://127.0.0.1:${port}/?token=${access.createToken()}`;
  if (options.open === true) void createNodeCapabilities('browser').openExternal(url());
  return ok({
    port,
    url,
    async close() {
      unsubscribe();
      for (const socket of sockets.clients) socket.close(closeGoingAway, 'Crosstalk ended');
      await closedWithin([...sockets.clients], closeWithinMs);
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  });
}

/** Waits until all sockets are closed, and cuts off those that take too long. */
async function closedWithin(open: WebSocket[], ms: number): Promise<void> {
  const timer = setTimeout(() => {
    for (const socket of open) socket.terminate();
  }, ms);
  const closing = open.filter((socket) => socket.readyState !== socket.CLOSED);
  await Promise.all(closing.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
  clearTimeout(timer);
}

/** Why a request is refused before it is looked at further, or null. */
function refuse(request: IncomingMessage, needsOrigin = false): { status: number; text: string } | null {
  const { host, origin } = request.headers;
  if (!isLocalHost(host)) return { status: 403, text: 'Crosstalk is served to this machine only.\n' };
  const readsOnly = request.method === 'GET' || request.method === 'HEAD';
  const mayLackOrigin = readsOnly && !needsOrigin;
  if (origin === undefined ? !mayLackOrigin : !isOwnOrigin(origin, host)) {
    return { status: 403, text: 'Another site may not use Crosstalk.\n' };
  }
  return null;
}

/** A request's path and query as they were sent, without the normalising a URL parser does. */
function split(url: string): { path: string; query: string } {
  const at = url.indexOf('?');
  return at < 0 ? { path: url, query: '' } : { path: url.slice(0, at), query: url.slice(at + 1) };
}

function endUpgrade(stream: Duplex, status: number): void {
  const headers = Object.entries(securityHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
  stream.end(
    `HTTP/1.1 ${status} Refused\r\n${headers.join('')}Content-Length: 0\r\nConnection: close\r\n\r\n`,
  );
}
