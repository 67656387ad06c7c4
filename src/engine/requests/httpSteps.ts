/** HTTP requests of steps, compiled once: what has no placeholders is filled in here for good. */
import type { PlanTarget } from '../plan.ts';
import type { PlanHttp, PlanHttpRequest } from '../requestPlan.ts';
import { compileBody } from './bodies.ts';
import { addressTemplate, textTemplate, UnsetVariable, type Template, type Values } from './templates.ts';

type Headers = Record<string, string>;

/** What of a request is filled in. */
export interface FilledRequest {
  url: string;
  headers: Headers;
  body: Uint8Array | null;
}

/** Throws `UnsetVariable`, or an `Error` that says in a sentence why it is no request. */
export type HttpFiller = (values: Values) => FilledRequest;

/** The target's address, to which paths are added; a query of its own is kept with every one of them. */
function baseOf(target: PlanTarget): { address: string; query: string; origin: string } {
  const { pathname, protocol, host, search, origin, username, password } = new URL(target.url);
  // The client makes a header of them.
  const user = username === '' && password === '' ? '' : `${username}:${password}@`;
  return {
    address: `${protocol}//${user}${host}${pathname.replace(/\/+$/, '')}`,
    query: search.slice(1),
    origin,
  };
}

function withQuery(url: string, query: string): string {
  if (query === '') return url;
  const [address = '', hash] = url.split('#', 2);
  const sign = address.includes('?') ? (address.endsWith('?') || address.endsWith('&') ? '' : '&') : '?';
  return `${address}${sign}${query}${hash === undefined ? '' : `#${hash}`}`;
}

function addressFiller(target: PlanTarget, { address, query }: PlanHttpRequest): (values: Values) => string {
  const base = baseOf(target);
  const template = addressTemplate(address);
  const parameters = Object.entries(query).map(
    ([name, value]) => [encodeURIComponent(name.toWellFormed()), textTemplate(value)] as const,
  );
  const fill = (values: Values) => {
    const filled = template.fill(values);
    const own = parameters
      .map(([name, value]) => `${name}=${encodeURIComponent(value.fill(values).toWellFormed())}`)
      .join('&');
    if (filled.startsWith('/')) return withQuery(withQuery(base.address + filled, base.query), own);
    if (!/^https?:\/\//i.test(filled))
      throw new Error(
        'the address is neither a path that begins with / nor a whole http:// or https:// address once it is filled in',
      );
    return withQuery(filled, own);
  };
  const constant = template.constant !== null && parameters.every(([, value]) => value.constant !== null);
  if (!constant) return fill;
  const url = fill({ valueOf: () => undefined });
  return () => url;
}

/** What a header must not hold (RFC 9110, 5.5). */
const lineBreak = /[\r\n\0]/;

function headersFiller(templates: ReadonlyMap<string, Template>): (values: Values) => Headers {
  const fill = (values: Values) => {
    const headers: Headers = {};
    for (const [name, template] of templates) {
      const value = template.fill(values);
      if (template.constant === null && lineBreak.test(value))
        throw new Error(`the header ${name} would hold a line break once it is filled in`);
      headers[name] = value;
    }
    return headers;
  };
  if ([...templates.values()].some(({ constant }) => constant === null)) return fill;
  const headers = fill({ valueOf: () => undefined });
  return () => headers;
}

const literal = (text: string) => textTemplate(text.replaceAll('${', () => '$${'));

/** Headers of the environment go to its own origin only. */
export function httpFiller(target: PlanTarget, http: PlanHttp, request: PlanHttpRequest): HttpFiller {
  const body = request.body === null ? null : compileBody(request.body);
  const own = new Map<string, Template>();
  if (body !== null && body.contentType !== null) own.set('content-type', literal(body.contentType));
  for (const headers of [http.headers, request.headers])
    for (const [name, value] of Object.entries(headers)) own.set(name.toLowerCase(), textTemplate(value));
  const environment = new Map(
    Object.entries(target.headers).map(([name, value]) => [name.toLowerCase(), literal(value)]),
  );
  const { origin, address } = baseOf(target);
  const urlOf = addressFiller(target, request);
  const atHome = headersFiller(new Map([...environment, ...own]));
  const elsewhere = headersFiller(own);
  return (values) => {
    const url = urlOf(values);
    const home = goesOn(url, address) || new URL(url).origin === origin;
    return { url, headers: (home ? atHome : elsewhere)(values), body: body?.fill(values) ?? null };
  };
}

/** Whether an address is another one with something added: `http://host.evil` and `http://host:8080` are not of `http://host`. */
function goesOn(url: string, address: string): boolean {
  if (!url.startsWith(address)) return false;
  const next = url[address.length];
  return next === undefined || next === '/' || next === '?' || next === '#';
}

/** Why a request could not be made: a word to count by, and a sentence. */
export function whyUnfilled(error: unknown): { kind: string; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UnsetVariable) return { kind: 'variable_unset', message: `${message}.` };
  return { kind: 'request_invalid', message: `${message[0]?.toUpperCase() ?? ''}${message.slice(1)}.` };
}
