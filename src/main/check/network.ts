/** The way to a target up to a TCP connection: name, addresses, and the proxy's tunnel where there is one. */
import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { PlanTls } from '#engine/plan';
import { SecureContexts } from '#engine/transport/credentials';
import {
  connectRequest,
  notHttp,
  proxyFailure,
  proxyHungUp,
  tunnelFailure,
  type Proxy,
} from '#engine/transport/proxy';
import type { ConnectFailure } from '#engine/transport/transport';
import { dnsCause, proxyCause, shortError, tcpCause } from './causes.ts';
import { failed, passed, remarks, type Fact, type Finding } from './steps.ts';

const longestAnswer = 64 * 1024;

/** Every address of a host, in the order the system prefers. They are put into `addresses`. */
export async function resolveHost(host: string, addresses: string[]): Promise<Finding> {
  try {
    const found = await lookup(host, { all: true });
    addresses.push(...found.map((entry) => entry.address));
    const facts = found.map(({ address, family }): Fact => ({ name: `IPv${family}`, value: address }));
    return addresses.length > 0
      ? passed(addresses.join(', '), null, facts)
      : failed('no address', dnsCause(host, null));
  } catch (error) {
    return failed(shortError(error), dnsCause(host, error));
  }
}

function timeout(): Error {
  return Object.assign(new Error('no reply in time'), { code: 'ETIMEDOUT' });
}

/** One TCP connection, or the error it ended with. `begun` is handed the socket at once, so that it can be given up. */
function openSocket(
  address: string,
  port: number,
  timeoutMs: number,
  begun: (socket: Socket) => void,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, family: isIP(address) });
    begun(socket);
    const settle = (error?: Error) => {
      clearTimeout(timer);
      socket.removeListener('error', settle);
      // A socket that is handed on may still fail before its next owner listens.
      socket.on('error', () => undefined);
      if (error === undefined) return resolve(socket);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => settle(timeout()), timeoutMs);
    socket.once('connect', () => settle());
    socket.once('error', settle);
    socket.once('close', () => settle(timeout()));
  });
}

export interface TcpGoal {
  host: string;
  port: number;
  addresses: readonly string[];
  /** For all addresses together. */
  timeoutMs: number;
}

/** Tries the addresses one after another. Every socket is handed to `begun`; the last one handed over is the connected one. */
export async function connectTcp(
  { host, port, addresses, timeoutMs }: TcpGoal,
  begun: (socket: Socket) => void,
): Promise<Finding> {
  const tried: string[] = [];
  const facts: Fact[] = [];
  const until = performance.now() + timeoutMs;
  let last: unknown = timeout();
  for (const [i, address] of addresses.entries()) {
    const from = performance.now();
    // One that stays silent leaves the others time.
    const share = Math.max(1, (until - from) / (addresses.length - i));
    try {
      const socket = await openSocket(address, port, share, begun);
      facts.push({ name: address, value: `connected in ${(performance.now() - from).toFixed(1)} ms` });
      if (socket.localAddress !== undefined) facts.push({ name: 'from', value: socket.localAddress });
      const before = tried.length > 0 ? `Not reached: ${tried.join(', ')}.` : null;
      return passed(`${address} port ${port}`, before, facts);
    } catch (error) {
      tried.push(`${address} (${shortError(error)})`);
      facts.push({ name: address, value: shortError(error) });
      last = error;
    }
  }
  return failed(tried.join(', '), tcpCause(host, port, last), facts);
}

export interface TunnelGoal {
  host: string;
  port: number;
  /** What the target trusts, the proxy is measured by too. */
  tls: PlanTls;
  timeoutMs: number;
}

/** Asks a proxy behind a connected socket for a tunnel. The socket to go on with is handed to `begun`. */
export function openTunnel(
  proxy: Proxy,
  socket: Socket,
  { host, port, tls, timeoutMs }: TunnelGoal,
  begun: (socket: Socket) => void,
): Promise<Finding> {
  return new Promise((resolve) => {
    const carrier = proxy.secure
      ? connectTls({
          socket,
          servername: isIP(proxy.host) ? '' : proxy.host,
          host: proxy.host,
          ALPNProtocols: ['http/1.1'],
          rejectUnauthorized: tls.verify,
          secureContext: new SecureContexts().proxy(tls),
        })
      : socket;
    if (carrier !== socket) begun(carrier);
    let answer = '';
    let done = false;
    const settle = (finding: Finding) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      carrier.removeListener('data', read);
      resolve(finding);
      if (finding.status === 'failed') carrier.destroy();
    };
    const fails = (failure: ConnectFailure) =>
      settle(
        failed(failure.message, proxyCause(failure.kind), [
          { name: 'proxy', value: proxy.shown },
          ...(answer === '' ? [] : [{ name: 'answer', value: answer.split('\r\n')[0] ?? '' }]),
        ]),
      );
    const read = (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      const end = answer.indexOf('\r\n\r\n');
      if (end < 0) {
        if (answer.length > longestAnswer || !'HTTP/'.startsWith(answer.slice(0, 5))) fails(notHttp(proxy));
        return;
      }
      const failure = tunnelFailure(proxy, answer.slice(0, end));
      if (failure) fails(failure);
      else
        settle(
          passed(`tunnel through ${proxy.shown}`, null, [
            { name: 'proxy', value: proxy.shown },
            { name: 'answer', value: answer.split('\r\n')[0] ?? '' },
          ]),
        );
    };
    const ask = () => carrier.write(connectRequest(proxy, host, port), 'latin1');
    const timer = setTimeout(
      () =>
        fails({
          kind: 'proxy_connect_timeout',
          message: `the proxy ${proxy.shown} opened no way to the agent within ${timeoutMs} ms`,
        }),
      timeoutMs,
    );
    carrier.on('data', read);
    carrier.on('error', (error: Error) => fails(proxyFailure(proxy, error)));
    carrier.once('close', () => fails(proxyHungUp(proxy)));
    if (proxy.secure) carrier.once('secureConnect', ask);
    else ask();
  });
}

/** A connection and the tunnel through it, as one step. */
export function joined(tcp: Finding, tunnel: Finding): Finding {
  const { advice, detail, facts, status } = tunnel;
  return {
    status,
    detail: `${tcp.detail}, ${detail}`,
    advice: remarks(tcp.advice, advice),
    facts: [...tcp.facts, ...facts],
  };
}
