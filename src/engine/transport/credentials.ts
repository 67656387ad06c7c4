/** What TLS needs to know of an agent or a proxy, made once: reading certificates costs more than a handshake. */
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import type { PlanTls } from '../plan.ts';

/** A client certificate or key that TLS does not take; the message says why and holds no secret. */
export class CredentialsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CredentialsError';
  }
}

/** The word OpenSSL has for what is wrong with a key or a certificate. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : '';
  if (/bad decrypt|bad password|interrupted or cancelled|processing error/i.test(text))
    return 'the passphrase does not open the key';
  if (/key values mismatch/i.test(text)) return 'the key does not belong to the certificate';
  if (/no start line|unsupported|asn1|pem/i.test(text)) return 'it is not in PEM form';
  if (/too small|too weak/i.test(text)) return 'its key is too short to be accepted';
  return 'it cannot be read';
}

function contextOf({ ca, cert, key, passphrase }: PlanTls): SecureContext {
  const authority = ca === null ? {} : { ca };
  if (cert == null || key == null) return createSecureContext(authority);
  try {
    return createSecureContext({ ...authority, cert, key, ...(passphrase == null ? {} : { passphrase }) });
  } catch (error) {
    throw new CredentialsError(`the client certificate of the target cannot be used: ${reasonOf(error)}`);
  }
}

/** An authority of one's own counts beside the known ones: the proxy need not be signed by the agent's. */
function proxyContextOf({ ca }: PlanTls): SecureContext {
  return createSecureContext(ca === null ? {} : { ca: [...getCACertificates('default'), ca] });
}

/** Contexts by the settings they were made of. */
export class SecureContexts {
  readonly #agents = new WeakMap<PlanTls, SecureContext>();
  readonly #proxies = new WeakMap<PlanTls, SecureContext>();

  /** For the agent: its authority, and the certificate to show. Throws a `CredentialsError`. */
  agent(tls: PlanTls): SecureContext {
    const context = this.#agents.get(tls) ?? contextOf(tls);
    this.#agents.set(tls, context);
    return context;
  }

  /** For a proxy, which is shown no certificate. */
  proxy(tls: PlanTls): SecureContext {
    const context = this.#proxies.get(tls) ?? proxyContextOf(tls);
    this.#proxies.set(tls, context);
    return context;
  }
}
