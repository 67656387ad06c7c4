/** What a gRPC service is asked: whether it speaks HTTP/2, which services it has, and the scenario's first call. */
import { connect as connectHttp2 } from 'node:http2';
import type { Socket } from 'node:net';
import { grpcStatuses } from '#contract/requests';
import { Clock } from '#engine/clock';
import { createRpcClient } from '#engine/grpc/client';
import { readDescriptorSet } from '#engine/grpc/descriptorSet';
import { reflectDescriptors } from '#engine/grpc/reflection';
import type { RpcOutcome, RpcRequest } from '#engine/grpc/rpc';
import type { PlanTarget } from '#engine/plan';
import type { PlanRequestUsers } from '#engine/requestPlan';
import { RpcAnswer } from '#engine/requests/answer';
import { judge } from '#engine/requests/judging';
import { shortError } from '../causes.ts';
import { failed, notNeeded, passed, remarks, type Fact, type Finding } from '../steps.ts';
import type { FirstStep } from './firstStep.ts';

const needsHttp2 =
  'gRPC needs HTTP/2 from end to end: check the port, and whether a proxy or load balancer in between passes it on.';

/** Begins HTTP/2 on a connection and waits for the other side's settings (RFC 9113 §3.4). The connection is used up. */
export function speakHttp2(line: Socket, timeoutMs: number): Promise<Finding> {
  const chosen = 'alpnProtocol' in line ? line.alpnProtocol : 'h2';
  if (chosen !== 'h2')
    return Promise.resolve(failed('the server does not offer HTTP/2 over TLS (ALPN)', needsHttp2));
  return new Promise((resolve) => {
    const session = connectHttp2('http://service', { createConnection: () => line });
    const settle = (finding: Finding) => {
      clearTimeout(timer);
      resolve(finding);
      session.destroy();
    };
    const timer = setTimeout(() => settle(failed('no answer', needsHttp2)), timeoutMs);
    session.on('error', (error) => settle(failed(shortError(error), needsHttp2)));
    session.once('close', () => settle(failed('closed', needsHttp2)));
    session.once('remoteSettings', ({ maxConcurrentStreams = 2 ** 32 - 1 }) => {
      const limit = maxConcurrentStreams >= 2 ** 31 ? 'any number of' : `up to ${maxConcurrentStreams}`;
      settle(passed(`spoken; ${limit} calls at once on a connection`));
    });
  });
}

const ofReflection = 'grpc.reflection.';

/** Which services there are, where the server tells. `needed`: nobody else says. */
export async function askReflection(
  target: PlanTarget,
  timeoutMs: number,
  needed: boolean,
): Promise<Finding> {
  const found = await reflectDescriptors(target, [], timeoutMs);
  if (!found.ok) {
    const { code, message } = found.error;
    if (code === 'reflection_refused')
      return notNeeded(
        'not offered',
        needed ? 'Without it a scenario names the .proto files under proto.' : null,
      );
    return failed(message, 'Check the address, the credentials of the target, and what stands in between.');
  }
  const services = readDescriptorSet(found.value)
    .flatMap((file) =>
      file.service.map(({ method, name }) => ({
        name: file.package === '' ? name : `${file.package}.${name}`,
        methods: method.map((one) => one.name),
      })),
    )
    .filter(({ name }) => !name.startsWith(ofReflection));
  const facts = services.map(({ methods, name }): Fact => ({ name, value: methods.join(', ') }));
  const count = services.length === 1 ? 'one service' : `${services.length} services`;
  const names = services.map(({ name }) => name).join(', ');
  return passed(services.length === 0 ? 'offered; no services' : `offered; ${count}: ${names}`, null, facts);
}

export interface RpcAsk {
  signal: AbortSignal;
  credentials: string | null;
  users: { plan: PlanRequestUsers; first: FirstStep };
}

/** Makes the first call of the scenario. */
export async function askRpc({ credentials, signal, users }: RpcAsk): Promise<Finding> {
  const { step, scope } = users.first;
  if (step.rpc === null) throw new Error(`${step.name} is no gRPC call`);
  const { firstAudio, messageIntervalMs, rpc, token } = step.rpc.plan;
  let request: RpcRequest;
  try {
    const filled = step.rpc.fill(scope);
    request = {
      ...filled,
      rpc,
      firstAudio,
      messageIntervalMs,
      token,
      deadlineMs: step.timeoutMs,
      wantsDetail: false,
    };
  } catch (error) {
    return notNeeded(
      `not made: ${error instanceof Error ? error.message : String(error)}`,
      'The first call of the scenario needs a value that only its set-up takes; crosstalk run --once makes them all.',
    );
  }
  const client = createRpcClient({ users: users.plan, clock: new Clock(process.hrtime.bigint()) });
  const close = () => client.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    const session = client.session();
    const outcome = await new Promise<RpcOutcome>((done) => session.call(request, done));
    const { details, metadata, responses, status } = outcome;
    const facts = Object.keys(metadata).map((name): Fact => ({ name, value: 'received' }));
    const verdict = judge(step, new RpcAnswer(outcome), scope);
    const name = status === null ? 'no status' : (grpcStatuses[status] ?? String(status));
    const said = details === '' || status === 0 ? '' : `, “${details}”`;
    const messages = responses === 1 ? 'one message' : `${responses} messages`;
    const detail = `${step.name}: ${name}${said}, ${messages}`;
    if (verdict.error === null) return passed(detail, credentials, facts);
    return failed(detail, remarks(verdict.message, credentials) ?? 'Check the call in the scenario.', facts);
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}
