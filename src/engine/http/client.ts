/** HTTP for users of one entry: their connections, cookies apart, on undici's dispatch. */
import type { Clock } from '../clock.ts';
import type { PlanRequestUsers, PlanStage } from '../requestPlan.ts';
import { SecureContexts } from '../transport/credentials.ts';
import { Connections, type ConnectionsOptions } from './connections.ts';
import { Deadlines } from './deadlines.ts';
import type { HttpClient, HttpOutcome, HttpRequest, HttpSession } from './exchange.ts';
import { aborted, HttpError } from './failure.ts';
import { Sending, type SendingShared } from './sending.ts';

export interface HttpClientOptions {
  /** Only what concerns its connections is read. */
  users: Pick<PlanRequestUsers | PlanStage, 'target' | 'connectTimeoutMs' | 'http'>;
  clock: Clock;
}

/** Throws when the entry is not of kind http. */
export function createHttpClient({ users, clock }: HttpClientOptions): HttpClient {
  const { http, target, connectTimeoutMs } = users;
  if (!http) throw new Error('these users make no HTTP requests');
  const options: ConnectionsOptions = {
    target,
    clock,
    contexts: new SecureContexts(),
    timeoutMs: connectTimeoutMs,
    version: http.version,
    keepAlive: http.keepAlive,
    limit: http.connections === 'own' ? 1 : http.connections,
  };
  const shared = {
    clock,
    deadlines: new Deadlines(clock),
    maxBodyBytes: http.maxBodyBytes,
    keepAlive: http.keepAlive,
    targetHeaders: new Set(Object.keys(target.headers).map((name) => name.toLowerCase())),
  };
  const common = http.connections === 'own' ? null : new Connections(options);
  const sessions = new Set<Session>();
  return {
    session() {
      const session = new Session(
        { ...shared, active: new Set(), connections: common ?? new Connections(options) },
        common === null,
        sessions,
      );
      sessions.add(session);
      return session;
    },
    close() {
      for (const session of [...sessions]) session.close();
      common?.close(new HttpError(aborted));
      shared.deadlines.close();
    },
  };
}

class Session implements HttpSession {
  readonly #shared: SendingShared;
  readonly #owns: boolean;
  readonly #sessions: Set<Session>;

  constructor(shared: SendingShared, owns: boolean, sessions: Set<Session>) {
    this.#shared = shared;
    this.#owns = owns;
    this.#sessions = sessions;
  }

  send(request: HttpRequest, done: (outcome: HttpOutcome) => void): () => void {
    return new Sending(this.#shared, request, done).abort;
  }

  close(): void {
    this.#sessions.delete(this);
    for (const sending of [...this.#shared.active]) sending.abort();
    if (this.#owns) this.#shared.connections.close(new HttpError(aborted));
  }
}
