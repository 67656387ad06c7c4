/** What went wrong with Azure Speech, as one clear sentence with a stable code, and whether trying again may help. */
import { networkInterfaces } from 'node:os';
import type { AppError, ErrorKind } from '#contract/errors';

/** What is known about an attempt that failed. */
export interface Symptom {
  /** HTTP status of a refused request, or what a close code stands for. */
  status?: number;
  /** How the WebSocket was closed. */
  closeCode?: number;
  /** An error code of the system, like `ENOTFOUND`. */
  errno?: string;
  /** In its own words. */
  text: string;
  /** Nothing was heard for too long. */
  silent?: boolean;
}

/** Who asked for what, for the sentence. */
export interface Asked {
  /** Like `eastus`. */
  place: string;
  byRegion: boolean;
  auth: 'key' | 'entra';
  /** Must not be shown, however it is told. */
  secret: string;
  voice: string | null;
  /** Whether this machine has a network other than its own loopback. */
  online: () => boolean;
}

export interface Failure {
  error: AppError;
  retry: boolean;
}

const longestDetail = 500;

/** Whether any interface but loopback is up. */
export function hasNetwork(): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some(({ internal }) => !internal) ?? false);
}

function wordsOf(thrown: unknown, depth = 0): string[] {
  if (typeof thrown === 'string') return [thrown];
  if (typeof thrown !== 'object' || thrown === null || depth > 4) return [];
  const said: string[] = [];
  if ('statusCode' in thrown && typeof thrown.statusCode === 'number') {
    said.push(`Unexpected server response: ${thrown.statusCode}`);
  }
  if ('code' in thrown && typeof thrown.code === 'string') said.push(thrown.code);
  if ('message' in thrown && typeof thrown.message === 'string') said.push(thrown.message);
  if ('cause' in thrown) said.push(...wordsOf(thrown.cause, depth + 1));
  if (thrown instanceof AggregateError) said.push(...thrown.errors.flatMap((one) => wordsOf(one, depth + 1)));
  return said;
}

/** Reads what the SDK says about a failure: it tells everything as text, in several manners. */
export function symptomOf(told: unknown): Symptom {
  const text = wordsOf(told).join(' ').replaceAll(/\s+/g, ' ').trim();
  const symptom: Symptom = { text };
  const status = /Unexpected server response: (\d{3})\b|^Error: (\d{3}):/.exec(text);
  if (status !== null) symptom.status = Number(status[1] ?? status[2]);
  const closed = /websocket error code: (\d{4})\b/.exec(text)?.[1];
  if (closed !== undefined) {
    symptom.closeCode = Number(closed);
    // The service closes with 4000 + the HTTP status: 4429 is "too many requests".
    if (symptom.closeCode >= 4400 && symptom.closeCode < 4600) symptom.status = symptom.closeCode - 4000;
  }
  const errno =
    /\b(E(?:NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|HOSTUNREACH|NETUNREACH|NETDOWN|TIMEDOUT|PIPE))\b/.exec(
      text,
    )?.[1];
  if (errno !== undefined) symptom.errno = errno;
  return symptom;
}

/** The text without the secret, short, and without its line breaks. */
export function safely(text: string, secret: string): string {
  let safe = text;
  for (const form of [secret, encodeURIComponent(secret)]) {
    if (form !== '') safe = safe.replaceAll(form, '***');
  }
  return safe
    .replaceAll(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, longestDetail);
}

