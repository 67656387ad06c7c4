/** The services over HTTP: which request is for whom. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Desk } from '../request.ts';
import { Accounts } from './accounts.ts';
import { Chat } from './chat.ts';
import { Clients } from './clients.ts';
import { Exchange } from './exchange.ts';

type Answerer = (exchange: Exchange, now: bigint, id: string) => void;
type Methods = Record<string, Answerer>;

const prefixes = ['/api/v1/clients', '/api/v1/internet-plans', '/api/auth/', '/api/sessions', '/api/chat', '/api/health']; // prettier-ignore
const health = JSON.stringify({ status: 'ok', app_env: 'test' });

export class HttpServices {
  readonly #desk: Desk;
  readonly #routes: Map<string, Methods>;
  /** Paths with an id in them, by what stands before it and after it. */
  readonly #withId: { before: string; after: string; methods: Methods }[];

  constructor(desk: Desk) {
    this.#desk = desk;
    const clients = new Clients(desk);
    const accounts = new Accounts(desk.config.services.hash_cost);
    const chat = new Chat(accounts);
    this.#routes = new Map<string, Methods>([
      ['/api/health', { GET: (exchange, now) => showHealth(exchange, now) }],
      ['/api/v1/clients', { GET: (exchange, now) => clients.list(exchange, now) }],
      ['/api/v1/clients/search', { GET: (exchange, now) => clients.search(exchange, now) }],
      ['/api/v1/internet-plans', { GET: (exchange, now) => clients.plans(exchange, now) }],
      ['/api/auth/register', { POST: (exchange) => accounts.register(exchange) }],
      ['/api/auth/login-json', { POST: (exchange) => accounts.login(exchange) }],
      ['/api/sessions', { POST: (exchange, now) => chat.open(exchange, now) }],
      ['/api/chat', { POST: (exchange) => chat.say(exchange) }],
      ['/api/chat/stream', { POST: (exchange) => chat.stream(exchange) }],
    ]);
    this.#withId = [
      {
        before: '/api/v1/clients/',
        after: '/verify',
        methods: { POST: (exchange, _now, id) => clients.verify(exchange, id) },
      },
      {
        before: '/api/sessions/',
        after: '',
        methods: { GET: (exchange, now, id) => chat.show(exchange, now, id) },
      },
    ];
  }

  /** Answers a request, now or later; false: its path is none of the services'. */
  take(incoming: IncomingMessage, response: ServerResponse): boolean {
    const arrived = process.hrtime.bigint();
    const url = incoming.url ?? '/';
    if (!prefixes.some((prefix) => url.startsWith(prefix))) return false;
    const queryAt = url.indexOf('?');
    const path = queryAt === -1 ? url : url.slice(0, queryAt);
    const method = incoming.method ?? 'GET';
    const given = incoming.headers['x-crosstalk-request'];
    const request = this.#desk.open(method, path, arrived, Array.isArray(given) ? given[0] : given);
    const exchange = new Exchange(request, incoming, response, queryAt === -1 ? '' : url.slice(queryAt + 1));
    if (method === 'GET' || method === 'HEAD') request.noteReceived(arrived);
    this.#answer(exchange, method, path, arrived);
    return true;
  }

  #answer(exchange: Exchange, method: string, path: string, now: bigint): void {
    const { request } = exchange;
    const { error_status: errorStatus } = this.#desk.config.services.faults;
    if (request.beyondCapacity) {
      request.noteFault('capacity');
      request.after(now, 0, () => exchange.answer(503, { detail: 'too many requests at once' }));
      return;
    }
    const found = this.#find(path);
    const answer = found?.methods[method === 'HEAD' ? 'GET' : method];
    if (!found || !answer) {
      exchange.answer(found ? 405 : 404, {
        detail: found ? `${method} is not for this path` : 'there is no such path',
      });
      return;
    }
    if (request.draws.error) {
      request.noteFault('error');
      request.after(now, request.slowMs(), () =>
        exchange.answer(errorStatus, { detail: 'failed on purpose' }),
      );
      return;
    }
    answer(exchange, now, found.id);
  }

  #find(path: string): { methods: Methods; id: string } | null {
    const plain = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
    const methods = this.#routes.get(plain);
    if (methods) return { methods, id: '' };
    for (const { before, after, methods: those } of this.#withId) {
      if (!plain.startsWith(before) || !plain.endsWith(after)) continue;
      const id = plain.slice(before.length, plain.length - after.length);
      if (id !== '' && !id.includes('/')) return { methods: those, id };
    }
    return null;
  }
}

function showHealth(exchange: Exchange, now: bigint): void {
  const { request } = exchange;
  request.after(now, request.slowMs(), () => exchange.answer(200, health));
}
