/** Finds how many calls this machine carries, against practice agents on the same machine. */
import type { CalibrationProbe, CalibrationState } from '#contract/calibration';
import { ok, type Result } from '#contract/errors';
import type { Engine } from '#engine/run';
import { loadOf, type RunPlan } from '#engine/plan';
import type { launchPractice, PracticeAgent } from '../practice/launcher.ts';
import type { ProcessHost } from '../processes/host.ts';
import { newRunId } from '../runs/runId.ts';
import type { PreparedRun } from '../scenarios/index.ts';
import { nextProbe, outcomeOf, type SearchBounds } from './search.ts';
import { probe } from './probe.ts';

export interface CalibrateParts {
  engine: Engine;
  processes: ProcessHost;
  launchPractice: typeof launchPractice;
  /** The practice scenario, with calls that outlast every window. */
  prepare: () => Promise<Result<PreparedRun>>;
}

export interface CalibrateOptions {
  workers: number;
  /** Practice agents that share the calls, each a process of its own. */
  agents: number;
  /** Length of a window, seconds. */
  seconds: number;
  bounds: SearchBounds;
  signal: AbortSignal;
  /** Told of every step. */
  onState: (state: Extract<CalibrationState, { state: 'running' }>) => void;
  /** A monotonic clock in milliseconds. */
  now?: () => number;
}

/** The whole search takes at most the time of so many tries. */
const mostTries = 9;
const ordinarySettlingMs = 6500;
/** Calls begin spread over this time: callers who all speak and listen in step would be no ordinary load. */
const rampMs = 4000;
/** From the last call's beginning to the window. */
const settleMs = 1000;
const settlePerCallMs = 1;

/** What a search has found; `probes` is empty only when it was cancelled in the first. */
export interface SearchResult {
  found: ReturnType<typeof outcomeOf>;
  probes: CalibrationProbe[];
}

/** Settling time of a try: half a second after a full one, so that it ends between two of the engine's seconds. */
export function settlingMs(calls: number, workers: number): number {
  return Math.ceil((rampMs + settleMs + (settlePerCallMs * calls) / workers) / 1000) * 1000 + 500;
}

/** The practice run for so many calls, without thresholds and without an end of its own. */
function planFor(
  base: RunPlan,
  agents: readonly PracticeAgent[],
  calls: number,
  options: CalibrateOptions,
): RunPlan {
  const warmUpMs = settlingMs(calls, options.workers);
  const durationMs = 2 * (warmUpMs + options.seconds * 1000) + 60_000;
  const users = agents.flatMap(({ url }) =>
    base.users.map((entry) => ({ ...entry, target: { ...entry.target, url, shownUrl: url } })),
  );
  const stages = [
    { target: calls, durationMs: rampMs },
    { target: calls, durationMs },
  ];
  return {
    ...base,
    users,
    loads: loadOf(users, { startUsers: 0, stages, gracefulStopMs: 0 }),
    warmUpMs,
    thresholds: [],
    workers: options.workers,
  };
}

/** Searches until it is done, out of time, or cancelled. Fails when the agents or the engine cannot start. */
export async function calibrate(
  parts: CalibrateParts,
  options: CalibrateOptions,
): Promise<Result<SearchResult>> {
  const { workers, seconds, bounds, signal } = options;
  const now = options.now ?? (() => performance.now());
  const startedAt = now();
  const elapsed = () => (now() - startedAt) / 1000;
  const cancelled = () => signal.aborted;
  const bound = mostTries * (ordinarySettlingMs / 1000 + seconds);
  const probes: CalibrationProbe[] = [];
  const tell = (calls: number, phase: 'starting' | 'connecting' | 'measuring', measured = 0) =>
    options.onState({
      state: 'running',
      workers,
      calls,
      phase,
      measured,
      window: seconds,
      elapsed: elapsed(),
      bound,
      probes: [...probes],
    });
  tell(nextProbe(probes, bounds) ?? 0, 'starting');
  const prepared = await parts.prepare();
  if (!prepared.ok) return prepared;
  if (cancelled()) return ok({ found: null, probes });
  const agents = await startAgents(parts, options.agents, prepared.value.seed);
  if (!agents.ok) return agents;
  const first = agents.value[0];
  try {
    for (let calls = nextProbe(probes, bounds); calls !== null; calls = nextProbe(probes, bounds)) {
      if (cancelled() || elapsed() + settlingMs(calls, workers) / 1000 + seconds > bound) break;
      tell(calls, 'starting');
      const base = await prepared.value.buildPlan({ runId: newRunId(), practiceUrl: first?.url ?? null });
      if (!base.ok) return base;
      const tried = calls;
      const found = await probe(parts.engine, {
        plan: planFor(base.value, agents.value, calls, options),
        calls,
        seconds,
        signal,
        onSecond: (phase, measured) => tell(tried, phase, measured),
      });
      if (cancelled()) break;
      probes.push(found);
    }
    return ok({ found: outcomeOf(probes, bounds), probes });
  } finally {
    await Promise.all(agents.value.map((agent) => agent.close().catch(() => undefined)));
  }
}

async function startAgents(
  parts: CalibrateParts,
  count: number,
  seed: number,
): Promise<Result<PracticeAgent[]>> {
  const launched = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      parts.launchPractice(parts.processes, { config: { seed: seed + i } }),
    ),
  );
  const failure = launched.find((agent) => !agent.ok);
  const agents = launched.flatMap((agent) => (agent.ok ? [agent.value] : []));
  if (failure === undefined) return ok(agents);
  await Promise.all(agents.map((agent) => agent.close().catch(() => undefined)));
  return failure;
}
