/**
 * How many calls a thread carries: the largest number with p99 frame lateness under 5 ms and at least 99.8 % of the frames
 * that were due. Short windows find the neighbourhood, long ones decide; the lowest of several searches counts.
 */
import { engineWindow, type Talk } from './engineLoad.ts';
import { floorWindow } from './floor.ts';
import { sentPayloadBytes, startPeer } from './peerMessages.ts';
import { deliveredShare, type Window } from './window.ts';

export const capacityLimits = { latenessP99Ms: 5, delivered: 0.998 };
const firstGuess = 400;
const growth = 1.3;
/** A search ends when the answer is known to this share. */
const precision = 0.05;
const mostCalls = 4000;
const shortWindowMs = 8000;

export interface CapacityOptions {
  who: 'floor' | 'engine';
  talk: Exclude<Talk, 'receive'>;
  windowMs: number;
  signal: AbortSignal;
  say: (text: string) => void;
}

export interface Capacity {
  /** Calls that were carried over a whole long window; 0: not even the first guess. */
  calls: number;
  probes: {
    calls: number;
    seconds: number;
    latenessP99: number | null;
    delivered: number;
    cpuUs: number;
    fits: boolean;
  }[];
}

function fits(window: Window): boolean {
  return (
    window.slipped === 0 &&
    (window.lateness.p99 ?? Number.POSITIVE_INFINITY) < capacityLimits.latenessP99Ms &&
    deliveredShare(window) >= capacityLimits.delivered
  );
}

/** One search. Rejects with the signal's reason when aborted. */
export async function searchCapacity(options: CapacityOptions): Promise<Capacity> {
  const { who, talk, signal, say } = options;
  const peer = await startPeer({ mode: talk === 'send' ? 'sink' : 'source' });
  const probes: Capacity['probes'] = [];
  const probe = async (calls: number, windowMs: number): Promise<boolean> => {
    const times = { settleMs: 3000, windowMs, signal };
    const base = { port: peer.port, calls, ca: null };
    const window =
      who === 'floor'
        ? await floorWindow({ ...base, sends: true, payloadBytes: sentPayloadBytes }, times)
        : await engineWindow({ ...base, talk, workers: 1 }, times);
    const fit = fits(window);
    probes.push({
      calls,
      seconds: window.seconds,
      latenessP99: window.lateness.p99,
      delivered: deliveredShare(window),
      cpuUs: window.cpuUs / window.framesSent,
      fits: fit,
    });
    say(
      `${who} ${talk}: ${calls} calls over ${Math.round(window.seconds)} s: lateness p99 ${window.lateness.p99?.toFixed(2) ?? '–'} ms, ${(deliveredShare(window) * 100).toFixed(2)} % sent: ${fit ? 'carried' : 'not carried'}`,
    );
    return fit;
  };
  try {
    let low = 0;
    let high = mostCalls;
    for (let calls = firstGuess; calls < mostCalls; calls = Math.round(calls * growth)) {
      if (await probe(calls, shortWindowMs)) low = calls;
      else {
        high = calls;
        break;
      }
    }
    while (high - low > high * precision) {
      const calls = Math.round((low + high) / 2);
      if (await probe(calls, shortWindowMs)) low = calls;
      else high = calls;
    }
    // The long window decides, downwards from where the short ones ended.
    for (let calls = low; calls > 0; calls = Math.floor(calls * (1 - precision))) {
      if (await probe(calls, options.windowMs)) return { calls, probes };
      if (calls < firstGuess / 4) break;
    }
    return { calls: 0, probes };
  } finally {
    await peer.close();
  }
}
