/**
 * Crosstalk's side of the comparison, in a process of its own: the engine against the agent over one steady window.
 * Options come as JSON in argv[2]; the measurement is written as the Locust user files write theirs.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Result } from '../../../src/contract/errors.ts';
import type { Sample, TurnRecord } from '../../../src/contract/run.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import type { EngineRun } from '../../../src/engine/run.ts';
import { bundled, entry } from '../../../src/main/entries.ts';
import { nodeProcessHost } from '../../../src/main/processes/nodeHost.ts';
import { prepareRun } from '../../../src/main/scenarios/index.ts';
import type { Measurement } from './measurement.ts';

/** More than a run has time for: calls do not end by themselves, as with the Locust users. */
const endlessTurns = 200;

export const OursOptions = z.object({
  url: z.string(),
  users: z.number().int(),
  warmMs: z.number(),
  windowMs: z.number(),
  chunksPerTurn: z.number().int(),
  /** Begins the id of every call. */
  runId: z.string(),
  /** For the scenario and the measurement; exists. */
  folder: z.string(),
  measurementFile: z.string(),
});
export type OursOptions = z.output<typeof OursOptions>;

function need<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.error.message}\n${result.error.detail ?? ''}`);
}

function scenario({ url, users, chunksPerTurn, warmMs, windowMs }: OursOptions): object {
  return {
    version: 1,
    name: 'The conversation of the Locust users',
    seed: 7,
    environment: { url, protocol: 'acs' },
    audio: { max_chunks: chunksPerTurn },
    users: [
      {
        kind: 'voice',
        name: 'callers',
        conversations: [{ name: 'all clips', clips: bundled('audio_cache') }],
        turns_per_call: endlessTurns,
        greeting: 'wait',
        silence: 'continuous',
      },
    ],
    load: { users, spawn_rate: users, duration: `${warmMs + windowMs + 10_000}ms`, graceful_stop: '0s' },
    warm_up: `${warmMs}ms`,
  };
}

/** Makes the calls, lets them settle, and measures between two of the engine's seconds. */
async function measure(options: OursOptions): Promise<Measurement> {
  const file = join(options.folder, `${options.runId}.yaml`);
  writeFileSync(file, JSON.stringify(scenario(options)));
  const prepared = need(
    await prepareRun(file, {
      environmentVariables: null,
      workspaceCache: options.folder,
      processes: nodeProcessHost,
    }),
  );
  const plan = need(await prepared.buildPlan({ runId: options.runId, practiceUrl: null }));
  const engine = createEngine({ workerEntry: entry('engine-worker') });
  const turns: TurnRecord[] = [];
  let opened: { at: number; cpu: NodeJS.CpuUsage } | null = null;
  let closed: { at: number; cpu: NodeJS.CpuUsage } | null = null;
  const seen: Sample[] = [];
  const run: EngineRun = await engine.start(plan, {
    onBatch(batch) {
      turns.push(...batch.turns);
      const { sample } = batch;
      if (closed !== null) return;
      if (opened === null) {
        if (sample.at >= options.warmMs) opened = { at: sample.at, cpu: process.cpuUsage() };
        return;
      }
      seen.push(sample);
      if (sample.at - opened.at < options.windowMs) return;
      closed = { at: sample.at, cpu: process.cpuUsage(opened.cpu) };
      run.abort();
    },
  });
  const { summary } = await run.finished;
  await engine.close();
  const [from, to] = edges(opened, closed);
  const users = Math.min(...seen.map((s) => s.active));
  const seconds = (to.at - from.at) / 1000;
  const frames = seen.reduce((sum, s) => sum + s.framesSent, 0);
  const lateness = summary.metrics.frame_lateness;
  return {
    users,
    wall_s: seconds,
    cpu_s: (to.cpu.user + to.cpu.system) / 1e6,
    frames_sent: frames,
    messages_sent: frames,
    frames_per_call_per_s: frames / seconds / Math.max(1, users),
    lateness_ms: { p50: lateness.p50 ?? 0, p99: lateness.p99 ?? 0, max: lateness.max ?? 0 },
    ttfb_ms: turns.map((t) => t.ttfb).filter((ms) => ms !== null),
    ttfa_ms: turns.map((t) => t.ttfa).filter((ms) => ms !== null),
    rss_mb: process.resourceUsage().maxRSS / 1024,
    errors: Object.values(summary.counts.errors).reduce((sum, n) => sum + n, 0),
  };
}

interface Edge {
  at: number;
  cpu: NodeJS.CpuUsage;
}

function edges(opened: Edge | null, closed: Edge | null): [Edge, Edge] {
  if (opened === null || closed === null) throw new Error('The run ended before its window was over');
  return [opened, closed];
}

if (import.meta.main) {
  const options = OursOptions.parse(JSON.parse(process.argv[2] ?? '{}'));
  const measurement = await measure(options);
  const part = `${options.measurementFile}.part`;
  writeFileSync(part, JSON.stringify(measurement));
  renameSync(part, options.measurementFile);
}
