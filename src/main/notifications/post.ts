/** Sends one message to a webhook: bounded in time, tried again where that may help, never to another host. */
import { setTimeout as pause } from 'node:timers/promises';
import { fail, ok, type Result } from '#contract/errors';
import { shownAddress } from './address.ts';

const attempts = 3;
const attemptMs = 10_000;
const mostRedirects = 3;
/** Longer than this is not waited for. */
const longestPauseMs = 10_000;
const longestAnswer = 500;

export interface PostOptions {
  signal?: AbortSignal;
  /** Before the second attempt; three times as long before the third. */
  pauseMs?: number;
  /** How long one attempt may take. */
  timeoutMs?: number;
}

export interface PostAnswer {
  status: number;
  /** What it said, at most so much of it. */
  answer: string;
}

interface Attempt {
  answer: PostAnswer;
  /** What Retry-After asks for. */
  retryAfterMs: number | null;
  /** Where it points instead of answering. */
  location: string | null;
}

/** `Retry-After`: seconds or a date (RFC 9110 §10.2.3). */
function retryAfter(value: string | null, now: number): number | null {
  if (value === null) return null;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** The beginning of an answer; what follows is not read. */
async function beginning(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | Iterable<never> = response.body ?? [];
  for await (const part of body) {
    parts.push(part);
    bytes += part.length;
    if (bytes >= longestAnswer) break;
  }
  return Buffer.concat(parts).toString('utf8').slice(0, longestAnswer).trim();
}

async function attempt(url: string, body: string, signal: AbortSignal): Promise<Attempt> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', accept: '*/*' },
    body,
    redirect: 'manual',
    signal,
  });
  return {
    answer: { status: response.status, answer: await beginning(response) },
    retryAfterMs: retryAfter(response.headers.get('retry-after'), Date.now()),
    location: response.headers.get('location'),
  };
}

/** Only a redirection that keeps the method and the place is followed: the message is for nobody else. */
function followed(from: string, { answer, location }: Attempt): string | null {
  if ((answer.status !== 307 && answer.status !== 308) || location === null) return null;
  const to = URL.parse(location, from);
  return to !== null && to.origin === new URL(from).origin ? to.href : null;
}

async function attemptFollowed(address: string, body: string, signal: AbortSignal): Promise<Attempt> {
  let url = address;
  for (let redirects = 0; ; redirects++) {
    const made = await attempt(url, body, signal);
    const next = followed(url, made);
    if (next === null || redirects >= mostRedirects) return made;
    url = next;
  }
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there (connection refused)',
  ENOTFOUND: 'no such host is known (DNS)',
  EAI_AGAIN: 'the name server does not answer (DNS)',
  ECONNRESET: 'the connection was reset',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_CONNECT_TIMEOUT: 'nothing answers there (timeout)',
};

function codeOf(thrown: unknown): string {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

/** What an answer means, where it is not that the message arrived. */
function refusal({ answer: { status }, retryAfterMs }: Attempt): string {
  if (status >= 300 && status < 400) return `it points elsewhere (HTTP ${status}), which is not followed`;
  if (status === 401 || status === 403) return `it does not accept this address any more (HTTP ${status})`;
  if (status === 404 || status === 410) return `there is no such webhook (HTTP ${status})`;
  if (status === 429) {
    const wait = retryAfterMs === null ? '' : `; it asks to wait ${Math.ceil(retryAfterMs / 1000)} s`;
    return `it takes no more messages for now (HTTP 429)${wait}`;
  }
  return `it answered HTTP ${status}`;
}

/** Tells how often it was tried, and why it was given up. */
function given(address: string, tried: number, why: string): Result<never> {
  const times = tried === 1 ? '' : ` after ${tried} attempts`;
  return fail(
    'unavailable',
    'webhook_failed',
    `The webhook ${shownAddress(address)} did not take the message${times}: ${why}.`,
  );
}

/**
 * Sends it: at most three attempts of ten seconds, again after 429 and 5xx (as late as Retry-After says, within ten
 * seconds) and where no connection came about. Error `webhook_failed`, which shows no more of the address than its host.
 */
export async function postWebhook(
  address: string,
  message: unknown,
  { signal, pauseMs = 1000, timeoutMs = attemptMs }: PostOptions = {},
): Promise<Result<PostAnswer>> {
  const body = JSON.stringify(message);
  for (let tried = 1; ; tried++) {
    const late = AbortSignal.timeout(timeoutMs);
    let wait = pauseMs * 3 ** (tried - 1);
    let why: string;
    try {
      const made = await attemptFollowed(address, body, signal ? AbortSignal.any([late, signal]) : late);
      const { status } = made.answer;
      if (status >= 200 && status < 300) return ok(made.answer);
      why = refusal(made);
      wait = Math.max(wait, made.retryAfterMs ?? 0);
      if ((status !== 429 && status < 500) || wait > longestPauseMs) return given(address, tried, why);
    } catch (thrown) {
      if (signal?.aborted) return given(address, tried, 'there was no more time for it');
      // It may have arrived all the same: once is enough.
      if (late.aborted) return given(address, tried, `it did not answer within ${timeoutMs / 1000} s`);
      const code = codeOf(thrown);
      why = reasons[code] ?? `the connection failed${code === '' ? '' : ` (${code})`}`;
    }
    if (tried >= attempts) return given(address, tried, why);
    try {
      await pause(wait, undefined, signal ? { signal } : {});
    } catch {
      return given(address, tried, why);
    }
  }
}
