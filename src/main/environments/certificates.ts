/** Certificates and keys of a target: read from PEM files, and looked at before anything is dialled with them. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fail, ok, type Result } from '#contract/errors';

async function readPem(path: string, what: 'certificate' | 'key'): Promise<Result<string>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return fail(
      'invalid_input',
      what === 'key' ? 'key_missing' : 'ca_missing',
      `there is no readable file ${path}`,
    );
  }
  const found =
    what === 'key'
      ? /-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----/.test(text)
      : text.includes('-----BEGIN CERTIFICATE-----');
  if (found) return ok(text);
  return what === 'key'
    ? fail(
        'invalid_input',
        'key_invalid',
        `${path} is not a private key in PEM form (-----BEGIN PRIVATE KEY-----)`,
      )
    : fail(
        'invalid_input',
        'ca_invalid',
        `${path} is not a certificate in PEM form (-----BEGIN CERTIFICATE-----)`,
      );
}

/** The text of a certificate file. Errors (without a full stop): `ca_missing`, `ca_invalid`. */
export function readCertificate(path: string): Promise<Result<string>> {
  return readPem(path, 'certificate');
}

/** The text of a file with a private key. Errors (without a full stop): `key_missing`, `key_invalid`. */
export function readKey(path: string): Promise<Result<string>> {
  return readPem(path, 'key');
}

/** What this side shows to a server that asks for it. */
export interface ClientCertificate {
  cert: string;
  key: string;
  passphrase: string | null;
}

/** A code of OpenSSL that says the passphrase was not the right one, or that there is none. */
function isPassphrase(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const message = thrown instanceof Error ? thrown.message : '';
  return (
    /PASSPHRASE|BAD_DECRYPT|BAD_PASSWORD|INTERRUPTED|CANCELLED/i.test(code) ||
    /passphrase|bad decrypt|interrupted or cancelled/i.test(message)
  );
}

/**
 * Reads a client certificate with its key and makes sure that they can be used. Errors (without a full stop):
 * `ca_missing`, `ca_invalid`, `key_missing`, `key_invalid`, `wrong_passphrase`, `key_mismatch`, `certificate_expired`.
 */
export async function readClientCertificate(
  files: { cert: string; key: string; passphrase: string | null },
  now = new Date(),
): Promise<Result<ClientCertificate>> {
  const cert = await readCertificate(files.cert);
  if (!cert.ok) return cert;
  const key = await readKey(files.key);
  if (!key.ok) return key;
  const { passphrase } = files;
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(cert.value);
  } catch {
    return fail('invalid_input', 'ca_invalid', `${files.cert} holds no certificate that can be read`);
  }
  let own: KeyObject;
  try {
    own = createPrivateKey({ key: key.value, ...(passphrase === null ? {} : { passphrase }) });
  } catch (thrown) {
    if (!isPassphrase(thrown))
      return fail('invalid_input', 'key_invalid', `${files.key} holds no private key that can be read`);
    const why =
      passphrase === null
        ? 'is protected by a passphrase; give it as tls.passphrase: "${secret:NAME}"'
        : 'cannot be opened with this passphrase';
    return fail('invalid_input', 'wrong_passphrase', `${files.key} ${why}`);
  }
  if (!certificate.checkPrivateKey(own))
    return fail(
      'invalid_input',
      'key_mismatch',
      `the key ${files.key} does not belong to the certificate ${files.cert}`,
    );
  const day = (date: Date) => date.toISOString().slice(0, 10);
  if (certificate.validToDate < now)
    return fail(
      'invalid_input',
      'certificate_expired',
      `the certificate ${files.cert} expired on ${day(certificate.validToDate)}; have it renewed`,
    );
  if (certificate.validFromDate > now)
    return fail(
      'invalid_input',
      'certificate_expired',
      `the certificate ${files.cert} is valid only from ${day(certificate.validFromDate)} on`,
    );
  return ok({ cert: cert.value, key: key.value, passphrase });
}
