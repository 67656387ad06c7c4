/** What a frame costs: the engine and the floor in turn, round by round, because repeats on one machine differ by half. */
import { engineWindow, type Talk } from './engineLoad.ts';
import { floorWindow } from './floor.ts';
import { sentPayloadBytes, receivedMessageBytes, startPeer } from './peerMessages.ts';
import { cpuPerFrameReceived, cpuPerFrameSent, median, type Window } from './window.ts';

export interface CostOptions {
  calls: number;
  talk: Talk;
  rounds: number;
  windowMs: number;
  settleMs: number;
  /** TLS; null: plain. */
  tls: { ca: string; key: string; cert: string } | null;
  signal: AbortSignal;
  say: (text: string) => void;
}

export interface Cost {
  calls: number;
  talk: Talk;
  /** CPU microseconds per frame, medians of the rounds. Of frames sent; of frames received where none are sent. */
  floorUs: number;
  engineUs: number;
  /** Of the medians. */
  ratio: number;
  /** Of the engine, frames a second. */
  framesPerSecond: number;
  delivered: number;
  lateness: { p50: number | null; p99: number | null; max: number | null };
  floorLatenessP99: number | null;
  eventLoop: number;
  rounds: { floorUs: number; engineUs: number; latenessP99: number | null }[];
}

/** Measures; rejects with the signal's reason when aborted. */
export async function measureCost(options: CostOptions): Promise<Cost> {
  const { calls, talk, rounds, tls, signal, say } = options;
  const window = { settleMs: options.settleMs, windowMs: options.windowMs, signal };
  const peer = await startPeer({
    mode: talk === 'send' ? 'sink' : 'source',
    ...(tls ? { tls: { key: tls.key, cert: tls.cert } } : {}),
  });
  const ca = tls?.ca ?? null;
  const sends = talk !== 'receive';
  const cost = (w: Window) => (sends ? cpuPerFrameSent(w) : cpuPerFrameReceived(w, receivedMessageBytes));
  const floors: Window[] = [];
  const engines: Window[] = [];
  try {
    for (let round = 1; round <= rounds; round++) {
      say(`${calls} calls, ${talk}${tls ? ' over TLS' : ''}: round ${round} of ${rounds}`);
      const base = { port: peer.port, calls, ca };
      const engine = { ...base, talk, workers: 1 };
      const floor = { ...base, sends, payloadBytes: sentPayloadBytes };
      // Each goes first in turn: whoever follows finds the machine warm.
      if (round % 2 === 1) {
        floors.push(await floorWindow(floor, window));
        engines.push(await engineWindow(engine, window));
      } else {
        engines.push(await engineWindow(engine, window));
        floors.push(await floorWindow(floor, window));
      }
    }
  } finally {
    await peer.close();
  }
  const floorUs = median(floors.map(cost));
  const engineUs = median(engines.map(cost));
  const middle = (values: (number | null)[]) => {
    const known = values.filter((v) => v !== null);
    return known.length > 0 ? median(known) : null;
  };
  return {
    calls,
    talk,
    floorUs,
    engineUs,
    ratio: engineUs / floorUs,
    framesPerSecond: median(engines.map((w) => (sends ? w.framesSent : w.framesReceived) / w.seconds)),
    delivered: sends ? median(engines.map((w) => w.framesSent / w.framesDue)) : Number.NaN,
    lateness: {
      p50: middle(engines.map((w) => w.lateness.p50)),
      p99: middle(engines.map((w) => w.lateness.p99)),
      max: middle(engines.map((w) => w.lateness.max)),
    },
    floorLatenessP99: middle(floors.map((w) => w.lateness.p99)),
    eventLoop: median(engines.map((w) => w.eventLoop ?? 0)),
    rounds: floors.map((floor, i) => {
      const engine = engines[i];
      return {
        floorUs: cost(floor),
        engineUs: engine ? cost(engine) : Number.NaN,
        latenessP99: engine?.lateness.p99 ?? null,
      };
    }),
  };
}
