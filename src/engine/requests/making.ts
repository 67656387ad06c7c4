/** One request of a user after the other: filled in, sent, made again where it may be, judged and counted. */
import { Cookies } from '../http/cookies.ts';
import type { HttpOutcome, HttpSession } from '../http/exchange.ts';
import type { RpcOutcome, RpcSession } from '../grpc/rpc.ts';
import type { Sleeper, Unset } from './alarms.ts';
import { HttpAnswer, RpcAnswer, type Answer } from './answer.ts';
import type { EndedRequest } from './columns.ts';
import type { Crew } from './crew.ts';
import { whyUnfilled, type FilledRequest } from './httpSteps.ts';
import type { JourneyStep } from './journey.ts';
import { arrived, judge, type Verdict } from './judging.ts';
import { neverConnected } from './retrying.ts';
import type { FilledCall } from './rpcSteps.ts';
import type { Scope } from './scope.ts';

/** How a request of a user ended. Stamps are ms. */
export interface Made {
  failed: boolean;
  /** No connection came about, or it could not even be filled in. */
  unsent: boolean;
  sentAt: number | null;
  endedAt: number;
  /** What failed, in a sentence; null: nothing. */
  message: string | null;
}

/** Whoever is later than this for a request was kept busy by others: what it took says nothing of the target. */
const mostLateMs = 200;

export class Making implements Sleeper {
  readonly #crew: Crew;
  readonly #vu: number;
  readonly #scope: Scope;
  readonly #made: (made: Made) => void;
  readonly #http: HttpSession | null;
  readonly #rpc: RpcSession | null;
  readonly #cookies: Cookies | null;
  #step: JourneyStep | null = null;
  #filled: FilledRequest | null = null;
  #call: FilledCall | null = null;
  #dueAt = 0;
  #late = false;
  #detail = false;
  #retries = 0;
  /** Of the attempt that was sent first. */
  #sentAt: number | null = null;
  #connection: Answer['connection'] = null;
  #bytesSent = 0;
  #bytesReceived = 0;
  #abort: (() => void) | null = null;
  #alarm: Unset | null = null;
  #mayRetry = true;
  #closed = false;

  /** `made` is told of every request that began, never before `begin` has returned. */
  constructor(crew: Crew, vu: number, scope: Scope, made: (made: Made) => void) {
    this.#crew = crew;
    this.#vu = vu;
    this.#scope = scope;
    this.#made = made;
    this.#http = crew.http?.session() ?? null;
    this.#rpc = crew.rpc?.session() ?? null;
    this.#cookies = crew.cookies ? new Cookies() : null;
  }

  /** Whether a request goes on. */
  get busy(): boolean {
    return this.#step !== null;
  }

  /** Makes a request that was to begin at `dueAt`, `lateMs` ago by this thread's fault. Not null: it failed at once. */
  begin(step: JourneyStep, dueAt: number, lateMs: number): Made | null {
    this.#step = step;
    this.#dueAt = dueAt;
    this.#late = lateMs > mostLateMs;
    this.#detail = this.#crew.keeping.wants(step.id);
    this.#retries = 0;
    this.#sentAt = null;
    this.#connection = null;
    this.#bytesSent = 0;
    this.#bytesReceived = 0;
    this.#filled = null;
    this.#call = null;
    try {
      if (step.http !== null) this.#filled = step.http.fill(this.#scope);
      else if (step.rpc !== null) this.#call = step.rpc.fill(this.#scope);
    } catch (error) {
      return this.#unfilled(step, whyUnfilled(error));
    }
    this.#send(step);
    return null;
  }

