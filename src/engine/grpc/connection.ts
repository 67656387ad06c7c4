/** One connection to a service, opened when it is first needed, and again after it was lost. */
import { Channel, connectivityState, Metadata, type ChannelInterface } from '@grpc/grpc-js';
import type { PlanTarget } from '../plan.ts';
import { connectFailure, type GrpcAddress, type GrpcProblem } from './address.ts';

export type GrpcCall = ReturnType<ChannelInterface['createCall']>;

export class Connection {
  readonly #target: PlanTarget;
  readonly #address: GrpcAddress;
  #channel: ChannelInterface | null = null;
  #closed = false;

  constructor(target: PlanTarget, address: GrpcAddress) {
    this.#target = target;
    this.#address = address;
  }

  #open(): ChannelInterface {
    const { name, credentials, options } = this.#address;
    this.#channel ??= new Channel(name, credentials, options);
    return this.#channel;
  }

  /** Tells once when calls can be made, before it returns where it is connected; or later why not. Each failure is of an attempt of its own. */
  ready(timeoutMs: number, done: (problem: GrpcProblem | null) => void): void {
    if (this.#closed) {
      setImmediate(done, { kind: 'aborted', message: 'The connection was closed.' });
      return;
    }
    const channel = this.#open();
    const deadline = Date.now() + timeoutMs;
    const look = (timedOut: boolean): void => {
      if (this.#closed) {
        done({ kind: 'aborted', message: 'The connection was closed.' });
        return;
      }
      const state = channel.getConnectivityState(true);
      if (state === connectivityState.READY) done(null);
      else if (state === connectivityState.TRANSIENT_FAILURE) this.#whyNot(channel, done);
      else if (timedOut || state === connectivityState.SHUTDOWN) {
        this.#drop(channel);
        done({
          kind: 'connect_timeout',
          message: `${this.#target.shownUrl} cannot be connected: no connection was made within ${timeoutMs / 1000} s.`,
        });
      } else channel.watchConnectivityState(state, deadline, (error) => look(error !== undefined));
    };
    look(false);
  }

  /** Only a call is told why there is no connection. */
  #whyNot(channel: ChannelInterface, done: (problem: GrpcProblem) => void): void {
    const call = channel.createCall(`${this.#address.prefix}/`, Date.now() + 1000, null, null, null);
    call.start(new Metadata(), {
      onReceiveMetadata: () => undefined,
      onReceiveMessage: () => undefined,
      onReceiveStatus: ({ details }) => {
        this.#drop(channel);
        done(connectFailure(this.#target, details));
      },
    });
    call.halfClose();
    call.startRead();
  }

  /** The next call makes a new attempt at once instead of waiting until the library would. */
  #drop(channel: ChannelInterface): void {
    if (this.#channel === channel) this.#channel = null;
    channel.close();
  }

  /** Only once it was ready. */
  call(rpc: string, deadline: Date): GrpcCall {
    return this.#open().createCall(`${this.#address.prefix}/${rpc}`, deadline, null, null, null);
  }

  close(): void {
    this.#closed = true;
    this.#channel?.close();
    this.#channel = null;
  }
}
