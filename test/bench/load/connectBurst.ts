/** A crowd calls at once while others talk: do their frames stay on time? */
import { createEngine } from '../../../src/engine/engine.ts';
import type { EngineRun } from '../../../src/engine/run.ts';
import { entry } from '../../../src/main/entries.ts';
import { loadPlan } from './engineLoad.ts';
import { startPeer } from './peerMessages.ts';

export interface ConnectBurst {
  talking: number;
  crowd: number;
  /** Worst second before the crowd, and while it came; ms. */
  before: { latenessP99: number; latenessMax: number };
  during: { latenessP99: number; latenessMax: number };
  /** Until all were connected. */
  seconds: number;
  connectP99: number | null;
  slipped: number;
}

export async function measureConnectBurst(options: {
  talking: number;
  crowd: number;
  signal: AbortSignal;
  say: (text: string) => void;
}): Promise<ConnectBurst> {
  const { talking, crowd, signal, say } = options;
  say(`${crowd} calls at once while ${talking} talk`);
  const peer = await startPeer({ mode: 'sink' });
  const engine = createEngine({ workerEntry: entry('engine-worker') });
  const before = { latenessP99: 0, latenessMax: 0 };
  const during = { latenessP99: 0, latenessMax: 0 };
  let cameAt: number | null = null;
  let seconds = 0;
  let slipped = 0;
  let run: EngineRun | null = null;
  try {
    const plan = await loadPlan(
      { port: peer.port, calls: talking, talk: 'send', workers: 1, ca: null },
      0,
      60_000,
    );
    const settleMs = 6000;
    run = await engine.start(plan, {
      onBatch({ sample }) {
        const { latenessP99, latenessMax } = sample.generator;
        const add = (to: typeof before) => {
          to.latenessP99 = Math.max(to.latenessP99, latenessP99 ?? 0);
          to.latenessMax = Math.max(to.latenessMax, latenessMax ?? 0);
        };
        if (cameAt === null) {
          if (sample.at > settleMs / 2) add(before);
          if (sample.at < settleMs) return;
          cameAt = sample.at;
          run?.setUsers(talking + crowd);
          return;
        }
        if (seconds > 0) return;
        add(during);
        slipped += sample.generator.slipped;
        if (sample.active < talking + crowd) return;
        seconds = (sample.at - cameAt) / 1000;
        run?.abort();
      },
    });
    const abort = () => run?.abort();
    signal.addEventListener('abort', abort);
    const { summary } = await run.finished;
    signal.removeEventListener('abort', abort);
    signal.throwIfAborted();
    return { talking, crowd, before, during, seconds, connectP99: summary.metrics.connect.p99, slipped };
  } finally {
    await engine.close();
    await peer.close();
  }
}
