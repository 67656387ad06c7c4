/** What a redirect asks for (RFC 9110 §15.4). */
import type { HttpRequest } from './exchange.ts';

const redirecting = new Set([301, 302, 303, 307, 308]);

/** Headers that speak of a body that is not sent again. */
const ofBody = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'content-language',
  'content-location',
  'transfer-encoding',
]);

/** Headers that are for one origin only, whoever set them. */
const ofOrigin = new Set(['authorization', 'cookie', 'proxy-authorization', 'host', 'origin']);

/** Where an answer leads; null: it is no redirect that can be followed. */
export function redirectTo(
  status: number,
  location: string | string[] | undefined,
  from: string,
): string | null {
  if (!redirecting.has(status) || typeof location !== 'string') return null;
  if (!URL.canParse(location, from)) return null;
  const to = new URL(location, from);
  return to.protocol === 'http:' || to.protocol === 'https:' ? to.href : null;
}

export type RedirectedRequest = Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>;

/**
 * The request that follows. A POST becomes a GET after 301 and 302, anything but HEAD after 303. Headers of the
 * environment (`targetHeaders`, lower case) and whatever is for one origin stay behind when it goes to another.
 */
export function redirected(
  request: RedirectedRequest,
  status: number,
  to: string,
  targetHeaders: ReadonlySet<string>,
): RedirectedRequest {
  const toGet =
    status === 303
      ? request.method !== 'HEAD'
      : (status === 301 || status === 302) && request.method === 'POST';
  const elsewhere = new URL(to).origin !== new URL(request.url).origin;
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(
      ([name]) =>
        !(toGet && ofBody.has(name)) && !(elsewhere && (ofOrigin.has(name) || targetHeaders.has(name))),
    ),
  );
  return { method: toGet ? 'GET' : request.method, url: to, headers, body: toGet ? null : request.body };
}
