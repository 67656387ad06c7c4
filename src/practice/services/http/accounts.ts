/** Accounts and the tokens their logins were given. */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { nsOf } from '../../time.ts';
import type { Exchange } from './exchange.ts';

const Credentials = z.object({ username: z.string().min(1).max(200), password: z.string().min(1).max(1000) });
const tokenSeconds = 3600;
const mostTokens = 200_000;

interface Account {
  id: string;
  salt: Buffer;
  hash: Buffer;
}

function hashOf(password: string, salt: Buffer): Buffer {
  return createHash('sha256').update(salt).update(password).digest();
}

interface Login {
  username: string;
  until: bigint;
}

export class Accounts {
  readonly #accounts = new Map<string, Account>();
  readonly #logins = new Map<string, Login>();
  /** What a hash costs, in ms. */
  readonly #costMs: number;

  constructor(costMs: number) {
    this.#costMs = costMs;
  }

  /** 201, or 409 when there is such an account. */
  register(exchange: Exchange): void {
    this.#withCredentials(exchange, ({ username, password }) => {
      if (this.#accounts.has(username)) {
        exchange.answer(409, { detail: `there is an account ${username} already` });
        return;
      }
      const salt = randomBytes(16);
      const account = { id: randomUUID(), salt, hash: hashOf(password, salt) };
      this.#accounts.set(username, account);
      exchange.answer(201, { id: account.id, username });
    });
  }

  /** A token for the account, or 401. */
  login(exchange: Exchange): void {
    this.#withCredentials(exchange, ({ username, password }) => {
      const account = this.#accounts.get(username);
      if (!account || !timingSafeEqual(account.hash, hashOf(password, account.salt))) {
        exchange.answer(401, { detail: 'wrong username or password' });
        return;
      }
      const token = randomBytes(24).toString('base64url');
      this.#logins.set(token, { username, until: process.hrtime.bigint() + nsOf(tokenSeconds * 1000) });
      forgetOldest(this.#logins, mostTokens);
      exchange.answer(200, { access_token: token, token_type: 'bearer', expires_in: tokenSeconds });
    });
  }

  /** Who asks; null: answered with 401. */
  authorise(exchange: Exchange): string | null {
    const token = /^Bearer (.+)$/i.exec(exchange.header('authorization') ?? '')?.[1];
    const login = token === undefined ? undefined : this.#logins.get(token);
    if (login && login.until > process.hrtime.bigint()) return login.username;
    exchange.answer(401, {
      detail: token === undefined ? 'a bearer token is needed' : 'this token is not valid',
    });
    return null;
  }

  #withCredentials(exchange: Exchange, run: (credentials: z.infer<typeof Credentials>) => void): void {
    exchange.readJson((body, received) => {
      const credentials = Credentials.safeParse(body);
      if (!credentials.success) {
        exchange.answer(422, { detail: 'username and password are needed' });
        return;
      }
      const { request } = exchange;
      request.after(received, this.#costMs + request.slowMs(), () => run(credentials.data));
    });
  }
}

/** Keeps a map within `most` entries: those that came first go. */
export function forgetOldest(map: Map<string, unknown>, most: number): void {
  if (map.size <= most) return;
  for (const key of map.keys()) {
    map.delete(key);
    if (map.size <= most) return;
  }
}
