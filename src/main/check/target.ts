/** Everything about a target that can be told without a call: from its address to its session set-up, over one connection. */
import { randomUUID } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { CheckStep, CheckStepName } from '#contract/checks';
import type { PlanTarget } from '#engine/plan';
import type { ProtocolAdapter } from '#engine/protocols/adapter';
import { proxyOf, type Proxy } from '#engine/transport/proxy';
import { readUrl, urlFinding, type Destination } from './address.ts';
import { handshakeTls } from './handshake.ts';
import { connectTcp, joined, openTunnel, resolveHost } from './network.ts';
import { setUp, upgrade } from './session.ts';
import { failed, notNeeded, remarks, skipped, timed, type Finding, type OnStep } from './steps.ts';

export interface TargetCheckOptions {
  /** How the target's protocol opens a session. */
  adapter: ProtocolAdapter;
  /** For each step that waits for the other side. */
  timeoutMs: number;
  /** Gives the check up: it then rejects with `CheckCancelled`. */
  signal: AbortSignal;
  /** Asks the guard of the environment; null: it has none. */
  health: ((signal: AbortSignal) => Promise<Finding>) | null;
  /** What is known beforehand of the credentials the upgrade carries; null: nothing. */
  credentials: string | null;
  onStep?: OnStep;
}

const steps = ['url', 'dns', 'tcp', 'tls', 'health', 'upgrade', 'session'] as const;

/** Walks the way to a target step by step and ends at the first that fails; what was not reached is `skipped`. */
export async function checkTarget(target: PlanTarget, options: TargetCheckOptions): Promise<CheckStep[]> {
  const way = new WayTo(target, options);
  try {
    return await way.walk();
  } finally {
    way.leave();
  }
}

class WayTo {
  readonly #target: PlanTarget;
  readonly #options: TargetCheckOptions;
  readonly #done: CheckStep[] = [];
  readonly #addresses: string[] = [];
  #proxy: Proxy | null = null;
  #line: Socket | null = null;
  #webSocket: WebSocket | null = null;

  constructor(target: PlanTarget, options: TargetCheckOptions) {
    this.#target = target;
    this.#options = options;
  }

  async walk(): Promise<CheckStep[]> {
    const destination = readUrl(this.#target.url);
    const goOn =
      (await this.#take('url', () => this.#address())) &&
      destination !== null &&
      (await this.#take('dns', () => this.#lookUp(destination))) &&
      (await this.#take('tcp', () => this.#connect(destination))) &&
      (await this.#take('tls', () => this.#secure(destination))) &&
      (await this.#take('health', () => this.#askHealth()));
    if (goOn) await this.#open(destination);
    for (const name of steps.slice(this.#done.length)) this.#add(skipped(name, 'not reached'));
    return this.#done;
  }

  /** Hangs up, however far it came. */
  leave(): void {
    this.#webSocket?.terminate();
    this.#line?.destroy();
  }

  async #open(destination: Destination): Promise<void> {
    const { adapter } = this.#options;
    const session = adapter.session({ callId: randomUUID(), vu: 0 });
    if (!(await this.#take('upgrade', () => this.#upgrade(destination, session)))) return;
    const webSocket = this.#webSocket;
    if (webSocket !== null) await this.#take('session', () => setUp(webSocket, session));
  }

  async #take(name: CheckStepName, work: () => Promise<Finding> | Finding): Promise<boolean> {
    const step = await timed(name, this.#options.signal, work);
    this.#add(step);
    return step.status !== 'failed';
  }

  #add(step: CheckStep): void {
    this.#done.push(step);
    this.#options.onStep?.(step);
  }

  readonly #begun = (socket: Socket): void => {
    this.#line = socket;
  };

  #address(): Finding {
    const { proxy, shownUrl, url } = this.#target;
    try {
      this.#proxy = proxy == null ? null : proxyOf(proxy);
    } catch (error) {
      const words = error instanceof Error ? error.message : 'the address of the proxy cannot be read';
      return failed(words, 'Write it like http://host:port or https://host:port.');
    }
    return urlFinding(url, shownUrl, this.#proxy?.shown ?? null);
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
    if (!secure || this.#line === null) return notNeeded('not used by ws://');
    const { tls } = this.#target;
    return handshakeTls(this.#line, { host, tls, timeoutMs: this.#options.timeoutMs }, this.#begun);
  }

  #askHealth(): Promise<Finding> | Finding {
    const { health, signal } = this.#options;
    return health === null ? notNeeded('the environment has no guard') : health(signal);
  }

  async #upgrade(destination: Destination, session: Parameters<typeof setUp>[1]): Promise<Finding> {
    const { credentials, timeoutMs } = this.#options;
    const again = await this.#dialAgain(destination);
    if (again !== null) return again;
    const line = this.#line;
    if (line === null) return failed('no connection', 'Check the target once more.');
    const goal = { destination, target: this.#target, session, timeoutMs };
    const found = await upgrade(line, goal, (webSocket) => (this.#webSocket = webSocket));
    return { ...found, advice: remarks(found.advice, credentials) };
  }

  /** The connection lay idle while the guard was asked: a server may have closed it. What fails now is returned. */
  async #dialAgain(destination: Destination): Promise<Finding | null> {
    if (this.#options.health === null) return null;
    this.#line?.destroy();
    const tcp = await this.#connect(destination);
    if (tcp.status === 'failed') return tcp;
    const tls = await this.#secure(destination);
    return tls.status === 'failed' ? tls : null;
  }
}
