import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import {
  connectRequest,
  notHttp,
  proxyFailure,
  proxyHungUp,
  tunnelFailure,
  type Proxy,
} from '../transport/proxy.ts';
import { longestAnswerBytes } from '../transport/upgrade.ts';
import type { ConnectorOptions, Destination } from './connector.ts';
import { HttpError } from './failure.ts';

const server = 'the server';

/** Asks a proxy for a way to `to` (CONNECT). Answers the socket to the proxy at once; `done` is told once when the way is open. */
export function openTunnel(
  proxy: Proxy,
  to: Destination,
  { target, contexts }: Pick<ConnectorOptions, 'target' | 'contexts'>,
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
  let answer = '';
  const fail = (error: Error): void => done(new HttpError(proxyFailure(proxy, error, server)), null);
  const hungUp = (): void => done(new HttpError(proxyHungUp(proxy, server)), null);
  const read = (chunk: Buffer): void => {
    answer += chunk.toString('latin1');
    const end = answer.indexOf('\r\n\r\n');
    if (end < 0) {
      if (answer.length > longestAnswerBytes || !'HTTP/'.startsWith(answer.slice(0, 5)))
        done(new HttpError(notHttp(proxy)), null);
      return;
    }
    socket.off('data', read);
    socket.off('close', hungUp);
    socket.pause();
    const failure =
      tunnelFailure(proxy, answer.slice(0, end), server) ?? (end + 4 < answer.length ? notHttp(proxy) : null);
    if (failure) done(new HttpError(failure), null);
    else done(null, socket);
  };
  socket.once(secure ? 'secureConnect' : 'connect', () =>
    socket.write(connectRequest(proxy, to.host, to.port), 'latin1'),
  );
  socket.on('data', read);
  socket.on('error', fail);
  socket.once('close', hungUp);
  return socket;
}
