/** The engine under a load of its own making: calls to a peer that only listens, or that talks all the time. */
import { createEngine } from '../../../src/engine/engine.ts';
import type { EngineRun } from '../../../src/engine/run.ts';
import { loadOf, type RunPlan } from '../../../src/engine/plan.ts';
import { findVoiced } from '../../../src/contract/audio/level.ts';
import type { Sample } from '../../../src/contract/run.ts';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readClip } from '../../../src/main/audio/clips.ts';
import { bundled, entry } from '../../../src/main/entries.ts';
import type { RunRecording } from '../../../src/main/recordings/runRecording.ts';
import { median, type MinuteLateness, type Window, type WindowOptions } from './window.ts';

const clipFile = 'quick_question_turn_1';
const never = 3_600_000;
const framesPerSecond = 50;
/** Time a connect may take of the ramp: the engine spaces them, 2 ms apart, over TLS 8. */
const plainConnectMs = 3;
const secureConnectMs = 12;
const graceMs = 10_000;
/** A caller nobody answers waits so long before it says its clip again. */
const patienceMs = 1500;
const turnsPerCall = 500;

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
  /** Every call is recorded into this; left out: none is. */
  recording?: Pick<RunRecording, 'take'>;
  /** The last messages of every call are remembered, as in every run that is kept. */
  remember?: boolean;
}

async function clip(): Promise<RunPlan['clips'][number]> {
  const folder = bundled('audio_cache');
  const name = readdirSync(folder).find((file) => file.startsWith(clipFile)) ?? '';
  const read = await readClip(join(folder, name));
  if (!read.ok) throw new Error(read.error.message);
  const voiced = findVoiced(read.value, 16_000);
  if (!voiced) throw new Error(`${name} has no voiced window`);
  const samples = new SharedArrayBuffer(read.value.byteLength);
  new Int16Array(samples).set(read.value);
  return { name, samples, sampleRate: 16_000, voiced };
}

/**
 * A plan of calls that never end. Against a peer that only listens they say their clip, wait in vain, and say it again;
 * against one that never stops talking their first turn goes on for ever.
 */
export async function loadPlan(options: LoadOptions, settleMs: number, durationMs: number): Promise<RunPlan> {
  const { calls, port, talk, workers, ca } = options;
  const timeouts = {
    connect: 30_000,
    first_byte: talk === 'send' ? patienceMs : never,
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
        kind: 'voice',
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
        turnsPerCall,
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
    loads: loadOf([0], { startUsers: calls, stages: [{ target: calls, durationMs }], gracefulStopMs: 0 }),
    warmUpMs: settleMs,
    periods: [],
    thresholds: [],
    steps: [],
    stages: [],
    secrets: [],
    workers,
    record: options.recording ? 1 : 0,
    remember: options.remember === true,
    applied: [],
  };
}

const engine = createEngine({ workerEntry: entry('engine-worker') });
export const closeEngine = () => engine.close();

/** Makes the calls, lets them settle, and measures one window between two of the engine's seconds. */
export async function engineWindow(
  options: LoadOptions,
  { settleMs, windowMs, signal }: WindowOptions,
): Promise<Window> {
  const { calls, ca, talk } = options;
  const settled = calls * (ca === null ? plainConnectMs : secureConnectMs) + settleMs;
  const plan = await loadPlan(options, settled, settled + windowMs + graceMs);
  const seen: Sample[] = [];
  const problems: string[] = [];
  let cpuFrom: NodeJS.CpuUsage | null = null;
  let cpu: NodeJS.CpuUsage = { user: 0, system: 0 };
  let startAt = 0;
  let endAt = 0;
  let running: EngineRun | null = null;
  running = await engine.start(plan, {
    onRecording: (parts) => options.recording?.take(parts),
    onBatch({ sample }) {
      if (endAt > 0 || sample.at < settled) return;
      if (cpuFrom === null) {
        cpuFrom = process.cpuUsage();
        startAt = sample.at;
        if (sample.active === calls) return;
        problems.push(
          `Only ${sample.active} of ${calls} calls were connected after ${Math.round(sample.at)} ms`,
        );
        running?.abort();
        return;
      }
      seen.push(sample);
      if (sample.at - startAt < windowMs) return;
      cpu = process.cpuUsage(cpuFrom);
      endAt = sample.at;
      running?.abort();
    },
  });
  const abort = () => running.abort();
  signal?.addEventListener('abort', abort);
  const { summary } = await running.finished;
  signal?.removeEventListener('abort', abort);
  signal?.throwIfAborted();
  if (endAt === 0) throw new Error(problems[0] ?? 'The run ended before its window did');
  const sum = (of: (s: Sample) => number) => seen.reduce((total, s) => total + of(s), 0);
  const seconds = (endAt - startAt) / 1000;
  return {
    seconds,
    framesSent: sum((s) => s.framesSent),
    framesDue: talk === 'receive' ? 0 : calls * framesPerSecond * seconds,
    framesReceived: sum((s) => s.framesReceived),
    bytesReceived: sum((s) => s.bytesReceived),
    cpuUs: cpu.user + cpu.system,
    // Each second's share, of as many seconds.
    threadCpuUs: (sum(threadCpu) / seen.length) * seconds * 1e6,
    lateness: summary.metrics.frame_lateness,
    slipped: sum((s) => s.generator.slipped),
    eventLoop: Math.max(...seen.map((s) => s.generator.eventLoop)),
    untrusted: summary.untrusted_reasons,
    firstMinute: minute(seen.slice(0, 60)),
    lastMinute: minute(seen.slice(-60)),
  };
}

/** Cores that the engine's threads used in a second. */
function threadCpu({ generator }: Sample): number {
  return generator.workers.reduce((total, { cpu }) => total + (cpu ?? Number.NaN), 0);
}

function minute(samples: readonly Sample[]): MinuteLateness {
  return {
    latenessP50: median(samples.map((s) => s.generator.latenessP50 ?? 0)),
    latenessP99: median(samples.map((s) => s.generator.latenessP99 ?? 0)),
  };
}
