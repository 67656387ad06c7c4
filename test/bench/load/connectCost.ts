/** CPU of one connect: calls that are opened at a steady rate and hang up at once, against the same without any. */
import { createWebSocketTransport } from '../../../src/engine/transport/webSocket.ts';
import { Clock } from '../../../src/engine/clock.ts';
import { startPeer } from './peerMessages.ts';
import { median, pause } from './window.ts';

const connectsPerRound = 300;
const msBetween = 8;

/** Microseconds, the median of the rounds. Rejects when a connect fails. */
export async function measureConnectCost(options: {
  tls: { ca: string; key: string; cert: string } | null;
  rounds: number;
  signal: AbortSignal;
  say: (text: string) => void;
}): Promise<number> {
  const { tls, rounds, signal, say } = options;
  say(`${connectsPerRound} connects${tls ? ' over TLS' : ''}, ${rounds} rounds`);
  const peer = await startPeer({ mode: 'sink', ...(tls ? { tls: { key: tls.key, cert: tls.cert } } : {}) });
  const transport = createWebSocketTransport(new Clock(process.hrtime.bigint()));
  const url = `${tls ? 'wss://localhost' : 'ws://127.0.0.1'}:${peer.port}/`;
  const connect = () =>
    new Promise<void>((resolve, reject) => {
      const connection = transport({
        target: {
          url,
          shownUrl: url,
          protocol: 'acs',
          headers: {},
          tls: { verify: true, ca: tls?.ca ?? null },
        },
        headers: {},
        subprotocols: [],
        timeoutMs: 10_000,
        listener: {
          onOpen: () => {
            connection.terminate();
            resolve();
          },
          onMessage: () => undefined,
          onClose: () => undefined,
          onFailure: ({ message }) => reject(new Error(message)),
        },
      });
    });
  const round = async (connects: boolean) => {
    const from = process.cpuUsage();
    const open: Promise<void>[] = [];
    for (let i = 0; i < connectsPerRound; i++) {
      if (connects) open.push(connect());
      await pause(msBetween, signal);
    }
    await Promise.all(open);
    const { user, system } = process.cpuUsage(from);
    return (user + system) / connectsPerRound;
  };
  try {
    await round(true);
    const costs: number[] = [];
    for (let i = 0; i < rounds; i++) costs.push((await round(true)) - (await round(false)));
    return median(costs);
  } finally {
    await peer.close();
  }
}
