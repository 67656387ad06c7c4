/** One request to an HTTP service: the first of the scenario, or a GET of the address. */
import { maskHeader, maskUrl } from '#contract/secrets';
import { Clock } from '#engine/clock';
import { createHttpClient } from '#engine/http/client';
import type { HttpOutcome, HttpRequest } from '#engine/http/exchange';
import type { PlanTarget } from '#engine/plan';
import type { PlanHttp, PlanRequestUsers } from '#engine/requestPlan';
import { HttpAnswer } from '#engine/requests/answer';
import { judge } from '#engine/requests/judging';
import { failed, notNeeded, passed, remarks, type Fact, type Finding } from '../steps.ts';
import type { FirstStep } from './firstStep.ts';

export interface HttpAsk {
  target: PlanTarget;
  timeoutMs: number;
  signal: AbortSignal;
  /** What is known beforehand of the credentials; null: nothing. */
  credentials: string | null;
  /** The scenario's users and the first request they make; null: the address is asked for. */
  users: { plan: PlanRequestUsers; first: FirstStep } | null;
}

const keptBody = 300;
const mostFacts = 60;

const plainClient: PlanHttp = {
  headers: {},
  cookies: true,
  version: 'auto',
  keepAlive: true,
  maxBodyBytes: 1024 * 1024,
  connections: 'own',
};

const common = { wantsBody: true, wantsDetail: false, cookies: null };

function requestOf({ target, timeoutMs, users }: HttpAsk): HttpRequest {
  if (users === null)
    return {
      ...common,
      method: 'GET',
      url: target.url,
      headers: Object.fromEntries(
        Object.entries(target.headers).map(([name, value]) => [name.toLowerCase(), value]),
      ),
      body: null,
      stream: null,
      redirects: 5,
      timeoutMs,
    };
  const { step, scope } = users.first;
  if (step.http === null) throw new Error(`${step.name} is no HTTP request`);
  const { method, redirects, stream } = step.http.plan;
  return { ...common, ...step.http.fill(scope), method, redirects, stream, timeoutMs: step.timeoutMs };
}

/** Makes it. What cannot be filled in without the set-up is skipped. */
export async function askHttp(ask: HttpAsk): Promise<Finding> {
  let request: HttpRequest;
  try {
    request = requestOf(ask);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return notNeeded(
      `not made: ${why}`,
      'The first request of the scenario needs a value that only its set-up takes; crosstalk run --once makes them all.',
    );
  }
  const { signal, target, timeoutMs, users } = ask;
  const client = createHttpClient({
    clock: new Clock(process.hrtime.bigint()),
    users: {
      target,
      connectTimeoutMs: timeoutMs,
      http: users?.plan.http ?? plainClient,
    },
  });
  const close = () => client.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    const session = client.session();
    const outcome = await new Promise<HttpOutcome>((done) => session.send(request, done));
    return findingOf(ask, outcome);
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}

function factsOf({ connection, firstByteAt, headers, sentAt, endedAt }: HttpOutcome): Fact[] {
  const facts: Fact[] = [];
  const part = (name: string, ms: number) => facts.push({ name, value: `${ms.toFixed(1)} ms` });
  if (connection !== null) part('connection', connection.dns + connection.tcp + connection.tls);
  if (sentAt !== null && firstByteAt !== null) part('first byte', firstByteAt - sentAt);
  if (firstByteAt !== null) part('download', endedAt - firstByteAt);
  for (const [name, value] of Object.entries(headers).slice(0, mostFacts)) {
    const text = String(value);
    facts.push({ name, value: name === 'location' ? maskUrl(text) : maskHeader(name, text) });
  }
  return facts;
}

function excerpt({ body }: HttpOutcome): string {
  const text = (body?.toString('utf8') ?? '')
    .replace(/<(style|script)[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return text.length > keptBody ? `${text.slice(0, keptBody)}…` : text;
}

function findingOf({ credentials, users }: HttpAsk, outcome: HttpOutcome): Finding {
  const { failure, headers, httpVersion, status } = outcome;
  const facts = factsOf(outcome);
  const asked = users?.first.step.name ?? 'GET of the address';
  if (status === null)
    return failed(`${asked}: ${failure?.message ?? 'no answer'}`, causeOf(failure?.kind ?? ''), facts);
  const type = headers['content-type'];
  const words = [
    `${asked}: HTTP ${status} over HTTP/${httpVersion ?? '1.1'}`,
    `${outcome.body?.length ?? 0} bytes${type === undefined ? '' : ` of ${String(type).split(';', 1)[0]}`}`,
  ];
  if (users !== null) {
    const { step, scope } = users.first;
    const verdict = judge(step, new HttpAnswer(outcome, step.needsBody), scope);
    if (verdict.error === null) return passed(words.join(', '), credentials, facts);
    const said = excerpt(outcome);
    const seen = said === '' ? words : [...words, `“${said}”`];
    const advice = remarks(verdict.message, status >= 400 ? statusCause(status) : null, credentials);
    return failed(seen.join(', '), advice ?? 'Check the request in the scenario.', facts);
  }
  if (failure !== null && failure.kind !== 'body_too_large')
    return failed(`${words.join(', ')}, then ${failure.message}`, causeOf(failure.kind), facts);
  if (status >= 500 || status === 401 || status === 403 || status === 407)
    return failed(words.join(', '), statusCause(status), facts);
  const remark =
    status >= 400 ? 'The service answers, but not this address by itself: a scenario asks its paths.' : null;
  return passed(words.join(', '), remarks(remark, credentials), facts);
}

function causeOf(kind: string): string {
  switch (kind) {
    case 'request_timeout':
      return 'The service took the request but did not answer in time: it hangs, or is overloaded.';
    case 'reset':
      return 'The service cut the connection in the middle of the request: it crashed, or the port wants TLS (https://).';
    case 'protocol':
      return 'What answers on this port does not speak HTTP as it was asked: check the port and http_version.';
    case 'body_too_large':
      return 'The answer is larger than what is kept of one: raise max_body of the users entry.';
    default:
      return 'Check the address, and what stands in between.';
  }
}

function statusCause(status: number): string {
  switch (status) {
    case 401:
      return 'The service wants credentials, or refused the ones it got: check auth and headers of the target.';
    case 403:
      return 'The service does not allow this client: check its credentials, or a firewall in between.';
    case 404:
      return 'There is nothing at this path: check the path, and whether the target’s address has a prefix of its own.';
    case 405:
      return 'The path is there, but not for this method.';
    case 407:
      return 'A proxy in between wants a user and password: set proxy of the target.';
    case 415:
    case 422:
    case 400:
      return 'The service does not take the request as it is: check its body and content type.';
    case 429:
      return 'The service limits how often it may be asked: a load test would meet that limit at once.';
    case 502:
    case 504:
      return 'A gateway answers, but the service behind it does not.';
    case 503:
      return 'The service is not ready, or full.';
    default:
      return status >= 500
        ? 'The service failed while it answered: look at its log.'
        : 'The service refused the request.';
  }
}
