/** The way to a target, whatever is said to it then: address, name, connection, TLS, and the environment's guard. */
import { isIP, type Socket } from 'node:net';
import type { CheckStep, CheckStepName } from '#contract/checks';
import type { PlanTarget } from '#engine/plan';
import { proxyOf, type Proxy } from '#engine/transport/proxy';
import { plainScheme, readUrl, urlFinding, type Destination } from './address.ts';
import { handshakeTls } from './handshake.ts';
import { connectTcp, joined, openTunnel, resolveHost } from './network.ts';
import { failed, notNeeded, remarks, skipped, timed, type Finding, type OnStep } from './steps.ts';

export interface WayOptions {
  /** For each step that waits for the other side. */
  timeoutMs: number;
  /** Gives the check up: it then rejects with `CheckCancelled`. */
  signal: AbortSignal;
  /** Asks the guard of the environment; null: it has none. */
  health: ((signal: AbortSignal) => Promise<Finding>) | null;
  onStep?: OnStep;
}

/** The steps of every target. */
export const waySteps = ['url', 'dns', 'tcp', 'tls', 'health'] as const;

/** What is offered to be spoken over TLS. gRPC needs HTTP/2; who does not have it is to say so, not to hang up. */
const offered = { acs: ['http/1.1'], http: ['h2', 'http/1.1'], grpc: ['h2', 'http/1.1'] } as const;

/** Goes the way step by step. What is to be left is left with `leave`. */
export class Way {
  readonly done: CheckStep[] = [];
  readonly #target: PlanTarget;
  readonly #options: WayOptions;
  readonly #addresses: string[] = [];
  #proxy: Proxy | null = null;
  #line: Socket | null = null;

  constructor(target: PlanTarget, options: WayOptions) {
    this.#target = target;
    this.#options = options;
  }

  /** The connection that was made last; null: there is none. */
  get line(): Socket | null {
    return this.#line;
  }

  /** From the address to the guard; null: a step failed. */
  async reach(): Promise<Destination | null> {
    const { protocol, url } = this.#target;
    const destination = readUrl(url, protocol);
    const reached =
      (await this.take('url', () => this.#address())) &&
      destination !== null &&
      (await this.take('dns', () => this.#lookUp(destination))) &&
      (await this.take('tcp', () => this.#connect(destination))) &&
      (await this.take('tls', () => this.#secure(destination))) &&
      (await this.take('health', () => this.#askHealth()));
    return reached ? destination : null;
  }

  /** Takes a step; false: it failed. */
  async take(name: CheckStepName, work: () => Promise<Finding> | Finding): Promise<boolean> {
    const step = await timed(name, this.#options.signal, work);
    this.#add(step);
    return step.status !== 'failed';
  }

  /** Whatever of these was not taken was not reached. */
  end(names: readonly CheckStepName[]): CheckStep[] {
    for (const name of names.slice(this.done.length)) this.#add(skipped(name, 'not reached'));
    return this.done;
  }

  /** Hangs up, however far it came. */
  leave(): void {
    this.#line?.destroy();
  }

  /** The connection lay idle while the guard was asked: a server may have closed it. What fails now is returned. */
  async dialAgain(destination: Destination): Promise<Finding | null> {
    if (this.#options.health === null) return null;
    this.#line?.destroy();
    const tcp = await this.#connect(destination);
    if (tcp.status === 'failed') return tcp;
    const tls = await this.#secure(destination);
    return tls.status === 'failed' ? tls : null;
  }

  #add(step: CheckStep): void {
    this.done.push(step);
    this.#options.onStep?.(step);
  }

  readonly #begun = (socket: Socket): void => {
    this.#line = socket;
  };

  #address(): Finding {
    const { proxy } = this.#target;
    try {
      this.#proxy = proxy == null ? null : proxyOf(proxy);
    } catch (error) {
      const words = error instanceof Error ? error.message : 'the address of the proxy cannot be read';
      return failed(words, 'Write it like http://host:port or https://host:port.');
    }
    return urlFinding(this.#target, this.#proxy?.shown ?? null);
  }

  async #lookUp(destination: Destination): Promise<Finding> {
    const { host } = this.#proxy ?? destination;
    const behind =
      this.#proxy === null || isIP(destination.host) !== 0
        ? null
        : `The name ${destination.host} is looked up by the proxy, not here.`;
    if (isIP(host) !== 0) {
      this.#addresses.push(host);
      return notNeeded('the address needs no lookup', behind);
    }
    const found = await resolveHost(host, this.#addresses);
    return { ...found, advice: remarks(found.advice, found.status === 'ok' ? behind : null) };
  }

  async #connect(destination: Destination): Promise<Finding> {
    const { timeoutMs } = this.#options;
    const { host, port } = this.#proxy ?? destination;
    const goal = { host, port, addresses: this.#addresses, timeoutMs };
    const tcp = await connectTcp(goal, this.#begun);
    if (tcp.status === 'failed' || this.#proxy === null || this.#line === null) return tcp;
    const { tls } = this.#target;
    const behind = { host: destination.host, port: destination.port, tls, timeoutMs };
    return joined(tcp, await openTunnel(this.#proxy, this.#line, behind, this.#begun));
  }

  #secure({ host, secure }: Destination): Promise<Finding> | Finding {
    const { protocol, tls } = this.#target;
    if (!secure || this.#line === null) return notNeeded(`not used by ${plainScheme(protocol)}`);
    const { timeoutMs } = this.#options;
    return handshakeTls(this.#line, { host, tls, timeoutMs, protocols: offered[protocol] }, this.#begun);
  }

  #askHealth(): Promise<Finding> | Finding {
    const { health, signal } = this.#options;
    return health === null ? notNeeded('the environment has no guard') : health(signal);
  }
}
