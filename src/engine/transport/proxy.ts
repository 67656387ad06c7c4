/** An HTTP proxy on the way to an agent: what it is asked (CONNECT, RFC 9110 §9.3.6), and what its refusals mean. */
import { errorFailure } from './failure.ts';
import type { ConnectFailure } from './transport.ts';

export interface Proxy {
  host: string;
  port: number;
  /** It is spoken to over TLS. */
  secure: boolean;
  /** For people: without user and password. */
  shown: string;
  /** The value of Proxy-Authorization; null: none. */
  authorization: string | null;
}

/** Reads the address of a proxy. Throws a `TypeError` that does not repeat it. */
export function proxyOf(address: string): Proxy {
  if (!URL.canParse(address)) throw new TypeError('the address of the proxy is not a URL');
  const url = new URL(address);
  const secure = url.protocol === 'https:';
  if (!secure && url.protocol !== 'http:')
    throw new TypeError('the address of the proxy must begin with http:// or https://');
  const credentials = url.username !== '' || url.password !== '';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    secure,
    shown: `${url.protocol}//${url.host}`,
    authorization: credentials ? `Basic ${basic(url.username)}` : null,
  };

  function basic(user: string): string {
    return Buffer.from(`${decoded(user)}:${decoded(url.password)}`).toString('base64');
  }
}

/** A percent sign that begins no escape is one. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Asks for a tunnel to `host` (without brackets). */
export function connectRequest(proxy: Proxy, host: string, port: number): string {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const credentials = proxy.authorization === null ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`;
  return `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`;
}

const refusals: Record<number, string> = {
  400: 'did not understand the request',
  401: 'wants a user and password, or refused those in its address',
  403: 'does not allow connections to {it}',
  404: 'does not find {it}, or is no proxy that tunnels',
  405: 'does not tunnel (CONNECT is not allowed)',
  407: 'wants a user and password, or refused those in its address',
  429: 'limits how often it may be used',
  501: 'does not tunnel (CONNECT is not supported)',
  502: 'could not reach {it}',
  503: 'could not reach {it}, or is full',
  504: 'waited for {it} in vain',
};

/** Why the answer (its head, as latin1 text without the empty line) opens no tunnel; null: it does. `to`: what lies behind it. */
export function tunnelFailure(proxy: Proxy, head: string, to = 'the agent'): ConnectFailure | null {
  const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |\r|$)/.exec(head)?.[1] ?? 0);
  if (status >= 200 && status < 300) return null;
  if (status === 0) return notHttp(proxy);
  const meaning = (refusals[status] ?? 'did not open a way to {it}').replace('{it}', to);
  return {
    kind: `proxy_${status}`,
    message: `the proxy ${proxy.shown} ${meaning} (HTTP ${status})`,
  };
}

/** What listens where the proxy should be does not answer as one. */
export function notHttp(proxy: Proxy): ConnectFailure {
  return { kind: 'proxy_protocol', message: `what listens at ${proxy.shown} is no HTTP proxy` };
}

/** The proxy hung up before there was a tunnel. */
export function proxyHungUp(proxy: Proxy, to = 'the agent'): ConnectFailure {
  return {
    kind: 'proxy_reset',
    message: `the proxy ${proxy.shown} hung up without opening a way to ${to}`,
  };
}

/** What the socket to the proxy ended with. */
export function proxyFailure(proxy: Proxy, error: Error, to = 'the agent'): ConnectFailure {
  const { kind, message } = errorFailure(error);
  if (kind === 'reset') return proxyHungUp(proxy, to);
  const wrongName = 'code' in error && error.code === 'ERR_TLS_CERT_ALTNAME_INVALID';
  const why: Record<string, string> = {
    refused: 'nothing listens there (connection refused)',
    connect_timeout: 'it did not answer in time',
    tls: wrongName ? 'TLS failed: its certificate is for another name' : message,
  };
  return {
    kind: `proxy_${kind}`,
    message: `the proxy ${proxy.shown} cannot be used: ${why[kind] ?? message}`,
  };
}
