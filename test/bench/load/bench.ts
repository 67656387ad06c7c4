/** What `npm run bench` measures, in the order in which it does. */
import { cpus } from 'node:os';
import { localCertificate } from '../../fixtures/localAuthority.ts';
import { compareWithAgent, percentile, type TruthRow } from '../truth/compare.ts';
import { measureArrivals, type ArrivalBench } from './arrivals.ts';
import { searchCapacity, type Capacity } from './capacity.ts';
import { measureConnectBurst, type ConnectBurst } from './connectBurst.ts';
import { measureConnectCost } from './connectCost.ts';
import { measureCost, type Cost } from './cost.ts';
import { engineWindow } from './engineLoad.ts';
import { measureMemoryPerCall, soak, type MemoryPerCall, type Soak } from './memory.ts';
import { startPeer } from './peerMessages.ts';
import { measureRecordingCost, type RecordingCost } from './recordingCost.ts';
import { deliveredShare, type Window } from './window.ts';

export const parts = [
  'load',
  'receive',
  'duplex',
  'record',
  'connect',
  'arrivals',
  'tls',
  'truth',
  'soak',
  'drift',
  'capacity',
] as const;
export type Part = (typeof parts)[number];

export interface BenchOptions {
  parts: readonly Part[];
  calls: readonly number[];
  rounds: number;
  windowMs: number;
  soakCalls: number;
  soakMinutes: number;
  driftMs: number;
  capacityWindowMs: number;
  capacitySearches: number;
  signal: AbortSignal;
  say: (text: string) => void;
  /** Told after every part, so that what is measured is kept if the rest is not. */
  keep: (bench: Bench) => void;
}

/** How far our figures lie from the agent's record, ms. */
export interface TruthErrors {
  calls: number;
  turns: number;
  ttfa: { p50: number | null; p99: number | null; oursP95: number | null; trueP95: number | null };
  bargeIn: { p50: number | null; p99: number | null; oursP95: number | null; trueP95: number | null };
  trusted: boolean;
  untrustedReasons: string[];
}

export interface Bench {
  at: string;
  machine: { cpu: string; cores: number; node: string; platform: string };
  load: { send: Cost; truth: TruthErrors | null; memory: MemoryPerCall | null }[];
  receive: Cost | null;
  duplex: Cost | null;
  record: RecordingCost | null;
  connect: ConnectBurst | null;
  arrivals: ArrivalBench | null;
  tls: {
    calls: number;
    plainUs: number;
    secureUs: number;
    plainConnectUs: number;
    secureConnectUs: number;
  } | null;
  truth: TruthErrors | null;
  soak: Soak | null;
  drift: { calls: number; window: Window; delivered: number } | null;
  capacity: {
    talk: 'send' | 'duplex';
    engine: number;
    floor: number;
    searches: number;
    each: { who: string; found: Capacity }[];
  }[];
}

const manyCalls = 500;
const arrivalRates = [2, 10, 40];
const arrivalSeconds = 20;
const recordedCalls = 100;
const tlsCalls = 200;
const truthCalls = 300;
const truthMs = 45_000;

function errorsOf(row: TruthRow): TruthErrors['ttfa'] {
  return {
    p50: percentile(row.difference, 50),
    p99: percentile(row.difference, 99),
    oursP95: percentile(row.ours, 95),
    trueP95: percentile(row.truth, 95),
  };
}

