/** The certificates a server shows, in words: whose, by whom, until when, and what speaks against them. */
import { checkServerIdentity, type DetailedPeerCertificate, type PeerCertificate } from 'node:tls';
import type { Fact } from './steps.ts';

const dayMs = 86_400_000;
/** Certificates that end within this many days are spoken of. */
export const soonDays = 30;
/** No chain is longer; a server may send anything. */
const longestChain = 10;

const text = (value: string | string[] | undefined) => (Array.isArray(value) ? value.join(', ') : value);

function nameOf(certificate: PeerCertificate): string {
  const { subject, subjectaltname } = certificate;
  return text(subject.CN) ?? subjectaltname ?? text(subject.O) ?? 'no name';
}

function issuerOf({ issuer }: PeerCertificate): string {
  return text(issuer.O) ?? text(issuer.CN) ?? 'an unnamed authority';
}

/** Days until a certificate ends, rounded down. */
export function daysLeft(certificate: PeerCertificate, now = Date.now()): number {
  return Math.floor((Date.parse(certificate.valid_to) - now) / dayMs);
}

function lifeOf(certificate: PeerCertificate): string {
  const days = daysLeft(certificate);
  if (Date.parse(certificate.valid_from) > Date.now()) return 'not valid yet';
  return Date.parse(certificate.valid_to) < Date.now()
    ? `expired ${-days} days ago`
    : `valid for ${days} more days`;
}

function isCertificate(
  certificate: Partial<DetailedPeerCertificate> | undefined,
): certificate is DetailedPeerCertificate {
  return certificate?.fingerprint256 !== undefined;
}

/** From the server's own to the authority it leads to, as far as it is known here. */
export function chainOf(certificate: DetailedPeerCertificate): PeerCertificate[] {
  const chain: PeerCertificate[] = [];
  const seen = new Set<string>();
  // Typed as always there; without a certificate it is an empty object.
  let at: Partial<DetailedPeerCertificate> | undefined = certificate;
  while (isCertificate(at) && !seen.has(at.fingerprint256) && chain.length < longestChain) {
    seen.add(at.fingerprint256);
    chain.push(at);
    at = at.issuerCertificate;
  }
  return chain;
}

/** The server's certificate in a few words. */
export function certificateDetail(certificate: PeerCertificate): string {
  return `certificate for ${nameOf(certificate)}, issued by ${issuerOf(certificate)}, ${lifeOf(certificate)}`;
}

function day(date: string): string {
  const parsed = new Date(date);
  return Number.isNaN(parsed.getTime()) ? date : parsed.toISOString().slice(0, 10);
}

/** One line for each certificate of a chain. */
export function chainFacts(chain: readonly PeerCertificate[]): Fact[] {
  return chain.map((certificate, i) => {
    const own = i === 0 ? `; for ${certificate.subjectaltname ?? 'no other names'}` : '';
    const dates = `${day(certificate.valid_from)} to ${day(certificate.valid_to)}`;
    return {
      name: `certificate ${i + 1}`,
      value: `${nameOf(certificate)}, issued by ${issuerOf(certificate)}, ${dates} (${lifeOf(certificate)})${own}`,
    };
  });
}

/** Which certificates of a chain end soon, as a remark; null: none. */
export function endsSoon(chain: readonly PeerCertificate[]): string | null {
  const soon = chain
    .map((certificate) => ({ name: nameOf(certificate), days: daysLeft(certificate) }))
    .filter(({ days }) => days >= 0 && days < soonDays);
  if (soon.length === 0) return null;
  const words = soon.map(({ days, name }) => `the certificate of ${name} ends in ${days} days`).join(', ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}: have it renewed.`;
}

/** What speaks against the certificate: the chain first, then the name. Null: nothing. */
export function objection(
  host: string,
  authorizationError: string | null,
  certificate: PeerCertificate,
): string | null {
  if (authorizationError !== null && authorizationError !== 'ERR_TLS_CERT_ALTNAME_INVALID')
    return authorizationError;
  return checkServerIdentity(host, certificate) === undefined ? null : 'ERR_TLS_CERT_ALTNAME_INVALID';
}
