/** Addresses of requests, taken apart without parsing each one. */

/** Text that may stand in the head of a request as it is; all else is escaped first. */
const asItIs = /^\/[!$%&'()*+,\-./0-9:;=?@A-Z_a-z~[\]]*$/;

/** Where the path of a whole address begins. */
export function pathStart(url: string): number {
  const from = url.indexOf('://') + 3;
  for (let i = from; i < url.length; i++) {
    const code = url.charCodeAt(i);
    if (code === 0x2f || code === 0x3f || code === 0x23) return i;
  }
  return url.length;
}

/** Path and query as a request has them. Throws when `url` is no address. */
export function pathOf(url: string, start: number): string {
  if (start === url.length) return '/';
  const path = url.slice(start);
  if (asItIs.test(path)) return path;
  const { pathname, search } = new URL(url);
  return pathname + search;
}

export interface OriginAddress {
  /** `http://host:port`; the port only where it is not the usual one. */
  origin: string;
  host: string;
  port: number;
  secure: boolean;
  /** Of a user and password in the address; null: there are none. */
  authorization: string | null;
}

/** Reads scheme, host and port; null: it is no http(s) address. */
export function originOf(address: string): OriginAddress | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  const secure = url.protocol === 'https:';
  if (!secure && url.protocol !== 'http:') return null;
  const { username, password } = url;
  return {
    origin: url.origin,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    secure,
    authorization:
      username === '' && password === ''
        ? null
        : `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
