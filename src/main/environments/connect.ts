/** From a target as it is written to what is dialled: placeholders filled in, files read, auth put where it goes. */
import { resolve } from 'node:path';
import { fail, ok, type Result } from '#contract/errors';
import { protocolOf, type Auth, type Target, type TargetProtocol } from '#contract/scenario/environment';
import { placeholdersIn } from '#contract/scenario/placeholders';
import { masked, maskUrl } from '#contract/secrets';
import type { PlanTarget, PlanTls } from '#engine/plan';
import { readCertificate, readClientCertificate } from './certificates.ts';
import type { PlaceholderValues } from './values.ts';

/** What a header's value may not hold (RFC 9110 §5.5). */
export const notInHeaders = /[^\t\x20-\x7e\x80-\xff]/;

const schemes: Record<TargetProtocol, RegExp> = {
  acs: /^wss?:$/,
  http: /^https?:$/,
  grpc: /^grpcs?:$/,
};

/** Addresses of each protocol, in words. */
export const addressWords: Record<TargetProtocol, string> = {
  acs: 'ws:// or wss://',
  http: 'http:// or https://',
  grpc: 'grpc:// or grpcs://',
};

/** Whether a text is an address that is spoken to in a protocol. */
export function isTargetUrl(text: string, protocol: TargetProtocol): boolean {
  if (!URL.canParse(text) || text.includes('#')) return false;
  const url = new URL(text);
  return schemes[protocol].test(url.protocol) && url.hostname !== '';
}

