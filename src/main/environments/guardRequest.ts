/** One GET for a health address: through a proxy, over TLS, bounded in time and size, never following a redirection. */
import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { maskUrl } from '#contract/secrets';
import type { PlanTls } from '#engine/plan';
import { CredentialsError, SecureContexts } from '#engine/transport/credentials';
import {
  connectRequest,
  notHttp,
  proxyFailure,
  proxyHungUp,
  proxyOf,
  tunnelFailure,
  type Proxy,
} from '#engine/transport/proxy';
import type { ConnectFailure } from '#engine/transport/transport';
import { longestAnswerBytes } from '#engine/transport/upgrade';

/** A health answer is small; of what is larger nothing more is read. */
export const largestAnswerBytes = 1024 * 1024;

export interface GuardRequest {
  url: URL;
  headers: Readonly<Record<string, string>>;
  /** Of https; those of the target. */
  tls: PlanTls;
  /** An HTTP proxy that is asked to CONNECT. */
  proxy: string | null;
  signal: AbortSignal;
  /** Of a larger answer nothing is read; left out: what a health address may say. */
  largestBytes?: number;
}

export interface GuardAnswer {
  status: number;
  /** Where it points elsewhere, masked; null: nowhere. */
  location: string | null;
  /** null: larger than is read. */
  body: string | null;
  /** Its Content-Type. */
  type?: string | undefined;
}

/** Why there is no answer, as the end of a sentence. */
export class NoAnswer extends Error {}

function portOf(url: URL): number {
  return url.port !== '' ? Number(url.port) : url.protocol === 'https:' ? 443 : 80;
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

const contexts = new SecureContexts();

function tlsOptions(host: string, tls: PlanTls): ConnectionOptions {
  return {
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: tls.verify,
    ALPNProtocols: ['http/1.1'],
  };
}

/** Waits for the first of some events; what fails rejects. */
function opened<T extends Socket>(socket: T, event: string, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => socket.destroy(new NoAnswer('timeout'));
    const done = () => {
      signal.removeEventListener('abort', abort);
      socket.removeListener('error', failed);
    };
    const failed = (error: Error) => {
      done();
      // A socket that was given up may still say so once more.
      socket.on('error', () => undefined);
      reject(error);
    };
    socket.once('error', failed);
    socket.once(event, () => {
      done();
      resolve(socket);
    });
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

function overTls({ url, tls, signal }: GuardRequest, below: Socket | null): Promise<TLSSocket> {
  const host = hostOf(url);
  const where = below === null ? { host, port: portOf(url) } : { socket: below, host };
  const options = { ...tlsOptions(host, tls), secureContext: contexts.agent(tls) };
  return opened(connectTls({ ...options, ...where }), 'secureConnect', signal);
}

/** What the proxy is asked the way to. */
const behind = 'the health address';

/** A connection through which everything reaches the address. */
async function throughProxy({ url, tls, signal }: GuardRequest, proxy: Proxy): Promise<Socket> {
  const { host, port, secure } = proxy;
  const noWay = (error: Error) => new NoAnswer(proxyFailure(proxy, error, behind).message);
  const socket = secure
    ? connectTls({ ...tlsOptions(host, tls), secureContext: contexts.proxy(tls), host, port })
    : connectTcp({ host, port });
  try {
    await opened(socket, secure ? 'secureConnect' : 'connect', signal);
    socket.write(connectRequest(proxy, hostOf(url), portOf(url)), 'latin1');
    const failure = await tunnelAnswer(socket, proxy, signal);
    if (failure !== null) throw new NoAnswer(failure.message);
    return socket;
  } catch (thrown) {
    socket.destroy();
    throw thrown instanceof NoAnswer || !(thrown instanceof Error) ? thrown : noWay(thrown);
  }
}

/** Why the proxy's answer opens no tunnel; null: it does. */
async function tunnelAnswer(
  socket: Socket,
  proxy: Proxy,
  signal: AbortSignal,
): Promise<ConnectFailure | null> {
  let answer = '';
  // Read piece by piece and not by an iterator, which would close the socket with its end.
  const more = () => {
    const piece: unknown = socket.read();
    if (Buffer.isBuffer(piece)) answer += piece.toString('latin1');
  };
  for (;;) {
    more();
    const end = answer.indexOf('\r\n\r\n');
    // Nobody has been asked anything behind the proxy yet.
    if (end >= 0)
      return (
        tunnelFailure(proxy, answer.slice(0, end), behind) ??
        (end + 4 < answer.length ? notHttp(proxy) : null)
      );
    if (answer.length > longestAnswerBytes || !'HTTP/'.startsWith(answer.slice(0, 5))) return notHttp(proxy);
    if (socket.readableEnded || socket.destroyed) return proxyHungUp(proxy, behind);
    await opened(socket, 'readable', signal);
  }
}

function readBody(answer: IncomingMessage, largest: number): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    answer.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > largest) {
        resolve(null);
        answer.destroy();
      } else parts.push(part);
    });
    answer.once('end', () => resolve(Buffer.concat(parts).toString('utf8')));
    answer.once('error', reject);
    answer.once('close', () => reject(new NoAnswer('the connection was closed in the middle of the answer')));
  });
}

function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
    request.end();
  });
}

/** Asks. Rejects with `NoAnswer` or the system's error when there is none; the signal ends it. */
export async function askHealth(asked: GuardRequest): Promise<GuardAnswer> {
  const { url, headers, proxy, signal } = asked;
  let socket: Socket | null = null;
  try {
    if (proxy !== null) socket = await throughProxy(asked, proxyOf(proxy));
    if (url.protocol === 'https:') socket = await overTls(asked, socket);
    const own = socket;
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const credentials =
      url.username === '' && url.password === ''
        ? {}
        : { auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` };
    const request = send({
      host: hostOf(url),
      port: portOf(url),
      path: `${url.pathname}${url.search}`,
      headers: { accept: 'application/json, text/plain, */*', ...headers, connection: 'close' },
      signal,
      ...credentials,
      ...(own === null ? { agent: false } : { createConnection: () => own }),
    });
    const answer = await answerTo(request);
    const { location } = answer.headers;
    const status = answer.statusCode ?? 0;
    if (status >= 300 && status < 400) {
      answer.destroy();
      return { status, location: location === undefined ? null : maskUrl(location), body: '' };
    }
    const body = await readBody(answer, asked.largestBytes ?? largestAnswerBytes);
    return { status, location: null, body, type: answer.headers['content-type'] };
  } finally {
    socket?.destroy();
  }
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there (connection refused)',
  ENOTFOUND: 'no such host is known (DNS)',
  EAI_AGAIN: 'the name server does not answer (DNS)',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'nothing answers there (timeout)',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed; give its authority as tls.ca',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is of an authority not known here; give it as tls.ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is of an authority not known here; give it as tls.ca',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is of an authority not known here; give it as tls.ca',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there; write http:// or another port',
  HPE_INVALID_CONSTANT: 'what answers there is not HTTP',
};

/** Why there was no answer, in words. */
export function noAnswerReason(thrown: unknown): string {
  if (thrown instanceof NoAnswer || thrown instanceof CredentialsError) return thrown.message;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (code.startsWith('HPE_')) return 'what answers there is not HTTP';
  return reasons[code] ?? (code === '' ? 'the connection failed' : `the connection failed (${code})`);
}
