import type { ConnectFailure } from './transport.ts';

const statusMeaning: Record<number, string> = {
  400: 'the agent did not understand the request',
  401: 'the agent wants credentials, or refused the ones it got',
  403: 'the agent does not allow this caller',
  404: 'there is no agent at this path',
  426: 'the agent wants another protocol',
  429: 'the agent limits how often it may be called',
  500: 'the agent failed while it took the call; some servers answer so when they are full',
  502: 'a gateway in front of the agent got no answer',
  503: 'the agent is full or not ready',
  504: 'a gateway in front of the agent waited in vain',
};

/** An upgrade answered with something else than 101. */
export function statusFailure(status: number): ConnectFailure {
  const meaning = statusMeaning[status];
  return {
    kind: `http_${status}`,
    message: `the upgrade was answered with HTTP ${status}${meaning ? `: ${meaning}` : ''}`,
  };
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Alerts by which an agent refuses this side's certificate, by the end of their code in OpenSSL. */
const refusedCertificates: Record<string, string> = {
  CERTIFICATE_REQUIRED: 'the agent wants a client certificate, and none was shown',
  BAD_CERTIFICATE: 'the agent does not accept the client certificate',
  CERTIFICATE_UNKNOWN: 'the agent does not accept the client certificate',
  CERTIFICATE_EXPIRED: 'the agent finds that the client certificate has expired',
  UNKNOWN_CA: 'the agent does not know the authority of the client certificate',
  HANDSHAKE_FAILURE:
    'the agent refuses the handshake: it may want a client certificate, or another version of TLS',
};

/** What a TLS alert of the other side says about this side's certificate; undefined when the code is no such alert. */
export function refusedCertificate(code: string): string | undefined {
  return refusedCertificates[/^ERR_SSL_.*ALERT_(\w+)$/.exec(code)?.[1] ?? ''];
}

/** What Node says of these names its own options, which help nobody here. */
const certificates: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is signed by itself; give it as tls.ca of the target',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate is of an authority not known here; give it as tls.ca of the target',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate is of an authority not known here; give it as tls.ca of the target',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate is of an authority not known here; give it as tls.ca of the target',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what answers there does not speak TLS; the address may be one without',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'what answers there does not speak TLS; the address may be one without',
}; // prettier-ignore

/** A socket error before the call was open, told apart by cause (codes of node:net, node:dns and node:tls). */
export function errorFailure(error: Error): ConnectFailure {
  const inner =
    error instanceof AggregateError ? error.errors.find((e): e is Error => e instanceof Error) : undefined;
  const code = codeOf(error) || (inner ? codeOf(inner) : '');
  const message = error.message || inner?.message || code;
  if (code === 'ECONNREFUSED')
    return { kind: 'refused', message: 'nothing listens at this address (connection refused)' };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NODATA')
    return { kind: 'dns', message: `the host name cannot be resolved (${code})` };
  if (code === 'ETIMEDOUT') return { kind: 'connect_timeout', message: 'the address did not answer in time' };
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return { kind: 'reset', message: 'the connection was reset before the call was open' };
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return { kind: 'unreachable', message: `the address cannot be reached (${code})` };
  if (code === 'EMFILE' || code === 'ENFILE')
    return { kind: 'local_files', message: 'this machine has no file descriptor left (see ulimit -n)' };
  if (code === 'EADDRNOTAVAIL' || code === 'EADDRINUSE')
    return { kind: 'local_ports', message: 'this machine has no local port left for this address' };
  const refused = refusedCertificate(code);
  if (refused !== undefined) return { kind: 'tls', message: `TLS failed: ${refused}` };
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH)|^E?PROTO$/.test(code))
    return { kind: 'tls', message: `TLS failed: ${certificates[code] ?? message}` };
  if (/socket hang up/i.test(message))
    return { kind: 'reset', message: 'the agent hung up during the upgrade' };
  return { kind: code ? code.toLowerCase() : 'protocol', message };
}
