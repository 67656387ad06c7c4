import type { Socket } from 'node:net';
import { connectRequest, notHttp, proxyHungUp, tunnelFailure, type Proxy } from './proxy.ts';
import type { ConnectFailure } from './transport.ts';
import { longestAnswerBytes } from './upgrade.ts';

export interface Behind {
  host: string;
  port: number;
  /** What people call it. */
  called: string;
  /** It may say something before it is asked anything, as servers of HTTP/2 do (RFC 9113 §3.4). */
  speaksFirst: boolean;
}

/**
 * Asks over a socket that is connected to a proxy for a way to what lies behind it (CONNECT, RFC 9110 §9.3.6). `done` is told of the answer,
 * or that there is none: null, then the way is open and the socket paused. Errors of the socket are the caller's.
 */
export function askForTunnel(
  socket: Socket,
  proxy: Proxy,
  { host, port, called, speaksFirst }: Behind,
  done: (failure: ConnectFailure | null) => void,
): void {
  let answer = '';
  const hungUp = (): void => done(proxyHungUp(proxy, called));
  const read = (chunk: Buffer): void => {
    answer += chunk.toString('latin1');
    const end = answer.indexOf('\r\n\r\n');
    if (end < 0) {
      if (answer.length > longestAnswerBytes || !'HTTP/'.startsWith(answer.slice(0, 5))) done(notHttp(proxy));
      return;
    }
    socket.off('data', read);
    socket.off('close', hungUp);
    socket.pause();
    const rest = answer.slice(end + 4);
    const failure = tunnelFailure(proxy, answer.slice(0, end), called);
    if (failure === null && rest !== '') {
      if (speaksFirst) socket.unshift(Buffer.from(rest, 'latin1'));
      else return done(notHttp(proxy));
    }
    done(failure);
  };
  socket.on('data', read);
  socket.once('close', hungUp);
  socket.write(connectRequest(proxy, host, port), 'latin1');
}
