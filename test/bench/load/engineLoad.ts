/** The engine under a load of its own making: calls to a peer that only listens, or that talks all the time. */
import { createEngine } from '../../../src/engine/engine.ts';
import type { EngineRun } from '../../../src/engine/run.ts';
import type { RunPlan } from '../../../src/engine/plan.ts';
import { findVoiced } from '../../../src/contract/audio/level.ts';
import type { Sample } from '../../../src/contract/run.ts';
import { readClip } from '../../../src/main/audio/clips.ts';
import { bundled, entry } from '../../../src/main/entries.ts';
import type { Window, WindowOptions } from './window.ts';

const clipFile = 'quick_question_turn_1_of_2';
const never = 3_600_000;

export type Talk =
  /** Speaks its clip over and over with the noise of a room between; the peer listens. */
  | 'send'
  /** Says nothing, hears the peer talk. */
  | 'receive'
  /** Both. */
  | 'duplex';

export interface LoadOptions {
  port: number;
  calls: number;
  talk: Talk;
  workers: number;
  /** Certificate authority; null: plain. */
  ca: string | null;
}

async function clip(): Promise<RunPlan['clips'][number]> {
  const folder = bundled('audio_cache');
  const { readdirSync } = await import('node:fs');
  const file = readdirSync(folder).find((name) => name.includes(clipFile) || name.endsWith('.pcm'));
  const read = await readClip(`${folder}/${file ?? ''}`);
  if (!read.ok) throw new Error(read.error.message);
  const voiced = findVoiced(read.value, 16_000);
  if (!voiced) throw new Error(`${file} has no voiced window`);
  const samples = new SharedArrayBuffer(read.value.byteLength);
  new Int16Array(samples).set(read.value);
  return { name: file ?? '', samples, sampleRate: 16_000, voiced };
}

/** A plan of one endless turn per call, held together by timeouts that never come. */
export async function loadPlan(options: LoadOptions, settleMs: number, durationMs: number): Promise<RunPlan> {
  const { calls, port, talk, workers, ca } = options;
  const timeouts = {
    connect: 30_000,
    first_byte: never,
    turn: never,
    barge_in: 5000,
    response_gap: 1000,
    quiet_gap: 400,
    quiet_tail: 1500,
  };
  const url = `${ca === null ? 'ws://127.0.0.1' : 'wss://localhost'}:${port}/`;
  return {
    runId: 'load',
    scenario: 'load',
    environment: 'bench',
    seed: 1,
    audio: { sampleRate: 16_000, frameMs: 20, speechLevel: -45, audibleLevel: -50 },
    clips: [await clip()],
    users: [
      {
        name: 'caller',
        weight: 1,
        target: { url, shownUrl: url, protocol: 'acs', headers: {}, tls: { verify: true, ca } },
        conversations: [
          {
            name: 'talk',
            weight: 1,
            turns: [{ name: 'talk', clip: 0, pauseBeforeMs: 0, timeouts, bargeIn: null }],
          },
        ],
        turnsPerCall: null,
        callsPerUser: null,
        // Whoever waits for a greeting that never ends says nothing.
        greeting: talk === 'receive' ? 'wait' : 'ignore',
        silence: talk === 'receive' ? 'tail' : 'continuous',
        timeouts,
        markers: { response: [], end: [] },
        reconnect: { attempts: 0, backoffMs: 500 },
        benignCloseCodes: [1000],
      },
    ],
    profile: { startUsers: calls, stages: [{ target: calls, durationMs }], gracefulStopMs: 0 },
    warmUpMs: settleMs,
    periods: [],
    thresholds: [],
    workers,
    applied: [],
  };
}

const engine = createEngine({ workerEntry: entry('engine-worker') });
export const closeEngine = () => engine.close();

/** Makes the calls, lets them settle, and measures one window between two of the engine's seconds. */
export async function engineWindow(
  options: LoadOptions,
  { settleMs, windowMs }: WindowOptions,
): Promise<Window> {
  const connectMs = options.calls * (options.ca === null ? 3 : 12);
  const settled = connectMs + settleMs;
  const plan = await loadPlan(options, settled, settled + windowMs + 10_000);
  const seen: Sample[] = [];
  let cpuFrom: NodeJS.CpuUsage | null = null;
  let cpu: NodeJS.CpuUsage = { user: 0, system: 0 };
  let startAt = 0;
  let endAt = 0;
  let running: EngineRun | null = null;
  running = await engine.start(plan, {
    onBatch({ sample }) {
      if (endAt > 0) return;
      if (cpuFrom === null) {
        if (sample.at < settled) return;
        cpuFrom = process.cpuUsage();
        startAt = sample.at;
        if (sample.active < options.calls)
          throw new Error(
            `Only ${sample.active} of ${options.calls} calls were connected after ${Math.round(sample.at)} ms`,
          );
        return;
      }
      seen.push(sample);
      if (sample.at - startAt < windowMs) return;
      cpu = process.cpuUsage(cpuFrom);
      endAt = sample.at;
      running?.abort();
    },
  });
  const { summary } = await running.finished;
  const sum = (of: (s: Sample) => number) => seen.reduce((total, s) => total + of(s), 0);
  const seconds = (endAt - startAt) / 1000;
  return {
    seconds,
    framesSent: sum((s) => s.framesSent),
    framesDue: options.talk === 'receive' ? 0 : options.calls * 50 * seconds,
    framesReceived: sum((s) => s.framesReceived),
    bytesReceived: sum((s) => s.bytesReceived),
    cpuUs: cpu.user + cpu.system,
    lateness: summary.metrics.frame_lateness,
    slipped: sum((s) => s.generator.slipped),
    eventLoop: Math.max(...seen.map((s) => s.generator.eventLoop)),
    untrusted: summary.untrusted_reasons,
  };
}
