/** The TLS handshake with a target over a connected socket, and what is to be said of its certificates. */
import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { PlanTls } from '#engine/plan';
import { CredentialsError, SecureContexts } from '#engine/transport/credentials';
import { shortError, tlsCause } from './causes.ts';
import { certificateDetail, chainFacts, chainOf, endsSoon, objection } from './certificates.ts';
import { failed, passed, remarks, type Fact, type Finding } from './steps.ts';

/** With TLS 1.3 a server refuses a certificate (or none) only after the handshake: it has this long to say so. */
const refusalMs = 500;

export interface TlsGoal {
  /** Whom the certificate must name. */
  host: string;
  tls: PlanTls;
  timeoutMs: number;
  /** What is offered to be spoken over it (ALPN); left out: HTTP/1.1. */
  protocols?: readonly string[];
}

/** The server's certificate is judged even where it need not be valid. The TLS socket is handed to `begun`; it is open when the step passes. */
export function handshakeTls(
  socket: Socket,
  { host, tls, timeoutMs, protocols = ['http/1.1'] }: TlsGoal,
  begun: (socket: TLSSocket) => void,
): Promise<Finding> {
  return new Promise((resolve) => {
    let secure: TLSSocket;
    try {
      secure = connectTls({
        socket,
        servername: isIP(host) === 0 ? host : '',
        host,
        ALPNProtocols: [...protocols],
        secureContext: new SecureContexts().agent(tls),
        rejectUnauthorized: false,
      });
    } catch (error) {
      const mended = 'Check tls.cert, tls.key and tls.passphrase of the target.';
      return resolve(failed(error instanceof CredentialsError ? error.message : shortError(error), mended));
    }
    begun(secure);
    let done = false;
    let timer: NodeJS.Timeout;
    const settle = (finding: Finding) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      if (finding.status === 'failed') secure.destroy();
      resolve(finding);
    };
    let facts: Fact[] = [];
    const broken = (code: string, detail = code) => settle(failed(detail, tlsCause(host, code), facts));
    timer = setTimeout(() => broken('ETIMEDOUT'), timeoutMs);
    // Stays: a socket that is handed on may fail before its next owner listens.
    secure.on('error', (error) => broken(shortError(error)));
    secure.once('close', () => broken('closed', 'closed during the handshake'));
    secure.once('secureConnect', () => {
      const found = judge(secure, host, tls);
      facts = found.facts;
      if (found.status === 'failed' || !wantsCertificate(secure)) return settle(found);
      clearTimeout(timer);
      timer = setTimeout(() => settle(found), refusalMs);
    });
  });
}

/** The signature algorithms of the server's request are known when, and only when, it asked for a certificate. */
function wantsCertificate(secure: TLSSocket): boolean {
  return secure.getSharedSigalgs().length > 0;
}

function clientCertificate(secure: TLSSocket, { cert }: PlanTls): { fact: string; remark: string | null } {
  if (!wantsCertificate(secure))
    return cert == null
      ? { fact: 'not asked for', remark: null }
      : { fact: 'set, but not asked for', remark: 'The server did not ask for the client certificate.' };
  return cert == null
    ? {
        fact: 'asked for, none is set',
        remark: 'The server asks for a client certificate; set tls.cert and tls.key if it refuses the call.',
      }
    : { fact: 'asked for and shown', remark: null };
}

function judge(secure: TLSSocket, host: string, tls: PlanTls): Finding {
  const certificate = secure.getPeerCertificate(true);
  const chain = chainOf(certificate);
  // Typed as an Error, but the code alone is what Node puts there.
  const error: unknown = secure.authorizationError;
  const code = error == null ? null : typeof error === 'string' ? error : shortError(error);
  const problem = objection(host, code, certificate);
  const version = secure.getProtocol() ?? 'TLS';
  const own = clientCertificate(secure, tls);
  const spoken = secure.alpnProtocol;
  const facts: Fact[] = [
    { name: 'version', value: `${version}, ${secure.getCipher().standardName}` },
    { name: 'client certificate', value: own.fact },
    ...(typeof spoken === 'string' ? [{ name: 'protocol', value: spoken }] : []),
    ...chainFacts(chain),
  ];
  const detail = `${version}, ${certificateDetail(certificate)}`;
  if (problem !== null && tls.verify) return failed(`${problem}; ${detail}`, tlsCause(host, problem), facts);
  const unverified = tls.verify
    ? null
    : problem === null
      ? 'It is not verified, as tls.verify is false; it would pass, so verify it.'
      : `It is not verified, as tls.verify is false; otherwise: ${tlsCause(host, problem)}`;
  return passed(detail, remarks(unverified, own.remark, endsSoon(chain)), facts);
}
