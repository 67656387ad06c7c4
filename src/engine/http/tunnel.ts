import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { askForTunnel } from '../transport/askForTunnel.ts';
import { proxyFailure, type Proxy } from '../transport/proxy.ts';
import type { ConnectorOptions, Destination } from './connector.ts';
import { HttpError } from './failure.ts';

const server = 'the server';

/** Asks a proxy for a way to `to` (CONNECT). Answers the socket to the proxy at once; `done` is told once when the way is open. */
export function openTunnel(
  proxy: Proxy,
  to: Destination,
  { target, contexts, version }: Pick<ConnectorOptions, 'target' | 'contexts' | 'version'>,
  done: (error: HttpError | null, socket: Socket | null) => void,
): Socket {
  const { host, port, secure } = proxy;
  const socket = secure
    ? connectTls({
        host,
        port,
        servername: isIP(host) ? '' : host,
        ALPNProtocols: ['http/1.1'],
        rejectUnauthorized: target.tls.verify,
        secureContext: contexts.proxy(target.tls),
      })
    : connectTcp({ host, port });
  const speaksFirst = !to.secure && version === '2';
  const behind = { host: to.host, port: to.port, called: server, speaksFirst };
  socket.once(secure ? 'secureConnect' : 'connect', () =>
    askForTunnel(socket, proxy, behind, (failure) =>
      failure ? done(new HttpError(failure), null) : done(null, socket),
    ),
  );
  socket.on('error', (error: Error) => done(new HttpError(proxyFailure(proxy, error, server)), null));
  return socket;
}
