/** One remote procedure call, from the wait for its connection to its status. */
import { status as grpcStatus, type Metadata, type StatusObject } from '@grpc/grpc-js';
import { grpcStatuses } from '#contract/requests';
import type { Clock } from '../clock.ts';
import type { Alarms, Unset } from '../requests/alarms.ts';
import type { Connection, GrpcCall } from './connection.ts';
import { longestText, mostKept, notRead, type Incoming } from './incoming.ts';
import type { CallableMethod } from './methods.ts';
import type { Outgoing, OutgoingMessage } from './outgoing.ts';
import type { RpcOutcome, RpcRequest } from './rpc.ts';

/** Before each message go one byte of flags and four of its length. */
const messageHead = 5;

export interface CallParts {
  clock: Clock;
  alarms: Alarms;
  connection: Connection;
  connectTimeoutMs: number;
  request: RpcRequest;
  method: CallableMethod;
  metadata: Metadata;
  messages: Outgoing;
  incoming: Incoming;
  done: (outcome: RpcOutcome) => void;
}

const answered = {
  ok: grpcStatuses.indexOf('OK'),
  late: grpcStatuses.indexOf('DEADLINE_EXCEEDED'),
  unavailable: grpcStatuses.indexOf('UNAVAILABLE'),
};

/** What the library says when a connection ended under a call, which no server said. */
const lostConnection = /Connection dropped|ECONNRESET|EPIPE|socket|Connection closed|read ECONN/i;

type Failure = RpcOutcome['failure'];

export class Call {
  readonly #parts: CallParts;
  readonly #begunAt: number;
  readonly #kept: RpcOutcome['messages'] = [];
  #call: GrpcCall | null = null;
  #ended = false;
  #cancelled = false;
  #problem: Failure = null;
  #unset: Unset | null = null;
  #sentAt: number | null = null;
  #audioAt: number | null = null;
  #audioEndedAt: number | null = null;
  #bytesSent = 0;
  #metadata: Record<string, string> = {};

  constructor(parts: CallParts) {
    this.#parts = parts;
    this.#begunAt = parts.clock.now();
  }