/** The sentence for a symptom. */
export function failureOf(symptom: Symptom, asked: Asked): Failure {
  const detail = safely(symptom.text, asked.secret);
  const told = (kind: ErrorKind, code: string, message: string, retry = false): Failure => ({
    error: { kind, code, message, ...(detail === '' ? {} : { detail }) },
    retry,
  });
  const at = `Azure Speech (${asked.place})`;
  if (symptom.silent === true) {
    return told(
      'unavailable',
      'timed_out',
      `${at} did not answer in time; try again, and check the network if it stays so.`,
      true,
    );
  }
  if (symptom.status !== undefined) return byStatus(symptom.status, asked, at, told);
  if (symptom.closeCode === 1007) {
    if (/voice/i.test(symptom.text)) {
      return told(
        'invalid_input',
        'unknown_voice',
        `${at} has no voice ${JSON.stringify(asked.voice ?? '')} (any more); choose another from the list of voices.`,
      );
    }
    return told('invalid_input', 'bad_request', `${at} did not accept the request: ${detail}`);
  }
  if (/certificate|self[- ]signed/i.test(symptom.text)) {
    return told(
      'refused',
      'untrusted_certificate',
      `The certificate of ${at} is not trusted; where a proxy looks into connections, name its authority's file in NODE_EXTRA_CA_CERTS.`,
    );
  }
  return byNetwork(symptom, asked, at, told);
}

type Told = (kind: ErrorKind, code: string, message: string, retry?: boolean) => Failure;

function byStatus(status: number, asked: Asked, at: string, told: Told): Failure {
  const where = asked.byRegion ? 'region' : 'endpoint';
  if (status === 429) {
    return told(
      'unavailable',
      'quota',
      `${at} is asked more than its quota allows (429); wait a moment, make fewer clips at a time, or raise the resource's quota.`,
      true,
    );
  }
  if (status === 401) {
    return asked.auth === 'key'
      ? told(
          'refused',
          'bad_key',
          `${at} refused the key (401): it is wrong, or belongs to another ${where}; check both.`,
        )
      : told(
          'refused',
          'bad_token',
          `${at} refused the token (401): it has ended, or is for another resource; get a new one and check the ${where} and the resource id.`,
        );
  }
  if (status === 403) {
    return told(
      'refused',
      'forbidden',
      asked.auth === 'key'
        ? `${at} does not let this key in (403): check the resource's network rules, and that keys are allowed.`
        : `${at} does not let this identity in (403): give it the role Cognitive Services Speech User, and check the resource's network rules.`,
    );
  }
  if (status === 404 || status === 410) {
    return told(
      'invalid_input',
      asked.byRegion ? 'wrong_region' : 'wrong_endpoint',
      `There is no speech service at ${asked.place} (${status}); check the ${where}.`,
    );
  }
  if (status >= 500 || status === 408) {
    return told(
      'unavailable',
      'service_trouble',
      `${at} is in trouble (${status}); try again in a moment.`,
      true,
    );
  }
  return told('refused', 'bad_request', `${at} did not accept the request (${status}).`);
}

function byNetwork(symptom: Symptom, asked: Asked, at: string, told: Told): Failure {
  const { errno, text } = symptom;
  if (errno === 'ENOTFOUND' && asked.online()) {
    return asked.byRegion
      ? told(
          'invalid_input',
          'wrong_region',
          `There is no Azure Speech in a region ${JSON.stringify(asked.place)}; check how it is spelled, like eastus or westeurope, and the network.`,
        )
      : told(
          'invalid_input',
          'wrong_endpoint',
          `There is no host ${asked.place}; check the endpoint and the network.`,
        );
  }
  if (
    errno === 'ECONNRESET' ||
    errno === 'EPIPE' ||
    symptom.closeCode !== undefined ||
    /socket hang up/i.test(text)
  ) {
    return told('unavailable', 'connection_lost', `The connection to ${at} broke off; try again.`, true);
  }
  if (errno !== undefined || /Unable to contact server|fetch failed/i.test(text)) {
    return told(
      'unavailable',
      'no_network',
      `${at} cannot be reached; check the network, the VPN and the proxy.`,
      true,
    );
  }
  return told(
    'unavailable',
    'failed',
    `${at} did not speak${text === '' ? '' : `: ${safely(text, asked.secret)}`}.`,
  );
}
