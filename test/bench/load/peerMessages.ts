/** What a benchmark and its peer process say to each other. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Size of an engine's audio frame before it is masked, and of the peer's audio message on the wire. */
export const sentPayloadBytes = 1003;
export const receivedMessageBytes = 911;

export interface PeerOptions {
  mode: 'sink' | 'source';
  tls?: { key: string; cert: string };
}

export type ToPeer = { type: 'count' };

export interface PeerCount {
  type: 'counted';
  /** WebSocket frames and bytes that arrived since the start. */
  frames: number;
  bytes: number;
  /** Open now. */
  connections: number;
  /** Messages sent since the start. */
  sent: number;
  cpuUs: number;
}

export type FromPeer = { type: 'ready'; port: number } | PeerCount;

export interface Peer {
  readonly port: number;
  count(): Promise<PeerCount>;
  close(): Promise<void>;
}

/** Starts the peer; ends with this process at the latest. */
export async function startPeer(options: PeerOptions): Promise<Peer> {
  const child: ChildProcess = fork(
    fileURLToPath(new URL('./peer.ts', import.meta.url)),
    [JSON.stringify(options)],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  const next = <T extends FromPeer['type']>(type: T) =>
    new Promise<Extract<FromPeer, { type: T }>>((resolve, reject) => {
      const hear = (said: FromPeer) => {
        if (said.type !== type) return;
        child.off('message', hear);
        child.off('exit', gone);
        resolve(said as Extract<FromPeer, { type: T }>);
      };
      const gone = (code: number | null) => reject(new Error(`The benchmark's peer ended with code ${code}`));
      child.on('message', hear);
      child.once('exit', gone);
    });
  const { port } = await next('ready');
  return {
    port,
    count: () => {
      const counted = next('counted');
      child.send({ type: 'count' } satisfies ToPeer);
      return counted;
    },
    close: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill();
      }),
  };
}
