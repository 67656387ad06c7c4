/** Carries remote procedure calls over gRPC. */
import { Metadata } from '@grpc/grpc-js';
import { CrosstalkError } from '#contract/errors';
import type { Clock } from '../clock.ts';
import { Alarms } from '../requests/alarms.ts';
import type { PlanRequestUsers, PlanStage } from '../requestPlan.ts';
import { addressOf, type GrpcProblem } from './address.ts';
import { Call } from './call.ts';
import { Connection } from './connection.ts';
import { Incoming } from './incoming.ts';
import { MessageMismatch } from './messageJson.ts';
import { metadataOf } from './metadata.ts';
import { Methods } from './methods.ts';
import { outgoing } from './outgoing.ts';
import type { RpcClient, RpcOutcome, RpcRequest, RpcSession } from './rpc.ts';

export interface RpcClientOptions {
  users: PlanRequestUsers | PlanStage;
  clock: Clock;
}

/** One timer for all calls of a run on this thread. */
const alarmsOf = new WeakMap<Clock, Alarms>();

function sharedAlarms(clock: Clock): Alarms {
  const alarms = alarmsOf.get(clock) ?? new Alarms(clock);
  alarmsOf.set(clock, alarms);
  return alarms;
}

/** All connections of one thread to the target of one users entry. Throws a `CrosstalkError` when its descriptors cannot be read. */
export function createRpcClient({ users, clock }: RpcClientOptions): RpcClient {
  const { grpc, target, connectTimeoutMs } = users;
  if (grpc === null)
    throw new CrosstalkError({
      kind: 'internal',
      code: 'no_grpc',
      message: `${users.name} make no gRPC calls.`,
    });
  const methods = Methods.from(grpc.descriptors);
  if (!methods.ok) throw new CrosstalkError(methods.error);
  const address = addressOf(target);
  const shared: Shared = {
    clock,
    alarms: sharedAlarms(clock),
    methods: methods.value,
    metadata: metadataOf([target.headers, grpc.metadata]),
    connectTimeoutMs,
  };
  const open = (): Connection | GrpcProblem =>
    'kind' in address ? address : new Connection(target, address);
  const pool = grpc.channels === 'own' ? null : Array.from({ length: grpc.channels }, open);
  const sessions = new Set<Session>();
  let next = 0;
  return {
    session: () => {
      const connection = pool === null ? open() : (pool[next++ % pool.length] ?? open());
      const session = new Session(shared, connection, pool === null, () => sessions.delete(session));
      sessions.add(session);
      return session;
    },
    close: () => {
      for (const session of sessions) session.close();
      for (const connection of pool ?? []) if (connection instanceof Connection) connection.close();
    },
  };
}

interface Shared {
  clock: Clock;
  alarms: Alarms;
  methods: Methods;
  metadata: Metadata | GrpcProblem;
  connectTimeoutMs: number;
}

class Session implements RpcSession {
  readonly #shared: Shared;
  readonly #connection: Connection | GrpcProblem;
  readonly #own: boolean;
  readonly #left: () => void;
  readonly #calls = new Set<() => void>();

  constructor(shared: Shared, connection: Connection | GrpcProblem, own: boolean, left: () => void) {
    this.#shared = shared;
    this.#connection = connection;
    this.#own = own;
    this.#left = left;
  }

  call(request: RpcRequest, done: (outcome: RpcOutcome) => void): () => void {
    const prepared = this.#prepare(request, (outcome) => {
      this.#calls.delete(cancel);
      done(outcome);
    });
    const cancel = (): void => {
      if (prepared instanceof Call) prepared.cancel();
    };
    if (prepared instanceof Call) {
      this.#calls.add(cancel);
      prepared.begin();
    } else setImmediate(() => done(notBegun(this.#shared.clock.now(), prepared)));
    return cancel;
  }

  #prepare(request: RpcRequest, done: (outcome: RpcOutcome) => void): Call | GrpcProblem {
    const { methods, ...shared } = this.#shared;
    const connection = this.#connection;
    if (!(connection instanceof Connection)) return connection;
    if (!(shared.metadata instanceof Metadata)) return shared.metadata;
    const metadata = metadataOf([request.metadata], shared.metadata);
    if (!(metadata instanceof Metadata)) return metadata;
    try {
      const method = methods.get(request.rpc);
      const messages = outgoing(method, request);
      const incoming = new Incoming(methods.types, method, request);
      return new Call({ ...shared, connection, request, method, metadata, messages, incoming, done });
    } catch (thrown) {
      if (!(thrown instanceof MessageMismatch)) throw thrown;
      return { kind: 'message', message: thrown.message };
    }
  }

  close(): void {
    for (const cancel of this.#calls) cancel();
    if (this.#own && this.#connection instanceof Connection) this.#connection.close();
    this.#left();
  }
}

function notBegun(endedAt: number, failure: GrpcProblem): RpcOutcome {
  return {
    sentAt: null,
    firstMessageAt: null,
    endedAt,
    status: null,
    details: '',
    message: null,
    responses: 0,
    metadata: {},
    bytesSent: 0,
    bytesReceived: 0,
    audioEndedAt: null,
    firstAudioAt: null,
    audioBytes: 0,
    tokens: null,
    messages: [],
    failure,
  };
}
