/** The way to a target up to its TLS: each step by itself, so that what fails has one cause. */
import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type PeerCertificate } from 'node:tls';
import { dnsCause, shortError, tcpCause, tlsCause } from './causes.ts';
import { failed, passed, type CheckTarget, type Finding } from './steps.ts';

/** Where a URL leads. `host` is without the brackets of an IPv6 address. */
export interface Destination {
  url: URL;
  host: string;
  port: number;
  secure: boolean;
}

/** Reads the address; null when it is none a call can be placed to. */
export function readUrl(text: string): Destination | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  if ((url.protocol !== 'ws:' && url.protocol !== 'wss:') || url.hostname === '' || url.hash !== '')
    return null;
  const secure = url.protocol === 'wss:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  return { url, host: url.hostname.replace(/^\[|\]$/g, ''), port, secure };
}

/** What is wrong with an address that cannot be read. */
export function urlFinding(text: string): Finding {
  const destination = readUrl(text);
  if (destination !== null)
    return passed(
      `${destination.host}, port ${destination.port}${destination.secure ? ', TLS' : ', no TLS'}`,
    );
  const advice = /^https?:/i.test(text)
    ? 'Write ws:// in place of http://, or wss:// in place of https://.'
    : 'Write it like wss://host/path or ws://host:port/path, without a #fragment.';
  return failed('not an address of a WebSocket', advice);
}

/** Every address of a host, in the order the system prefers. */
export async function resolveHost(host: string, addresses: string[]): Promise<Finding> {
  try {
    const found = await lookup(host, { all: true });
    addresses.push(...found.map((entry) => entry.address));
    return addresses.length > 0 ? passed(addresses.join(', ')) : failed('no address', dnsCause(host, null));
  } catch (error) {
    return failed(shortError(error), dnsCause(host, error));
  }
}

function timeout(): Error {
  return Object.assign(new Error('no reply in time'), { code: 'ETIMEDOUT' });
}

/** One TCP connection, or the error it ended with. */
function openSocket(address: string, port: number, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, family: isIP(address) });
    const settle = (error?: Error) => {
      clearTimeout(timer);
      socket.removeAllListeners();
      // A socket that is handed on may still fail before its next owner listens.
      socket.on('error', () => {});
      if (error === undefined) return resolve(socket);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => settle(timeout()), timeoutMs);
    socket.once('connect', () => settle());
    socket.once('error', settle);
  });
}

/** Tries the addresses one after another; the first connection is handed to `keep`. */
export async function connectTcp(
  destination: Destination,
  addresses: readonly string[],
  timeoutMs: number,
  keep: (socket: Socket) => void,
): Promise<Finding> {
  const tried: string[] = [];
  let last: unknown = timeout();
  for (const address of addresses) {
    try {
      keep(await openSocket(address, destination.port, timeoutMs));
      const before = tried.length > 0 ? `not reached: ${tried.join(', ')}` : null;
      return passed(`${address} port ${destination.port}`, before);
    } catch (error) {
      tried.push(`${address} (${shortError(error)})`);
      last = error;
    }
  }
  return failed(tried.join(', '), tcpCause(destination.host, destination.port, last));
}

/** Days until the certificate ends, rounded down. */
function daysLeft(certificate: PeerCertificate): number {
  return Math.floor((Date.parse(certificate.valid_to) - Date.now()) / 86_400_000);
}

function certificateDetail(certificate: PeerCertificate): string {
  const text = (value: string | string[] | undefined) => (Array.isArray(value) ? value.join(', ') : value);
  const issuer = text(certificate.issuer.O) ?? text(certificate.issuer.CN) ?? 'an unnamed authority';
  return `certificate for ${text(certificate.subject.CN) ?? certificate.subjectaltname ?? 'no name'}, issued by ${issuer}, valid for ${daysLeft(certificate)} more days`;
}

/** What speaks against the certificate: the chain first, then the name. Null: nothing. */
function objection(
  host: string,
  authorizationError: string | null,
  certificate: PeerCertificate,
): string | null {
  if (authorizationError !== null && authorizationError !== 'ERR_TLS_CERT_ALTNAME_INVALID')
    return authorizationError;
  return checkServerIdentity(host, certificate) === undefined ? null : 'ERR_TLS_CERT_ALTNAME_INVALID';
}

/** The TLS handshake over a connected socket, which it closes. The certificate is judged even where it need not be valid. */
export function handshakeTls(
  socket: Socket,
  destination: Destination,
  target: CheckTarget,
  timeoutMs: number,
): Promise<Finding> {
  const { host } = destination;
  return new Promise((resolve) => {
    const tls = connectTls({
      socket,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(target.tls.ca === null ? {} : { ca: target.tls.ca }),
      rejectUnauthorized: false,
    });
    let done = false;
    const settle = (finding: Finding) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      tls.destroy();
      socket.destroy();
      resolve(finding);
    };
    const broken = (code: string, detail = code) => settle(failed(detail, tlsCause(host, code)));
    const timer = setTimeout(() => broken('ETIMEDOUT'), timeoutMs);
    tls.on('error', (error) => broken(shortError(error)));
    tls.on('close', () => broken('closed', 'closed during the handshake'));
    tls.once('secureConnect', () => {
      const certificate = tls.getPeerCertificate();
      // Typed as an Error, but the code alone is what Node puts there.
      const error: unknown = tls.authorizationError;
      const problem = objection(
        host,
        error === undefined || error === null ? null : typeof error === 'string' ? error : shortError(error),
        certificate,
      );
      const detail = `${tls.getProtocol() ?? 'TLS'}, ${certificateDetail(certificate)}`;
      if (problem !== null && target.tls.verify)
        return settle(failed(`${problem}; ${detail}`, tlsCause(host, problem)));
      if (problem !== null)
        return settle(
          passed(detail, `not verified, as tls.verify is false; otherwise: ${tlsCause(host, problem)}`),
        );
      const soon =
        daysLeft(certificate) < 14 ? 'The certificate ends within two weeks: have it renewed.' : null;
      settle(passed(detail, soon));
    });
  });
}
