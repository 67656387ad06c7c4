/** Where calls of a target go. */
import { setLogVerbosity, logVerbosity, type ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';
import type { PlanTarget } from '../plan.ts';
import { failureOfProxy, ProxiedCredentials, type Way } from './proxiedCredentials.ts';
import { PlainCredentials } from './plainCredentials.ts';
import { TlsCredentials } from './tlsCredentials.ts';
import { CredentialsError, SecureContexts } from '../transport/credentials.ts';
import { proxyFailure, proxyOf } from '../transport/proxy.ts';

/** What a channel is made of. */
export interface GrpcAddress {
  /** In the words of the name resolver (https://github.com/grpc/grpc/blob/master/doc/naming.md). */
  name: string;
  credentials: ChannelCredentials;
  options: ChannelOptions;
  /** Goes before `package.Service/Method`; empty or begins with a slash. */
  prefix: string;
}

export interface GrpcProblem {
  kind: string;
  message: string;
}

/** Servers count pings that come more often than every five minutes as abuse (https://github.com/grpc/grpc/blob/master/doc/keepalive.md). */
const keepAliveMs = 310_000;
const largestMessage = 64 * 1024 * 1024;

/** Each connection is one of its own: equal channels would share theirs. Retries are the journey's and are counted. */
const commonOptions: ChannelOptions = {
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_http_proxy': 0,
  'grpc.enable_retries': 0,
  'grpc.enable_channelz': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.keepalive_time_ms': keepAliveMs,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.max_receive_message_length': largestMessage,
  'grpc.max_send_message_length': -1,
};

const contexts = new SecureContexts();

/** The address of a target, or what keeps it from being used; both speak of it as it is shown. */
export function addressOf(target: PlanTarget): GrpcAddress | GrpcProblem {
  // What goes wrong is told by outcomes; the library would write addresses to the terminal.
  setLogVerbosity(logVerbosity.NONE);
  if (!URL.canParse(target.url)) return { kind: 'address', message: `${target.shownUrl} is not an address.` };
  const url = new URL(target.url);
  const secure = url.protocol === 'grpcs:';
  if (!secure && url.protocol !== 'grpc:')
    return {
      kind: 'address',
      message: `${target.shownUrl} is not an address of a gRPC service; it begins with grpc:// or grpcs://.`,
    };
  if (url.hostname === '') return { kind: 'address', message: `${target.shownUrl} names no host.` };
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const authority = `${url.hostname}:${port}`;
  const prefix = url.pathname.replace(/\/+$/, '');
  try {
    const own = secure
      ? new TlsCredentials(contexts.agent(target.tls), host, target.tls.verify)
      : new PlainCredentials();
    const direct = { name: `dns:${authority}`, credentials: own, options: commonOptions };
    return { ...direct, ...throughProxy(target, authority, { host, port }, own), prefix };
  } catch (thrown) {
    if (thrown instanceof CredentialsError) return { kind: 'tls', message: `TLS failed: ${thrown.message}.` };
    if (thrown instanceof TypeError)
      return { kind: 'proxy', message: `${target.shownUrl}: ${thrown.message}.` };
    throw thrown;
  }
}

/** The channel leads to the proxy, whose way on to the service is asked for once it is connected. */
function throughProxy(
  target: PlanTarget,
  authority: string,
  to: Way['to'],
  inner: ChannelCredentials,
): Partial<GrpcAddress> {
  if (target.proxy == null) return {};
  const proxy = proxyOf(target.proxy);
  const { host, port, secure } = proxy;
  const context = secure ? contexts.proxy(target.tls) : null;
  return {
    name: `dns:${host.includes(':') ? `[${host}]` : host}:${port}`,
    credentials: new ProxiedCredentials({ proxy, to, context, verify: target.tls.verify }, inner),
    options: { ...commonOptions, 'grpc.default_authority': authority },
  };
}

const causes: [RegExp, string, string][] = [
  [/ECONNREFUSED/, 'refused', 'nothing listens at this address (connection refused)'],
  [/ENOTFOUND|EAI_AGAIN|EAI_NODATA|Name resolution failed/, 'dns', 'the host name cannot be resolved'],
  [/EHOSTUNREACH|ENETUNREACH/, 'unreachable', 'the address cannot be reached'],
  [/ETIMEDOUT/, 'connect_timeout', 'the address did not answer in time'],
  [/EMFILE|ENFILE/, 'local_files', 'this machine has no file descriptor left (see ulimit -n)'],
  [/EADDRNOTAVAIL|EADDRINUSE/, 'local_ports', 'this machine has no local port left for this address'],
  [/self.signed certificate/i, 'tls', 'TLS failed: the certificate is signed by itself, and its authority is not among those that are trusted'],
  [/certificate has expired/i, 'tls', 'TLS failed: the certificate of the service has expired'],
  [/altnames|Hostname\/IP/i, 'tls', 'TLS failed: the certificate of the service is for another host'],
  [/unable to (?:get|verify)/i, 'tls', 'TLS failed: the authority of the certificate is not among those that are trusted'],
  [/wrong version number|packet length too long|EPROTO/i, 'tls', 'TLS failed: the service does not speak TLS; grpc:// is without'],
  [/protocol error/i, 'protocol', 'what answers there does not speak gRPC; it may be a plain HTTP server'],
  [/certificate|handshake|\bSSL\b|\bTLS\b|alert/i, 'tls', 'TLS failed'],
  [/ECONNRESET|EPIPE|hang up|closed|disconnected|dropped/i, 'reset', 'the service hung up before the connection was open; it may speak TLS (grpcs://), or no gRPC'],
]; // prettier-ignore

/** What keeps the proxy itself from being reached; null: something else. */
function proxyNotReached(proxy: string, details: string): GrpcProblem | null {
  const unnamed = details.includes('Name resolution failed') ? 'ENOTFOUND' : undefined;
  const code = /\bE(?:CONNREFUSED|NOTFOUND|AI_AGAIN|AI_NODATA|HOSTUNREACH|NETUNREACH|TIMEDOUT)\b/.exec(
    details,
  );
  const found = code?.[0] ?? unnamed;
  return found === undefined
    ? null
    : proxyFailure(proxyOf(proxy), Object.assign(new Error(found), { code: found }));
}

/** Why no connection came about, by what the library says of its last attempt; `kind` is a word to count by. */
export function connectFailure(target: PlanTarget, details: string): GrpcProblem {
  const last = /Last error: (.*?)(?:\. Resolution note: .*)?$/s.exec(details)?.[1] ?? details;
  const { proxy } = target;
  const ofProxy = proxy == null ? null : (failureOfProxy(last) ?? proxyNotReached(proxy, last));
  if (ofProxy !== null)
    return { kind: ofProxy.kind, message: `${target.shownUrl} cannot be connected: ${ofProxy.message}.` };
  const cause = causes.find(([sign]) => sign.test(last));
  const why = cause?.[2] ?? (last === '' || last === 'null' ? 'the service does not answer as gRPC' : last);
  return { kind: cause?.[1] ?? 'unreachable', message: `${target.shownUrl} cannot be connected: ${why}.` };
}
