/** Who may talk to the browser host: one-time tokens, the cookie they are exchanged for, and where a request comes from. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const tokensKept = 16;
const sessionsKept = 64;
const localNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

const digest = (text: string) => createHash('sha256').update(text).digest();
const newSecret = () => randomBytes(32).toString('base64url');

/** A few secrets, kept as digests; the oldest is forgotten when there are too many. */
class Secrets {
  readonly #limit: number;
  #digests: Buffer[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  create(): string {
    const secret = newSecret();
    this.#digests = [...this.#digests.slice(1 - this.#limit), digest(secret)];
    return secret;
  }

  /** Compares with every secret, each in constant time. */
  #indexOf(candidate: string): number {
    const wanted = digest(candidate);
    let found = -1;
    this.#digests.forEach((own, index) => {
      if (timingSafeEqual(own, wanted)) found = index;
    });
    return found;
  }

  has(candidate: string): boolean {
    return this.#indexOf(candidate) >= 0;
  }

  /** Whether it was one; it is not any more afterwards. */
  consume(candidate: string): boolean {
    const index = this.#indexOf(candidate);
    if (index < 0) return false;
    this.#digests.splice(index, 1);
    return true;
  }
}

/** The value of one cookie of a request, or null. */
export function cookieValue(header: string | undefined, name: string): string | null {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

/** Whether a Host header names this machine (any port: it may be forwarded by ssh). Keeps out pages whose own name points here. */
export function isLocalHost(host: string | undefined): host is string {
  if (host === undefined) return false;
  const name = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i.exec(host)?.[1];
  return name !== undefined && localNames.has(name.toLowerCase());
}

/** Whether an Origin header is the very host the request was sent to. */
export function isOwnOrigin(origin: string | undefined, host: string): boolean {
  const url = origin === undefined ? null : URL.parse(origin);
  return url !== null && url.protocol === 'http:' && url.host === URL.parse(`http://${host}`)?.host;
}

/** Decides for one browser host. */
export class Access {
  readonly #tokens = new Secrets(tokensKept);
  readonly #sessions = new Secrets(sessionsKept);
  readonly #cookieName: string;

  /** @param port the cookie's name carries it, because browsers share cookies among all ports of a host */
  constructor(port: number) {
    this.#cookieName = `crosstalk_${port}`;
  }

  /** A token for one more URL. Works once. */
  createToken(): string {
    return this.#tokens.create();
  }

  /** The cookie that a valid token is exchanged for, or null. */
  exchange(token: string): string | null {
    if (!this.#tokens.consume(token)) return null;
    return `${this.#cookieName}=${this.#sessions.create()}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** Whether a request carries the cookie of a session. */
  hasSession(headers: IncomingHttpHeaders): boolean {
    const secret = cookieValue(headers.cookie, this.#cookieName);
    return secret !== null && this.#sessions.has(secret);
  }
}