  begin(): void {
    const { connection, connectTimeoutMs, request } = this.#parts;
    const patience = Math.min(connectTimeoutMs, request.deadlineMs);
    connection.ready(patience, (problem) => {
      if (this.#ended || this.#cancelled) return;
      if (problem === null) this.#start();
      else if (problem.kind === 'connect_timeout' && request.deadlineMs < connectTimeoutMs)
        this.#end(null, { ...problem, kind: 'request_timeout' });
      else this.#end(null, problem);
    });
  }

  #start(): void {
    const { clock, connection, request, method, metadata } = this.#parts;
    const left = request.deadlineMs - (clock.now() - this.#begunAt);
    const call = connection.call(method.type.rpc, new Date(Date.now() + Math.max(0, left)));
    this.#call = call;
    call.start(metadata, {
      onReceiveMetadata: (received) => this.#addMetadata(received),
      onReceiveMessage: (bytes: unknown) => this.#receive(bytes),
      onReceiveStatus: (status) => this.#status(status),
    });
    this.#sentAt = clock.now();
    this.#next();
    call.startRead();
  }

  /** Sends the next message when it is due, or says that there is none. */
  #next(): void {
    if (this.#ended) return;
    const value = this.#parts.messages.next();
    if (value === null) {
      this.#call?.halfClose();
      return;
    }
    const since = value.since === 'audio' ? (this.#audioAt ??= this.#parts.clock.now()) : (this.#sentAt ?? 0);
    const due = value.after === null ? 0 : since + value.after;
    if (due <= this.#parts.clock.now()) this.#send(value);
    else this.#unset = this.#parts.alarms.set(due, { wake: () => this.#send(value) });
  }

  #send(message: OutgoingMessage): void {
    const call = this.#call;
    if (this.#ended || call === null) return;
    const at = this.#parts.clock.now();
    if (message.audio) this.#audioEndedAt = at;
    this.#bytesSent += message.bytes.length + messageHead;
    if (this.#parts.request.wantsDetail && this.#kept.length < mostKept)
      this.#kept.push({
        at,
        direction: 'sent',
        text: message.text().slice(0, longestText),
        bytes: message.bytes.length,
      });
    // The library holds one message at a time.
    call.sendMessageWithContext({ callback: () => this.#next() }, message.bytes);
  }

  #receive(bytes: unknown): void {
    const at = this.#parts.clock.now();
    if (this.#ended || !Buffer.isBuffer(bytes)) return;
    try {
      this.#parts.incoming.add(bytes, at, this.#kept);
    } catch (thrown) {
      this.#giveUp({ kind: 'protocol', message: notRead(this.#parts.method, thrown) });
      return;
    }
    this.#call?.startRead();
  }

  #addMetadata(received: Metadata): void {
    for (const [key, value] of Object.entries(received.getMap()))
      this.#metadata[key] = typeof value === 'string' ? value : value.toString('base64');
  }

  #giveUp(problem: Failure): void {
    this.#problem = problem;
    this.#call?.cancelWithStatus(grpcStatus.CANCELLED, 'given up');
  }

  #status({ details, metadata, ...status }: StatusObject): void {
    const code: number = status.code;
    this.#addMetadata(metadata);
    if (this.#problem !== null) this.#end(null, this.#problem, details);
    else if (this.#cancelled) this.#end(null, { kind: 'aborted', message: 'The call was cut off.' }, details);
    else if (code === answered.ok) this.#end(code, this.#unreadable(), details);
    else this.#failed(code, details);
  }

  #unreadable(): Failure {
    const problem = this.#parts.incoming.problem();
    return problem === null ? null : { kind: 'protocol', message: problem };
  }

  #failed(code: number, details: string): void {
    const { method, request } = this.#parts;
    const { rpc } = method.type;
    if (code === answered.late)
      this.#end(
        code,
        {
          kind: 'request_timeout',
          message: `${rpc} took longer than its deadline of ${request.deadlineMs / 1000} s.`,
        },
        details,
      );
    else if (code === answered.unavailable && lostConnection.test(details))
      this.#end(
        null,
        { kind: 'reset', message: `The connection was lost during ${rpc} (${details}).` },
        details,
      );
    else {
      const name = grpcStatuses[code] ?? String(code);
      const message = `${rpc} was answered with ${name}${details === '' ? '' : `: ${details}`}`;
      this.#end(
        code,
        { kind: `grpc_${name}`, message: /[.!?]$/.test(message) ? message : `${message}.` },
        details,
      );
    }
  }

  /** Cuts it off; the outcome says so. */
  cancel(): void {
    if (this.#ended) return;
    this.#cancelled = true;
    if (this.#call === null)
      setImmediate(() => this.#end(null, { kind: 'aborted', message: 'The call was cut off.' }));
    else this.#call.cancelWithStatus(grpcStatus.CANCELLED, 'cut off');
  }

  #end(status: number | null, failure: Failure, details = ''): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#unset?.();
    const { clock, incoming, done } = this.#parts;
    const endedAt = clock.now();
    const heard = status !== null || incoming.count > 0;
    let message: { value: unknown } | null = null;
    done({
      sentAt: this.#sentAt,
      firstMessageAt: incoming.firstAt ?? (heard ? endedAt : null),
      endedAt,
      status,
      details,
      // Read when somebody asks: most answers are counted only.
      get message(): unknown {
        message ??= { value: incoming.lastMessage() };
        return message.value;
      },
      responses: incoming.count,
      metadata: this.#metadata,
      bytesSent: this.#bytesSent,
      bytesReceived: incoming.bytes + incoming.count * messageHead,
      audioEndedAt: this.#audioEndedAt,
      firstAudioAt: incoming.firstAudioAt,
      audioBytes: incoming.audioBytes,
      tokens: incoming.tokens,
      messages: this.#kept,
      failure,
    });
  }
}
