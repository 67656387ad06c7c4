/** One remote procedure call of the services: its record, and what goes wrong in it. */
import { ServerInterceptingCall, type Metadata, status, type ServerInterceptor } from '@grpc/grpc-js';
import type { Desk, ServiceRequest } from '../request.ts';
import { unreadable } from './definition.ts';

/** What all kinds of server calls of grpc-js have. */
export interface AnyCall {
  readonly metadata: Metadata;
  getPath(): string;
  getPeer(): string;
  on(event: 'cancelled', listener: () => void): unknown;
}

const codes = { 429: status.RESOURCE_EXHAUSTED, 500: status.INTERNAL, 503: status.UNAVAILABLE } as const;
const arrivals = new WeakMap<Metadata, bigint>();

/** Stamps the arrival of a call's head. */
export const stampArrival: ServerInterceptor = (_method, call) =>
  new ServerInterceptingCall(call, {
    start: (next) =>
      next({
        onReceiveMetadata(metadata, pass) {
          arrivals.set(metadata, process.hrtime.bigint());
          pass(metadata);
        },
      }),
  });

/** Ends a call without an answer that can be used. */
export interface Refusal {
  code: status;
  details: string;
}

export class RpcExchange {
  readonly request: ServiceRequest;
  readonly #call: AnyCall;
  readonly #cut: (peer: string) => void;

  /** `cut` ends the connection of a peer. */
  constructor(desk: Desk, call: AnyCall, cut: (peer: string) => void) {
    const arrived = arrivals.get(call.metadata) ?? process.hrtime.bigint();
    const given = call.metadata.get('x-crosstalk-request')[0];
    this.request = desk.open('grpc', call.getPath(), arrived, given?.toString());
    this.#call = call;
    this.#cut = cut;
    call.on('cancelled', () => this.request.end(null));
  }

  /** How it is refused before anything is done; null: it is not. */
  refusal(): Refusal | null {
    const { request } = this;
    if (request.beyondCapacity) {
      request.noteFault('capacity');
      return { code: status.RESOURCE_EXHAUSTED, details: 'too many requests at once' };
    }
    if (!request.draws.error) return null;
    request.noteFault('error');
    const { error_status: errorStatus } = request.desk.config.services.faults;
    return { code: codes[errorStatus], details: 'failed on purpose' };
  }

  /** `message`, or bytes that are none when chance has it so. */
  outgoing(message: object): object {
    if (!this.request.draws.garbage) return message;
    this.request.noteFault('garbage');
    return unreadable;
  }

  /** Cuts the connection, and with it whatever else goes over it. */
  cut(): void {
    this.#cut(this.#call.getPeer());
    this.request.end(null);
  }

  /** Answers a unary call or a client stream: a whole message, or a refusal. */
  reply(answer: object | Refusal, callback: (error: Refusal | null, value?: object) => void): void {
    const { request } = this;
    if (request.over) return;
    if (isRefusal(answer)) {
      request.noteFirstByte();
      callback(answer);
      request.end(answer.code);
      return;
    }
    if (request.draws.reset) {
      request.noteFault('reset');
      this.cut();
      return;
    }
    const message = this.outgoing(answer);
    request.noteFirstByte();
    callback(null, message);
    request.end(status.OK);
  }
}

function isRefusal(answer: object): answer is Refusal {
  return 'code' in answer && 'details' in answer;
}
