/**
 * Do calls arrive as they were asked for, by the agent's own record of when it accepted each; and is the number of calls
 * found at which an agent of known capacity breaks?
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TruthLine, type PracticeConfigInput } from '../../../src/contract/practice.ts';
import type { Arrivals, BreakingPoint, RunSummary } from '../../../src/contract/run.ts';
import { Threshold } from '../../../src/contract/scenario/file.ts';
import {
  arrivalMoment,
  type ArrivalProfile,
  type BreakingPointProfile,
} from '../../../src/contract/scenario/load.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import type { RunPlan } from '../../../src/engine/plan.ts';
import { entry } from '../../../src/main/entries.ts';
import { launchPractice } from '../../../src/main/practice/launcher.ts';
import { nodeProcessHost } from '../../../src/main/processes/nodeHost.ts';
import { loadBy, longCalls, shortAnswers, shortCalls } from '../../fixtures/shortCalls.ts';
import { percentile } from '../truth/compare.ts';

export interface ArrivalErrors {
  asked: Arrivals;
  /** Calls the agent accepted. */
  accepted: number;
  /** When the agent accepted a call minus when it was due, ms. */
  late: { p50: number | null; p99: number | null; max: number | null };
  /** How far the time between two calls lies from what the schedule says, ms. */
  apart: { p50: number | null; p99: number | null };
  trusted: boolean;
}

export interface FoundBreakingPoint {
  /** Most calls that the agent answers within what is acceptable. */
  bears: number;
  found: BreakingPoint;
  seconds: number;
}

export interface ArrivalBench {
  rates: ArrivalErrors[];
  breakingPoint: FoundBreakingPoint;
}

export interface ArrivalOptions {
  rates: readonly number[];
  seconds: number;
  signal: AbortSignal;
  say: (text: string) => void;
}

const gracefulStopMs = 5000;
/** 150 ms, and 50 more for each call beyond 20: at 27 it passes 480 ms. */
const strained: PracticeConfigInput = { strain_from: 20, strain_by: '50ms' };
const acceptableMs = 480;
const bears = 26;
const search: BreakingPointProfile = {
  kind: 'breaking-point',
  steps: [10, 20, 40],
  holdMs: 8000,
  resolution: 1,
  spawnRate: 20,
  gracefulStopMs,
};

interface Played {
  summary: RunSummary;
  /** The agent's stamps on the run's clock, ms, by call. */
  accepted: Map<string, number>;
}

async function play(
  config: PracticeConfigInput,
  planFor: (url: string) => RunPlan,
  signal: AbortSignal,
): Promise<Played> {
  const folder = mkdtempSync(join(tmpdir(), 'crosstalk-arrivals-'));
  const logFile = join(folder, 'truth.jsonl');
  const engine = createEngine({ workerEntry: entry('engine-worker') });
  const launched = await launchPractice(nodeProcessHost, { config: { ...shortAnswers, ...config }, logFile });
  if (!launched.ok) throw new Error(launched.error.message);
  try {
    const run = await engine.start(planFor(launched.value.url), {});
    const abort = () => run.abort();
    signal.addEventListener('abort', abort);
    const { summary } = await run.finished;
    signal.removeEventListener('abort', abort);
    signal.throwIfAborted();
    await launched.value.close();
    const base = BigInt(run.clock.baseNs);
    const lines = readFileSync(logFile, 'utf8').split('\n').filter(Boolean);
    const accepted = lines
      .map((line) => TruthLine.parse(JSON.parse(line)))
      .flatMap((line) => (line.kind === 'call' ? [line] : []))
      .map(({ callId, acceptedNs }): [string, number] => [callId, Number(BigInt(acceptedNs) - base) / 1e6]);
    return { summary, accepted: new Map(accepted) };
  } finally {
    await launched.value.close();
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function arrivalsAt(rate: number, { seconds, signal }: ArrivalOptions): Promise<ArrivalErrors> {
  const profile: ArrivalProfile = {
    kind: 'arrivals',
    startRate: rate,
    stages: [{ target: rate, durationMs: seconds * 1000 }],
    maxUsers: 1000,
    gracefulStopMs,
  };
  let runId = '';
  const { summary, accepted } = await play(
    {},
    (url) => {
      const plan = shortCalls({ url, loads: [loadBy(profile)] });
      ({ runId } = plan);
      return plan;
    },
    signal,
  );
  const asked = summary.load?.arrivals;
  if (!asked) throw new Error('The run says nothing of arrivals');
  // The n-th user makes the n-th call.
  const calls = Array.from({ length: asked.asked }, (_, i) => ({
    due: arrivalMoment(profile, i + 1) ?? Number.NaN,
    at: accepted.get(`${runId}-u${i + 1}-c1`),
  })).flatMap(({ due, at }) => (at === undefined ? [] : [{ due, at }]));
  const late = calls.map(({ due, at }) => at - due);
  const apart = calls.slice(1).map(({ due, at }, i) => {
    const before = calls[i] ?? { due, at };
    return Math.abs(at - before.at - (due - before.due));
  });
  return {
    asked,
    accepted: accepted.size,
    late: { p50: percentile(late, 50), p99: percentile(late, 99), max: percentile(late, 100) },
    apart: { p50: percentile(apart, 50), p99: percentile(apart, 99) },
    trusted: summary.trusted,
  };
}

async function searchKnown(signal: AbortSignal): Promise<FoundBreakingPoint> {
  const thresholds = [
    Threshold.parse({
      metric: 'ttfa',
      stat: 'p95',
      target: `${acceptableMs}ms`,
      acceptable: `${acceptableMs}ms`,
    }),
  ];
  const { summary } = await play(
    strained,
    (url) => longCalls({ url, thresholds, loads: [loadBy(search)] }),
    signal,
  );
  const found = summary.load?.breaking_point;
  if (!found) throw new Error('The run says nothing of a breaking point');
  return { bears, found, seconds: summary.duration_s };
}

/** Measures both. Rejects with the signal's reason when aborted. */
export async function measureArrivals(options: ArrivalOptions): Promise<ArrivalBench> {
  const rates: ArrivalErrors[] = [];
  for (const rate of options.rates) {
    options.say(`${rate} calls a second for ${options.seconds} s beside the practice agent`);
    rates.push(await arrivalsAt(rate, options));
  }
  options.say(`Breaking point of an agent that bears ${bears} calls`);
  return { rates, breakingPoint: await searchKnown(options.signal) };
}
