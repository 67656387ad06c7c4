/** What a failure on the way to a target usually means, in plain language. */
import { refusedCertificate } from '#engine/transport/failure';

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** The system's own short word for an error (`ECONNREFUSED`), or its message. */
export function shortError(error: unknown): string {
  return codeOf(error) || (error instanceof Error ? error.message : String(error));
}

/** Why a name did not resolve. */
export function dnsCause(host: string, error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOTFOUND':
    case 'ENODATA':
      return `No address is known for ${host}: check the spelling, or whether it is only known inside a network (VPN, private DNS).`;
    case 'EAI_AGAIN':
    case 'ETIMEOUT':
      return `The name server did not answer: check this machine's network and DNS settings.`;
    default:
      return `The name could not be looked up: check this machine's network and DNS settings.`;
  }
}

/** Why no TCP connection came about. */
export function tcpCause(host: string, port: number, error: unknown): string {
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
      return `Nothing listens on port ${port} of ${host}: is the agent running, and is the port right?`;
    case 'ETIMEDOUT':
      return `No reply at all from ${host} port ${port}: a firewall drops it silently, or the address is wrong.`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
      return `There is no route to ${host} from here: check the network, a VPN, or whether the address is IPv6 where only IPv4 works.`;
    case 'ECONNRESET':
      return `${host} cut the connection at once: a proxy or firewall in between refuses it.`;
    case 'EMFILE':
    case 'ENFILE':
      return 'This machine has no file handles left: raise the limit (ulimit -n).';
    default:
      return `The connection to ${host} port ${port} failed.`;
  }
}

/** Why a proxy opens no way, by the kind of its failure (`proxy_407`), and what to do. */
export function proxyCause(kind: string): string {
  switch (kind) {
    case 'proxy_401':
    case 'proxy_407':
      return 'Write user and password into the address of the proxy (http://${secret:PROXY_USER}:${secret:PROXY_PASSWORD}@host:port), or correct those in it.';
    case 'proxy_403':
      return "The proxy's own rules forbid it: have the agent's host and port allowed there.";
    case 'proxy_400':
    case 'proxy_404':
    case 'proxy_405':
    case 'proxy_501':
    case 'proxy_protocol':
      return 'This is not a proxy that tunnels (CONNECT): check its host and port.';
    case 'proxy_502':
    case 'proxy_503':
    case 'proxy_504':
      return 'The proxy is there, the agent behind it is not: is the agent running, and does the proxy know its name and reach its port?';
    case 'proxy_refused':
      return 'Nothing listens where the proxy should be: check its host and port, or whether it is running.';
    case 'proxy_connect_timeout':
      return 'The proxy took the connection and then said nothing: it may be overloaded, or wait for an agent that does not answer.';
    case 'proxy_tls':
      return 'The certificate of the proxy is not accepted: name its authority under tls.ca, or write http:// if the proxy is spoken to without TLS.';
    case 'proxy_reset':
      return 'The proxy closed the connection: it may not let this machine in, or want TLS (https://) itself.';
    default:
      return 'The proxy did not open a way to the agent: look into its log.';
  }
}

/** Why the certificate was not accepted, or TLS did not even begin. */
export function tlsCause(host: string, code: string): string {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return `The certificate of ${host} has expired: it must be renewed on the server.`;
    case 'CERT_NOT_YET_VALID':
      return `The certificate of ${host} is not valid yet: check this machine's clock.`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `The certificate was issued for another name than ${host}: use a name it lists, or give the server the right certificate.`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return 'The certificate signed itself: name it under tls.ca, or set tls.verify: false for a test system.';
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return 'The chain ends in an authority this machine does not know (a company proxy, perhaps): name that authority under tls.ca.';
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return 'The server does not send the certificates in between, or its authority is unknown here: install the full chain on the server, or name the authority under tls.ca.';
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'EPROTO':
      return 'This port speaks something other than TLS: use ws:// for it, or the port on which the server offers TLS.';
    case 'ECONNRESET':
    case 'closed':
      return `${host} closed the connection during the TLS handshake: it may want another TLS version, a client certificate, or no TLS on this port.`;
    case 'ETIMEDOUT':
      return `${host} accepted the connection but never answered the TLS handshake: perhaps the port does not speak TLS.`;
    case 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION':
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
      return 'The server only offers TLS versions that are no longer accepted: it must offer TLS 1.2 or newer.';
    default: {
      const refused = refusedCertificate(code);
      if (refused === undefined) return `The TLS connection to ${host} failed.`;
      return `${refused.charAt(0).toUpperCase()}${refused.slice(1)}. A client certificate is set with tls.cert and tls.key.`;
    }
  }
}

/** What an HTTP answer in place of an upgrade usually means. */
export function upgradeCause(status: number): string {
  switch (status) {
    case 200:
      return 'The server answered like a web page, not like a WebSocket: the path is probably wrong, or a proxy in between does not pass upgrades on.';
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return 'The server redirects, which a WebSocket does not follow: use the address it points to (often wss:// or a trailing slash).';
    case 400:
      return 'The server found the request wrong: a header or query parameter is missing, or a proxy removes the Upgrade header.';
    case 401:
      return 'The server wants to know who is calling: add the token or key it expects under headers.';
    case 403:
      return 'The server knows the request and refuses it: the key lacks permission, the origin or address is not allowed, or the path does not accept WebSockets.';
    case 404:
      return 'There is nothing at this path: check it (for ACS media streaming it is often /api/v1/media/stream).';
    case 405:
    case 426:
      return 'The path exists but wants another kind of request: it is probably not the WebSocket endpoint.';
    case 408:
    case 504:
      return 'Whatever stands in front of the agent waited for it in vain: is the agent itself up?';
    case 429:
      return 'The server is turning calls away for now (rate or quota limit): try again later, or with fewer calls.';
    case 500:
      return 'The agent failed while accepting the call: look into its log; often one of its own services (speech, database) is not reachable.';
    case 502:
      return 'A proxy could not reach the agent behind it: is the agent itself running?';
    case 503:
      return 'The service is not available: it is starting, scaled to zero, or at its limit of calls.';
    default:
      return status >= 500
        ? 'The server failed while accepting the call: look into its log.'
        : 'The server did not accept the WebSocket: check the path and the headers.';
  }
}

/** What the code of a closed WebSocket usually means. */
export function closeCause(code: number): string {
  switch (code) {
    case 1000:
    case 1001:
      return 'The agent hung up by itself; its log may say why.';
    case 1002:
    case 1003:
    case 1007:
      return 'The agent did not understand what was sent: is it an agent for ACS media streaming?';
    case 1006:
      return 'The connection was cut without a goodbye: the agent crashed, or a proxy in between closed it.';
    case 1008:
      return 'The agent refuses this call by its own rules: usually a token or call id it does not accept.';
    case 1009:
      return 'The agent found a message too large.';
    case 1011:
      return 'The agent ran into an error of its own: look into its log.';
    case 1012:
    case 1013:
      return 'The agent is restarting or overloaded: try again later.';
    default:
      return 'The agent closed the connection; its log may say why.';
  }
}