/** Runs what is asked for. Rejects with the signal's reason when aborted. */
export async function runBench(options: BenchOptions): Promise<Bench> {
  const { signal, say, rounds, windowMs, keep } = options;
  const [cpu] = cpus();
  const bench: Bench = {
    at: new Date().toISOString(),
    machine: {
      cpu: cpu?.model ?? 'unknown',
      cores: cpus().length,
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
    },
    load: [],
    receive: null,
    duplex: null,
    record: null,
    connect: null,
    arrivals: null,
    tls: null,
    truth: null,
    soak: null,
    drift: null,
    capacity: [],
  };
  const wants = (part: Part) => options.parts.includes(part);
  const cost = { rounds, windowMs, settleMs: 2000, tls: null, signal, say };

  async function truthAt(calls: number, durationMs: number): Promise<TruthErrors> {
    say(`${calls} conversations beside the practice agent for ${durationMs / 1000} s`);
    const { rows, summary } = await compareWithAgent({ users: calls, durationMs, spawnRate: 100, signal });
    signal.throwIfAborted();
    return {
      calls,
      turns: rows.ttfa.difference.length,
      ttfa: errorsOf(rows.ttfa),
      bargeIn: errorsOf(rows.barge_in),
      trusted: summary.trusted,
      untrustedReasons: summary.untrusted_reasons,
    };
  }

  if (wants('load'))
    for (const calls of options.calls) {
      const row: Bench['load'][number] = {
        send: await measureCost({ ...cost, calls, talk: 'send' }),
        truth: null,
        memory: null,
      };
      bench.load.push(row);
      row.truth = await truthAt(calls, calls * 10 + 25_000);
      say(`${calls} calls: memory`);
      row.memory = await measureMemoryPerCall(calls, signal);
      keep(bench);
    }
  if (wants('receive')) bench.receive = await measureCost({ ...cost, calls: manyCalls, talk: 'receive' });
  if (wants('duplex')) bench.duplex = await measureCost({ ...cost, calls: manyCalls, talk: 'duplex' });
  if (wants('record'))
    bench.record = await measureRecordingCost({
      calls: recordedCalls,
      rounds,
      windowMs,
      settleMs: cost.settleMs,
      signal,
      say,
    });
  if (wants('connect'))
    bench.connect = await measureConnectBurst({ talking: 100, crowd: manyCalls, signal, say });
  keep(bench);
  if (wants('arrivals'))
    bench.arrivals = await measureArrivals({ rates: arrivalRates, seconds: arrivalSeconds, signal, say });
  keep(bench);
  if (wants('tls')) {
    const tls = await localCertificate();
    const plain = await measureCost({ ...cost, calls: tlsCalls, talk: 'send' });
    const secure = await measureCost({ ...cost, calls: tlsCalls, talk: 'send', tls });
    bench.tls = {
      calls: tlsCalls,
      plainUs: plain.engineUs,
      secureUs: secure.engineUs,
      plainConnectUs: await measureConnectCost({ tls: null, rounds, signal, say }),
      secureConnectUs: await measureConnectCost({ tls, rounds, signal, say }),
    };
    keep(bench);
  }
  if (wants('truth')) bench.truth = await truthAt(truthCalls, truthMs);
  keep(bench);
  if (wants('soak'))
    bench.soak = await soak({ calls: options.soakCalls, minutes: options.soakMinutes, signal, say });
  keep(bench);
  if (wants('drift')) {
    say(`${manyCalls} calls for ${options.driftMs / 60_000} minutes`);
    const peer = await startPeer({ mode: 'sink' });
    try {
      const window = await engineWindow(
        { port: peer.port, calls: manyCalls, talk: 'send', workers: 1, ca: null },
        { settleMs: 3000, windowMs: options.driftMs, signal },
      );
      bench.drift = { calls: manyCalls, window, delivered: deliveredShare(window) };
    } finally {
      await peer.close();
    }
    keep(bench);
  }
  if (wants('capacity'))
    for (const talk of ['send', 'duplex'] as const) {
      const found: Bench['capacity'][number] = { talk, engine: 0, floor: 0, searches: 0, each: [] };
      bench.capacity.push(found);
      const lowest = (who: string) =>
        Math.min(...found.each.filter((f) => f.who === who).map((f) => f.found.calls));
      for (let search = 1; search <= options.capacitySearches; search++) {
        for (const who of ['floor', 'engine'] as const) {
          const windowMs = options.capacityWindowMs;
          found.each.push({ who, found: await searchCapacity({ who, talk, windowMs, signal, say }) });
        }
        found.engine = lowest('engine');
        found.floor = lowest('floor');
        found.searches = search;
        keep(bench);
      }
    }
  return bench;
}
