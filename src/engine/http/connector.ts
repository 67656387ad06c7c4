/** Opens connections and times what that takes: name, TCP, a proxy's tunnel, TLS. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '../clock.ts';
import type { PlanTarget } from '../plan.ts';
import { CredentialsError, type SecureContexts } from '../transport/credentials.ts';
import { proxyOf } from '../transport/proxy.ts';
import { connectFailure, HttpError } from './failure.ts';
import { openTunnel } from './tunnel.ts';

/** Durations; 0: there was no such part. What a proxy takes to open its tunnel is in none of them. */
export interface ConnectionTimes {
  dns: number;
  tcp: number;
  tls: number;
}

export interface ConnectorOptions {
  target: PlanTarget;
  clock: Clock;
  contexts: SecureContexts;
  timeoutMs: number;
  version: '1.1' | '2' | 'auto';
}

export interface Destination {
  host: string;
  port: number;
  secure: boolean;
  /** From a Host header of one's own; null: the host. */
  servername: string | null;
}

export interface Opened {
  socket: Socket;
  times: ConnectionTimes;
  http2: boolean;
}

/** Gives it up: the callback hears of it, unless it has been called. */
export type GiveUp = (error: HttpError) => void;

const protocolsOf = { '1.1': ['http/1.1'], '2': ['h2'], auto: ['h2', 'http/1.1'] };

/** `done` is called once, never before the call has returned. */
export function openConnection(
  to: Destination,
  options: ConnectorOptions,
  done: (error: HttpError | null, opened: Opened | null) => void,
): GiveUp {
  const { clock, timeoutMs } = options;
  const startedAt = clock.now();
  let lookupAt: number | null = null;
  let tcpAt = startedAt;
  let sockets: Socket[] = [];
  let over = false;

  const finish = (error: HttpError | null, socket: Socket | null, tlsMs = 0): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    if (error || !socket) {
      for (const one of sockets) one.destroy();
      sockets = [];
      done(error, null);
      return;
    }
    const negotiated = 'alpnProtocol' in socket ? socket.alpnProtocol : null;
    const http2 = to.secure ? negotiated === 'h2' : options.version === '2';
    if (options.version === '2' && !http2) {
      socket.destroy();
      done(new HttpError({ kind: 'protocol', message: 'the server does not offer HTTP/2' }), null);
      return;
    }
    const reached = lookupAt ?? startedAt;
    done(null, {
      socket,
      http2,
      times: {
        dns: lookupAt === null ? 0 : lookupAt - startedAt,
        tcp: tcpAt - reached,
        tls: tlsMs,
      },
    });
  };
  const fail = (error: Error): void => finish(new HttpError(connectFailure(error)), null);
  const timer = setTimeout(
    () =>
      finish(
        new HttpError({
          kind: 'connect_timeout',
          message: `no connection was made within ${timeoutMs / 1000} s`,
        }),
        null,
      ),
    timeoutMs,
  );

  const watch = (socket: Socket): void => {
    sockets.push(socket);
    socket.setNoDelay(true);
    socket.once('lookup', () => (lookupAt ??= clock.now()));
    socket.once('connect', () => (tcpAt = clock.now()));
    socket.on('error', fail);
  };
  const secured = (socket: Socket, since: () => number): void => {
    socket.once('secureConnect', () => finish(null, socket, clock.now() - since()));
  };

  try {
    if (options.target.proxy == null) {
      const socket = to.secure ? connectTls(tlsOptions(to, options)) : connectTcp({ ...bare(to) });
      watch(socket);
      if (to.secure) secured(socket, () => tcpAt);
      else socket.once('connect', () => finish(null, socket));
    } else {
      const proxy = proxyOf(options.target.proxy);
      const tls = to.secure ? tlsOptions(to, options) : null;
      const toProxy = openTunnel(proxy, to, options, (error, socket) => {
        if (error || !socket) return finish(error, null);
        if (!tls) return finish(null, socket);
        const openedAt = clock.now();
        const { servername, ALPNProtocols, rejectUnauthorized, secureContext } = tls;
        // Without a name of its own, Node would look for that of the socket below in the certificate.
        const host = isIP(to.host) ? { host: to.host } : {};
        const inside = connectTls({
          socket,
          servername,
          ALPNProtocols,
          rejectUnauthorized,
          secureContext,
          ...host,
        });
        sockets.push(inside);
        inside.on('error', fail);
        secured(inside, () => openedAt);
      });
      watch(toProxy);
      toProxy.off('error', fail);
    }
  } catch (error) {
    const failure =
      error instanceof CredentialsError || error instanceof Error
        ? { kind: error instanceof CredentialsError ? 'tls' : 'invalid_request', message: error.message }
        : { kind: 'protocol', message: String(error) };
    setImmediate(() => finish(new HttpError(failure), null));
  }
  return (error) => finish(error, null);
}

function bare({ host, port }: Destination) {
  return { host, port, highWaterMark: 65_536 };
}

function tlsOptions(to: Destination, { target, contexts, version }: ConnectorOptions) {
  const name = to.servername ?? to.host;
  return {
    ...bare(to),
    servername: isIP(name) ? '' : name,
    ALPNProtocols: protocolsOf[version],
    rejectUnauthorized: target.tls.verify,
    secureContext: contexts.agent(target.tls),
  };
}