/** What a target has that its protocol has no use for, as the end of a sentence about that key; null: nothing. */
export function foreignKey(
  target: Target,
  protocol: TargetProtocol,
): { key: string; message: string } | null {
  if (protocol !== 'acs' && target.subprotocol !== undefined)
    return { key: 'subprotocol', message: `is for ws:// and wss:// addresses, not for ${protocol}` };
  if (protocol !== 'grpc') return null;
  if (target.auth?.type === 'query')
    return {
      key: 'auth',
      message: 'adds a parameter to the address, which gRPC has none of; use type: header',
    };
  if (/^[a-z]+:\/\/[^/?#]+(\/[^?#]|\/?\?)/i.test(target.url))
    return {
      key: 'url',
      message: 'has a path, which addresses of gRPC servers have none of; write grpc://host:port',
    };
  return null;
}

/** The parameter that auth adds to the address; null where it is sent otherwise. */
function parameterOf(auth: Auth | undefined): { name: string; value: string } | null {
  return auth?.type === 'query' ? { name: auth.name, value: auth.value } : null;
}

/** Name of the header that auth becomes; null where it is sent otherwise. */
export function authHeader(auth: Auth | undefined): string | null {
  if (auth === undefined || auth.type === 'query') return null;
  return auth.type === 'header' ? auth.name : 'Authorization';
}

function withParameter(url: string, name: string, value: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${name}=${value}`;
}

/** What is wrong with auth beside what else is written of the target; null: nothing. */
export function authProblem({ auth, headers, url }: Target): string | null {
  const header = authHeader(auth);
  if (header !== null && Object.keys(headers).some((name) => name.toLowerCase() === header.toLowerCase()))
    return `makes the header ${header}, which "headers" has already; remove one of them`;
  const parameter = parameterOf(auth);
  const query = /\?([^#]*)/.exec(url)?.[1] ?? '';
  if (
    parameter !== null &&
    query.split('&').some((part) => part.split('=')[0] === encodeURIComponent(parameter.name))
  )
    return `adds the parameter ${parameter.name}, which the address has already; remove one of them`;
  if (auth?.type === 'basic' && auth.user.includes(':'))
    return 'has a ":" in its user, which basic auth cannot carry';
  return null;
}

/** The value of the header that auth becomes, filled in. */
function authValue(auth: Auth, fill: (text: string) => string): string {
  switch (auth.type) {
    case 'bearer':
      // Tokens are often copied with the word before them.
      return `Bearer ${fill(auth.token)
        .trim()
        .replace(/^bearer\s+/i, '')}`;
    case 'basic':
      return `Basic ${Buffer.from(`${fill(auth.user)}:${fill(auth.password)}`).toString('base64')}`;
    default:
      return fill(auth.value);
  }
}

interface Place {
  /** Relative paths begin here. */
  folder: string;
  values: PlaceholderValues;
}

/** One error for everything that has no value. */
export function unset(what: string, missing: ReadonlySet<string>): Result<never> {
  const [first = '', ...more] = missing;
  const rest = more.length > 0 ? ` (and ${more.length} more)` : '';
  return fail('invalid_input', 'placeholder_unset', `${what} needs ${first}${rest}.`, {
    detail: [first, ...more].join('\n'),
  });
}

/**
 * A target that can be dialled. Errors: `placeholder_unset`, `invalid_url`, `invalid_header`, `invalid_proxy` and those
 * of its certificates; none of them shows what was filled in.
 */
export async function connectTarget(
  name: string,
  target: Target,
  { folder, values }: Place,
): Promise<Result<PlanTarget>> {
  const missing = new Set<string>();
  const fill = (text: string) => values.fill(text, missing);
  const { auth } = target;
  const parameter = parameterOf(auth);
  const address = fill(target.url);
  const url =
    parameter === null
      ? address
      : withParameter(address, encodeURIComponent(parameter.name), encodeURIComponent(fill(parameter.value)));
  const headers = Object.fromEntries(
    Object.entries(target.headers).map(([header, value]) => [header, fill(value)]),
  );
  const header = authHeader(auth);
  if (auth !== undefined && header !== null) headers[header] = authValue(auth, fill);
  const filled = filledWay(target, fill);
  if (missing.size > 0) return unset(`Target ${name}`, missing);
  // What was filled in may be a secret: messages show the address as written.
  const protocol = target.protocol ?? protocolOf(url);
  if (!isTargetUrl(url, protocol)) {
    const placeholders = placeholdersIn(target.url).found.map((p) => p.text).join(', ') || 'it'; // prettier-ignore
    const wanted =
      target.protocol === undefined ? Object.values(addressWords).join(', ') : addressWords[protocol];
    return fail(
      'invalid_input',
      'invalid_url',
      `The address of target ${name}, ${maskUrl(target.url)}, is not a ${wanted} URL once ${placeholders} is filled in.`,
    );
  }
  const foreign = foreignKey(target, protocol);
  if (foreign !== null)
    return fail('invalid_input', 'invalid_target', `${foreign.key} of target ${name} ${foreign.message}.`);
  const broken = Object.entries(headers).find(([, value]) => notInHeaders.test(value));
  if (broken) {
    return fail(
      'invalid_input',
      'invalid_header',
      `The header ${broken[0]} of target ${name} holds a line break or another character that headers cannot carry.`,
    );
  }
  const way = await readWay(name, target, filled, folder);
  if (!way.ok) return way;
  const shownUrl = maskUrl(target.url);
  return ok({
    url,
    shownUrl: parameter === null ? shownUrl : withParameter(shownUrl, parameter.name, masked),
    protocol,
    headers,
    ...way.value,
    subprotocol: target.subprotocol ?? null,
  });
}

/** How a target is reached, whatever is said to it then. */
export interface TargetWay {
  tls: PlanTls;
  /** Credentials filled in: never shown. */
  proxy: string | null;
}

interface FilledWay {
  proxy: string | null;
  ca: string | null;
  cert: string | null;
  key: string | null;
  passphrase: string | null;
}

function filledWay({ tls, proxy }: Target, fill: (text: string) => string): FilledWay {
  const of = (text: string | undefined) => (text === undefined ? null : fill(text));
  return {
    proxy: of(proxy),
    ca: of(tls.ca),
    cert: of(tls.cert),
    key: of(tls.key),
    passphrase: of(tls.passphrase),
  };
}

/** Only how a target is reached. Errors: `placeholder_unset`, `invalid_proxy` and those of its certificates. */
export function wayTo(name: string, target: Target, { folder, values }: Place): Promise<Result<TargetWay>> {
  const missing = new Set<string>();
  const filled = filledWay(target, (text) => values.fill(text, missing));
  if (missing.size > 0) return Promise.resolve(unset(`Target ${name}`, missing));
  return readWay(name, target, filled, folder);
}

async function readWay(
  name: string,
  target: Target,
  { proxy, ...files }: FilledWay,
  folder: string,
): Promise<Result<TargetWay>> {
  if (proxy !== null && !(URL.canParse(proxy) && /^https?:$/.test(new URL(proxy).protocol)))
    return fail(
      'invalid_input',
      'invalid_proxy',
      `The proxy of target ${name}, ${maskUrl(target.proxy ?? '')}, is not an http:// or https:// URL.`,
    );
  const tls = await readTls(target, files, folder);
  return tls.ok
    ? ok({ tls: tls.value, proxy })
    : fail('invalid_input', tls.error.code, `The TLS settings of target ${name}: ${tls.error.message}.`);
}

async function readTls(
  target: Target,
  files: Omit<FilledWay, 'proxy'>,
  folder: string,
): Promise<Result<PlanTls>> {
  const { verify } = target.tls;
  const ca = files.ca === null ? ok(null) : await readCertificate(resolve(folder, files.ca));
  if (!ca.ok) return ca;
  const { cert, key, passphrase } = files;
  if (cert === null || key === null)
    return ok({ verify, ca: ca.value, cert: null, key: null, passphrase: null });
  const client = await readClientCertificate({
    cert: resolve(folder, cert),
    key: resolve(folder, key),
    passphrase,
  });
  return client.ok ? ok({ verify, ca: ca.value, ...client.value }) : client;
}
