/** Services in the process of a test: how each request ends and when is drawn; what was asked, and what is open, is known. */
import type { RpcOutcome, RpcRequest } from '../../grpc/rpc.ts';
import type { HttpFailure, HttpOutcome, HttpRequest } from '../../http/exchange.ts';
import type { Clock } from '../../clock.ts';
import type { Random } from '../../random.ts';
import type { RequestClients } from '../workload.ts';

/** How a request ends: a status, a failure, or not before it is given up or its time is over. */
type Fate = number | 'refused' | 'reset' | 'silent';

const fates: readonly Fate[] = [200, 200, 200, 404, 503, 'refused', 'reset', 'silent'];
const grpcStatusOf: Record<number, number> = { 200: 0, 404: 5, 503: 14 };

interface Ended {
  sentAt: number | null;
  endedAt: number;
  status: number | null;
  failure: HttpFailure | null;
}

export class FakeServices {
  /** How often each request was sent, by what makes it unlike any other. */
  readonly sent = new Map<string, number>();
  readonly #clock: Clock;
  readonly #random: Random;
  /** Requests that go on, sessions and clients that are not closed. */
  open = 0;
  /** What was asked of a session after it was closed. */
  late = 0;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  readonly clients: RequestClients = {
    http: ({ users }) =>
      this.#client((request: HttpRequest, done: (outcome: HttpOutcome) => void) =>
        this.#carry(request.url.slice(users.target.url.length), request.timeoutMs, (ended) =>
          done({
            ...ended, firstByteAt: ended.status === null ? null : ended.endedAt, httpVersion: '1.1', headers: {}, body: null,
            bytesSent: 10, bytesReceived: 10, connection: null, tokens: null, messages: [], redirected: 0,
          }),
        ),
      ), // prettier-ignore
    rpc: () => {
      const { session, close } = this.#client((request: RpcRequest, done: (outcome: RpcOutcome) => void) =>
        this.#carry(String(request.messages[0]), request.deadlineMs, ({ status, ...ended }) =>
          done({
            ...ended, status: status === null ? null : (grpcStatusOf[status] ?? 2), firstMessageAt: null, details: '',
            message: null, responses: 0, metadata: {}, bytesSent: 10, bytesReceived: 10, audioEndedAt: null,
            firstAudioAt: null, audioBytes: 0, tokens: null, messages: [],
          }),
        ),
      ); // prettier-ignore
      return {
        close,
        session: () => {
          const { send, ...rest } = session();
          return { ...rest, call: send };
        },
      };
    },
  };

  #client<Request, Outcome>(carry: (request: Request, done: (outcome: Outcome) => void) => () => void) {
    let closed = false;
    this.open++;
    return {
      session: () => {
        const goingOn = new Set<() => void>();
        let ended = false;
        this.open++;
        return {
          send: (request: Request, done: (outcome: Outcome) => void): (() => void) => {
            if (ended || closed) this.late++;
            const giveUp = carry(request, (outcome) => {
              goingOn.delete(giveUp);
              done(outcome);
            });
            goingOn.add(giveUp);
            return giveUp;
          },
          close: () => {
            if (!ended) this.open--;
            ended = true;
            for (const giveUp of goingOn) giveUp();
          },
        };
      },
      close: () => {
        if (!closed) this.open--;
        closed = true;
      },
    };
  }

  /** Ends at once, soon, or only by its time; what is given up is told at once, or a little later. */
  #carry(key: string, timeoutMs: number, done: (ended: Ended) => void): () => void {
    this.sent.set(key, (this.sent.get(key) ?? 0) + 1);
    this.open++;
    const sentAt = this.#clock.now();
    const fate = fates[Math.floor(this.#random.next() * fates.length)] ?? 200;
    let over = false;
    const end = (status: number | null, kind: string | null): void => {
      if (over) return;
      over = true;
      this.open--;
      clearTimeout(timer);
      const failure = kind === null ? null : { kind, message: kind };
      done({ sentAt: fate === 'refused' ? null : sentAt, endedAt: this.#clock.now(), status, failure });
    };
    const settle = (): void => {
      if (typeof fate === 'number') end(fate, null);
      else end(null, fate === 'silent' ? 'request_timeout' : fate);
    };
    const timer = setTimeout(settle, fate === 'silent' ? timeoutMs : this.#random.next() * 4);
    if (fate !== 'silent' && this.#random.next() < 0.3) setImmediate(settle);
    const toldAtOnce = this.#random.next() < 0.5;
    return () => {
      if (toldAtOnce) end(null, 'aborted');
      else setImmediate(end, null, 'aborted');
    };
  }
}