  #send(step: JourneyStep): void {
    const { http, rpc, timeoutMs } = step;
    const detail = this.#detail;
    if (http !== null && this.#filled !== null && this.#http !== null) {
      const { method, redirects, stream } = http.plan;
      const { url, headers, body } = this.#filled;
      this.#abort = this.#http.send(
        {
          method, url, headers, body, stream, redirects, timeoutMs,
          wantsBody: detail || step.needsBody, needsBody: step.needsBody, wantsDetail: detail, cookies: this.#cookies,
        }, this.#onHttp); // prettier-ignore
    } else if (rpc !== null && this.#call !== null && this.#rpc !== null) {
      const { firstAudio, messageIntervalMs, token } = rpc.plan;
      const { audio, messages, metadata } = this.#call;
      this.#abort = this.#rpc.call(
        {
          rpc: rpc.plan.rpc, messages, messageIntervalMs, audio, firstAudio, token, metadata,
          deadlineMs: timeoutMs, wantsDetail: detail,
        }, this.#onRpc); // prettier-ignore
    } else throw new Error(`The step ${step.name} is of another kind than its users`);
  }

  readonly #onHttp = (outcome: HttpOutcome): void => {
    if (this.#step !== null) this.#ended(this.#step, new HttpAnswer(outcome, this.#step.needsBody));
  };

  readonly #onRpc = (outcome: RpcOutcome): void => {
    if (this.#step !== null) this.#ended(this.#step, new RpcAnswer(outcome));
  };

  #ended(step: JourneyStep, answer: Answer): void {
    this.#abort = null;
    this.#bytesSent += answer.bytesSent;
    this.#bytesReceived += answer.bytesReceived;
    if (this.#sentAt === null) {
      this.#sentAt = answer.sentAt;
      this.#connection = answer.connection;
    }
    if (this.#closed) {
      this.#count(step, answer, { outcome: 'cut', error: null, message: null, checks: [] });
      return;
    }
    const { retrying } = step;
    if (
      this.#mayRetry &&
      this.#retries < retrying.attempts &&
      !arrived(step, answer) &&
      retrying.again(answer)
    ) {
      const at = answer.endedAt + retrying.backoff(this.#retries + 1);
      this.#alarm = this.#crew.alarms.set(at, this);
      return;
    }
    const verdict = judge(step, answer, this.#scope);
    this.#count(step, answer, verdict);
    this.#made({
      failed: verdict.outcome !== 'ok',
      unsent: this.#sentAt === null && neverConnected(answer),
      sentAt: this.#sentAt,
      endedAt: answer.endedAt,
      message: verdict.message,
    });
  }

  /** It is made again. */
  wake(): void {
    this.#alarm = null;
    if (this.#step === null) return;
    this.#retries++;
    this.#send(this.#step);
  }

  #count(step: JourneyStep, answer: Answer, verdict: Verdict): void {
    this.#step = null;
    const { results, keeping } = this.#crew;
    const { outcome, error, checks } = verdict;
    const sentAt = this.#sentAt;
    const { endedAt, firstAt, tokens, firstAudioAt, audioEndedAt, status } = answer;
    const whole = outcome !== 'cut';
    let passed = 0;
    for (const one of checks) if (one) passed++;
    const ended: EndedRequest = {
      step: step.id,
      vu: this.#vu,
      iteration: this.#scope.iteration,
      intendedAt: this.#dueAt,
      sentAt,
      outcome,
      status,
      error,
      retries: this.#retries,
      bytesSent: this.#bytesSent,
      bytesReceived: this.#bytesReceived,
      checksPassed: passed,
      checksFailed: checks.length - passed,
      excluded: this.#late ? 'generator' : null,
      request: whole ? endedAt - this.#dueAt : null,
      request_uncorrected: whole && sentAt !== null ? endedAt - sentAt : null,
      queue: sentAt === null ? null : sentAt - this.#dueAt,
      dns: this.#connection?.dns ?? null,
      tcp: this.#connection?.tcp ?? null,
      tls: this.#connection?.tls ?? null,
      first_byte: firstAt === null || sentAt === null ? null : firstAt - sentAt,
      download: whole && firstAt !== null ? endedAt - firstAt : null,
      first_token: tokens === null || sentAt === null ? null : tokens.firstAt - sentAt,
      tokens_per_second:
        tokens !== null && tokens.lastAt > tokens.firstAt
          ? ((tokens.count - 1) * 1000) / (tokens.lastAt - tokens.firstAt)
          : null,
      first_audio: firstAudioAt === null || sentAt === null ? null : firstAudioAt - sentAt,
      final_result: whole && audioEndedAt !== null ? endedAt - audioEndedAt : null,
    };
    if (checks.length > 0) results.checks(step.id, checks);
    const row = results.request(ended);
    keeping.ended({
      row, step, ended, verdict, answer, scope: this.#scope, request: this.#filled, call: this.#call, results,
    }); // prettier-ignore
  }

  #unfilled(step: JourneyStep, { kind, message }: { kind: string; message: string }): Made {
    const now = this.#crew.clock.now();
    this.#count(step, noAnswer(now), { outcome: 'failed', error: kind, message, checks: [] });
    return { failed: true, unsent: true, sentAt: null, endedAt: now, message };
  }

  /** Makes none again; false: none is open now. */
  settle(): boolean {
    this.#mayRetry = false;
    return this.#step !== null && this.#alarm === null;
  }

  /** Ends what goes on as `cut`, and closes its connections. Nobody is told. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#alarm?.();
    const step = this.#step;
    // The session may say at once how it went.
    this.#abort?.();
    if (step !== null && this.#step !== null)
      this.#count(step, noAnswer(this.#crew.clock.now()), {
        outcome: 'cut',
        error: null,
        message: null,
        checks: [],
      });
    this.#http?.close();
    this.#rpc?.close();
  }
}

function noAnswer(now: number): Answer {
  return {
    sentAt: null, firstAt: null, endedAt: now, status: null, bytesSent: 0, bytesReceived: 0, connection: null,
    tokens: null, firstAudioAt: null, audioEndedAt: null, failure: null,
    header: () => null, cookie: () => null, text: () => '', json: () => undefined,
  }; // prettier-ignore
}
