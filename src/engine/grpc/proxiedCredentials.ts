/**
 * A way through a proxy, asked for here and not by the library: that says nothing of why a proxy refuses, leaves its sockets
 * open, and speaks to none over TLS.
 */
import { isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { ChannelCredentials } from '@grpc/grpc-js';
import { askForTunnel } from '../transport/askForTunnel.ts';
import { proxyFailure, type Proxy } from '../transport/proxy.ts';
import type { ConnectFailure } from '../transport/transport.ts';
import { OpeningSockets } from './openingSockets.ts';

type SecureConnector = ReturnType<ChannelCredentials['_createSecureConnector']>;

const service = 'the service';

/** How the failure of a proxy stands in what the library says of an attempt. */
const failed = ({ kind, message }: ConnectFailure) => new Error(`[${kind}] ${message}`);

/** A proxy's failure in what the library says of an attempt; null: it is none. */
export function failureOfProxy(details: string): ConnectFailure | null {
  const [, kind, message] = /\[(proxy_\w+)\] (.*)/s.exec(details) ?? [];
  return kind === undefined || message === undefined ? null : { kind, message };
}

export interface Way {
  proxy: Proxy;
  /** Without brackets. */
  to: { host: string; port: number };
  /** Of a proxy that is spoken to over TLS. */
  context: SecureContext | null;
  verify: boolean;
}

/** For a channel whose address is the proxy's. `inner`: what is spoken behind it. */
export class ProxiedCredentials extends ChannelCredentials {
  readonly #way: Way;
  readonly #inner: ChannelCredentials;

  constructor(way: Way, inner: ChannelCredentials) {
    super();
    this.#way = way;
    this.#inner = inner;
  }

  override _isSecure(): boolean {
    return this.#inner._isSecure();
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(
    ...given: Parameters<ChannelCredentials['_createSecureConnector']>
  ): SecureConnector {
    const inner = this.#inner._createSecureConnector(...given);
    const opening = new OpeningSockets();
    return {
      connect: async (toProxy) => {
        const socket = await opening.until(toProxy, openWay(this.#way, toProxy));
        return inner.connect(socket);
      },
      waitForReady: () => inner.waitForReady(),
      getCallCredentials: () => inner.getCallCredentials(),
      destroy: () => {
        opening.destroy();
        inner.destroy();
      },
    };
  }
}

function openWay({ proxy, to, context, verify }: Way, toProxy: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(failed(proxyFailure(proxy, error, service)));
    const behind = { ...to, called: service, speaksFirst: true };
    const ask = (socket: Socket): void =>
      askForTunnel(socket, proxy, behind, (failure) => {
        if (failure === null) resolve(socket);
        else reject(failed(failure));
      });
    toProxy.on('error', fail);
    if (context === null) {
      ask(toProxy);
      return;
    }
    const { host } = proxy;
    const secured = connectTls(
      {
        socket: toProxy,
        secureContext: context,
        host,
        servername: isIP(host) ? '' : host,
        rejectUnauthorized: verify,
        ALPNProtocols: ['http/1.1'],
      },
      () => ask(secured),
    );
    secured.on('error', fail);
  });
}
