/**
 * The way to an agent: a bare socket, TLS over it, and a proxy between where there is one. Without a proxy all sockets of
 * a thread read into one piece of memory, in turn; through one, whose sockets cannot, each read has memory of its own.
 */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '../clock.ts';
import type { PlanTarget } from '../plan.ts';
import type { SecureContexts } from './credentials.ts';
import { errorFailure } from './failure.ts';
import {
  connectRequest,
  notHttp,
  proxyFailure,
  proxyHungUp,
  proxyOf,
  tunnelFailure,
  type Proxy,
} from './proxy.ts';
import type { ConnectFailure } from './transport.ts';
import { longestAnswerBytes } from './upgrade.ts';

/** What all ways of a thread share. */
export interface DialShared {
  clock: Clock;
  readBuffer: Buffer;
  contexts: SecureContexts;
}

/** Moments on the way, on the run's clock; null until they come, or where there is no such part. */
export interface DialTimes {
  /** The name was found: the proxy's, where there is one. */
  lookupAt: number | null;
  attemptAt: number | null;
  /** TCP is connected: to the proxy, where there is one. */
  tcpAt: number | null;
  /** The proxy has opened the tunnel; what lies between is in `connect` alone. */
  tunnelAt: number | null;
  tlsAt: number | null;
}

export interface DialListener {
  /** The socket to write to and to destroy, from now on. */
  onSocket(socket: Socket): void;
  /** The agent can be spoken to. */
  onReady(): void;
  /** The bytes are the socket's again when the call returns. */
  onRead(chunk: Buffer): void;
  onFailure(failure: ConnectFailure): void;
  onClose(): void;
}

interface Destination {
  host: string;
  port: number;
  secure: boolean;
}

function destinationOf(url: URL): Destination {
  const secure = url.protocol === 'wss:' || url.protocol === 'https:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    secure,
  };
}

const servername = (host: string) => (isIP(host) ? '' : host);

/** Opens the way to `url`. Throws when what the target says of TLS or its proxy cannot be used. */
export function dial(url: URL, target: PlanTarget, shared: DialShared, listener: DialListener): DialTimes {
  const times: DialTimes = { lookupAt: null, attemptAt: null, tcpAt: null, tunnelAt: null, tlsAt: null };
  const destination = destinationOf(url);
  if (target.proxy == null) dialDirectly(destination, target, shared, listener, times);
  else new Tunnel(proxyOf(target.proxy), destination, target, shared, listener, times);
  return times;
}

function dialDirectly(
  { host, port, secure }: Destination,
  target: PlanTarget,
  { clock, readBuffer, contexts }: DialShared,
  listener: DialListener,
  times: DialTimes,
): void {
  const address = {
    host,
    port,
    noDelay: true,
    onread: {
      buffer: readBuffer,
      callback: (length: number) => {
        listener.onRead(readBuffer.subarray(0, length));
        return true;
      },
    },
  };
  const socket = secure
    ? connectTls({
        ...address,
        servername: servername(host),
        ALPNProtocols: ['http/1.1'],
        rejectUnauthorized: target.tls.verify,
        secureContext: contexts.agent(target.tls),
      })
    : connectTcp(address);
  listener.onSocket(socket);
  stampTcp(socket, clock, times);
  socket.once('connect', () => {
    if (!secure) listener.onReady();
  });
  if (secure)
    socket.once('secureConnect', () => {
      times.tlsAt = clock.now();
      listener.onReady();
    });
  socket.on('error', (error: Error) => listener.onFailure(errorFailure(error)));
  socket.on('close', () => listener.onClose());
}

function stampTcp(socket: Socket, clock: Clock, times: DialTimes): void {
  socket.once('lookup', () => (times.lookupAt = clock.now()));
  socket.once('connectionAttempt', () => (times.attemptAt ??= clock.now()));
  socket.once('connect', () => (times.tcpAt = clock.now()));
}

/** A way through a proxy: to it, the question for a tunnel, and through that to the agent. */
class Tunnel {
  readonly #proxy: Proxy;
  readonly #destination: Destination;
  readonly #target: PlanTarget;
  readonly #shared: DialShared;
  readonly #listener: DialListener;
  readonly #times: DialTimes;
  readonly #toProxy: Socket;
  #answer = '';

  constructor(
    proxy: Proxy,
    destination: Destination,
    target: PlanTarget,
    shared: DialShared,
    listener: DialListener,
    times: DialTimes,
  ) {
    this.#proxy = proxy;
    this.#destination = destination;
    this.#target = target;
    this.#shared = shared;
    this.#listener = listener;
    this.#times = times;
    // What cannot be used is found out before anything is dialled.
    if (destination.secure) shared.contexts.agent(target.tls);
    const { host, port, secure } = proxy;
    const socket = secure
      ? connectTls({
          host,
          port,
          servername: servername(host),
          ALPNProtocols: ['http/1.1'],
          rejectUnauthorized: target.tls.verify,
          secureContext: shared.contexts.proxy(target.tls),
        })
      : connectTcp({ host, port, noDelay: true });
    socket.setNoDelay(true);
    this.#toProxy = socket;
    listener.onSocket(socket);
    stampTcp(socket, shared.clock, times);
    socket.once(secure ? 'secureConnect' : 'connect', () =>
      socket.write(connectRequest(proxy, destination.host, destination.port), 'latin1'),
    );
    socket.on('data', this.#readAnswer);
    socket.on('error', (error: Error) =>
      listener.onFailure(times.tunnelAt === null ? proxyFailure(proxy, error) : errorFailure(error)),
    );
    socket.on('close', this.#closed);
  }

  readonly #closed = (): void => {
    if (this.#times.tunnelAt === null) this.#listener.onFailure(proxyHungUp(this.#proxy));
    this.#listener.onClose();
  };

  readonly #readAnswer = (chunk: Buffer): void => {
    this.#answer += chunk.toString('latin1');
    const end = this.#answer.indexOf('\r\n\r\n');
    if (end < 0) {
      if (this.#answer.length > longestAnswerBytes || !'HTTP/'.startsWith(this.#answer.slice(0, 5)))
        this.#listener.onFailure(notHttp(this.#proxy));
      return;
    }
    const failure =
      tunnelFailure(this.#proxy, this.#answer.slice(0, end)) ??
      // Nobody has been asked anything behind the proxy yet.
      (end + 4 < this.#answer.length ? notHttp(this.#proxy) : null);
    if (failure) this.#listener.onFailure(failure);
    else this.#opened();
  };

  #opened(): void {
    const { clock, contexts } = this.#shared;
    const { host, secure } = this.#destination;
    const socket = this.#toProxy;
    const times = this.#times;
    const listener = this.#listener;
    times.tunnelAt = clock.now();
    socket.off('data', this.#readAnswer);
    if (!secure) {
      socket.on('data', (chunk: Buffer) => listener.onRead(chunk));
      listener.onReady();
      return;
    }
    // The socket below ends with the one above it, which is listened to from now on.
    socket.off('close', this.#closed);
    const { tls } = this.#target;
    const inside = connectTls({
      socket,
      servername: servername(host),
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: tls.verify,
      secureContext: contexts.agent(tls),
      // Without a name of its own, Node would look for that of the socket below in the certificate.
      ...(isIP(host) ? { host } : {}),
    });
    listener.onSocket(inside);
    inside.once('secureConnect', () => {
      times.tlsAt = clock.now();
      listener.onReady();
    });
    inside.on('data', (chunk: Buffer) => listener.onRead(chunk));
    inside.on('error', (error: Error) => listener.onFailure(errorFailure(error)));
    inside.on('close', () => listener.onClose());
  }
}
