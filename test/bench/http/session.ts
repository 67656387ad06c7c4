/** Users that do nothing but send the next request when the answer to the last has come, on `HttpSession` itself. */
import { Clock } from '../../../src/engine/clock.ts';
import { createHttpClient } from '../../../src/engine/http/client.ts';
import type { HttpRequest } from '../../../src/engine/http/exchange.ts';
import { keepWasmWrappers } from '../../../src/engine/wasmWrappers.ts';

/** Measures no time: what the stamps cost is the difference. */
class StoppedClock extends Clock {
  override now(): number {
    return 0;
  }
}

const { url, users, stamps } = JSON.parse(process.argv[2] ?? '{}') as {
  url: string;
  users: number;
  stamps: boolean;
};
// As in an engine thread.
keepWasmWrappers();
const base = process.hrtime.bigint();
const client = createHttpClient({
  clock: stamps ? new Clock(base) : new StoppedClock(base),
  users: {
    connectTimeoutMs: 10_000,
    target: { url, shownUrl: url, protocol: 'acs', headers: {}, tls: { verify: true, ca: null } },
    http: {
      headers: {},
      cookies: false,
      version: '1.1',
      keepAlive: true,
      maxBodyBytes: 16 * 1024 * 1024,
      connections: 'own',
    },
  },
});
const request: HttpRequest = {
  method: 'GET',
  url,
  headers: {},
  body: null,
  stream: null,
  redirects: 5,
  timeoutMs: 60_000,
  wantsBody: false,
  wantsDetail: false,
  cookies: null,
};

for (let i = 0; i < users; i++) {
  const session = client.session();
  const next = (): void => {
    session.send(request, ({ failure, status }) => {
      if (failure !== null || status !== 200) throw new Error(failure?.message ?? `HTTP ${status}`);
      next();
    });
  };
  next();
}
process.on('disconnect', () => process.exit(0));
