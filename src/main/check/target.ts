/** Everything about a voice agent that can be told without a call: from its address to its session set-up, over one connection. */
import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { CheckStep } from '#contract/checks';
import type { PlanTarget } from '#engine/plan';
import type { ProtocolAdapter, ProtocolSession } from '#engine/protocols/adapter';
import type { Destination } from './address.ts';
import { setUp, upgrade } from './session.ts';
import { failed, remarks, type Finding } from './steps.ts';
import { Way, waySteps, type WayOptions } from './way.ts';

export interface TargetCheckOptions extends WayOptions {
  /** How the target's protocol opens a session. */
  adapter: ProtocolAdapter;
  /** What is known beforehand of the credentials the upgrade carries; null: nothing. */
  credentials: string | null;
}

/** Walks the way to a target step by step and ends at the first that fails; what was not reached is `skipped`. */
export async function checkTarget(target: PlanTarget, options: TargetCheckOptions): Promise<CheckStep[]> {
  const way = new Way(target, options);
  const open: { webSocket: WebSocket | null } = { webSocket: null };
  try {
    const destination = await way.reach();
    if (destination !== null) {
      const session = options.adapter.session({ callId: randomUUID(), vu: 0 });
      const upgraded = await way.take('upgrade', async () => {
        const again = await way.dialAgain(destination);
        if (again !== null) return again;
        return upgradeOver(
          target,
          options,
          way,
          { destination, session },
          (socket) => (open.webSocket = socket),
        );
      });
      const { webSocket } = open;
      if (upgraded && webSocket !== null) await way.take('session', () => setUp(webSocket, session));
    }
    return way.end([...waySteps, 'upgrade', 'session']);
  } finally {
    open.webSocket?.terminate();
    way.leave();
  }
}

interface Upgrading {
  destination: Destination;
  session: ProtocolSession;
}

async function upgradeOver(
  target: PlanTarget,
  { credentials, timeoutMs }: TargetCheckOptions,
  { line }: Way,
  { destination, session }: Upgrading,
  keep: (socket: WebSocket) => void,
): Promise<Finding> {
  if (line === null) return failed('no connection', 'Check the target once more.');
  const found = await upgrade(line, { destination, target, session, timeoutMs }, keep);
  return { ...found, advice: remarks(found.advice, credentials) };
}
