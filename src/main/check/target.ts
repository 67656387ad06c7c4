/** Everything about a target that can be told without speaking to the agent: from its address to its session set-up. */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import type { WebSocket } from 'ws';
import type { ProtocolAdapter } from '#engine/protocols/adapter';
import { connectTcp, handshakeTls, readUrl, resolveHost, urlFinding } from './network.ts';
import { setUp, upgrade } from './session.ts';
import { skipped, timed, type CheckStep, type CheckTarget, type OnStep } from './steps.ts';

export interface TargetCheckOptions {
  /** How the target's protocol opens a session. */
  adapter: ProtocolAdapter;
  /** For each step that waits for the other side. */
  timeoutMs: number;
  onStep?: OnStep;
}

/** Walks the way to a target step by step and ends at the first that fails; what was not reached is `skipped`. */
export async function checkTarget(target: CheckTarget, options: TargetCheckOptions): Promise<CheckStep[]> {
  const steps: CheckStep[] = [];
  const add = (step: CheckStep): boolean => {
    steps.push(step);
    options.onStep?.(step);
    return step.status !== 'failed';
  };
  const names = ['url', 'dns', 'tcp', 'tls', 'upgrade', 'session'] as const;
  const rest = () => {
    for (const name of names.slice(steps.length)) add(skipped(name, 'not reached'));
    return steps;
  };

  if (!add(await timed('url', () => Promise.resolve(urlFinding(target.url))))) return rest();
  const destination = readUrl(target.url);
  if (destination === null) return rest();

  const addresses: string[] = [];
  if (isIP(destination.host) !== 0) {
    addresses.push(destination.host);
    add(skipped('dns', 'the address needs no lookup'));
  } else if (!add(await timed('dns', () => resolveHost(destination.host, addresses)))) return rest();

  const connection: { socket: Socket | null } = { socket: null };
  const keepSocket = (opened: Socket) => {
    connection.socket = opened;
  };
  if (!add(await timed('tcp', () => connectTcp(destination, addresses, options.timeoutMs, keepSocket))))
    return rest();
  const { socket } = connection;
  if (socket === null) return rest();
  if (!destination.secure) {
    socket.destroy();
    add(skipped('tls', 'not used by ws://'));
  } else if (!add(await timed('tls', () => handshakeTls(socket, destination, target, options.timeoutMs))))
    return rest();

  const session = options.adapter.session({ callId: randomUUID(), vu: 0 });
  const opened: { webSocket: WebSocket | null } = { webSocket: null };
  const keepWebSocket = (webSocket: WebSocket) => {
    opened.webSocket = webSocket;
  };
  if (
    !add(
      await timed('upgrade', () => upgrade(destination, target, session, options.timeoutMs, keepWebSocket)),
    )
  )
    return rest();
  const { webSocket } = opened;
  if (webSocket !== null) add(await timed('session', () => setUp(webSocket, session)));
  return rest();
}
