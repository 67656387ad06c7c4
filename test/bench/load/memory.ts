/** Memory: per call, by the slope between few and many calls in a fresh process; and over time, against the practice agent. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { compareWithAgent } from '../truth/compare.ts';
import { median } from './window.ts';

export interface MemoryPerCall {
  calls: number;
  kbPerCall: number;
  rssMb: number;
}

/** Calls that talk while the program warms up; what they need is not counted. */
const fewCalls = 20;

/** For every number of calls a fresh process, whose memory with a few calls is compared to that with all of them. */
export async function measureMemoryPerCall(calls: number, signal: AbortSignal): Promise<MemoryPerCall> {
  const child = fork(
    fileURLToPath(new URL('./memoryChild.ts', import.meta.url)),
    [String(fewCalls), String(calls)],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], signal },
  );
  const [said] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) =>
      Promise.reject(new Error(`The memory benchmark ended with code ${String(code)}`)),
    ),
    once(child, 'error').then(([error]) => Promise.reject(error as Error)),
  ])) as [{ fewMb: number; manyMb: number }];
  await once(child, 'exit');
  return {
    calls,
    kbPerCall: ((said.manyMb - said.fewMb) * 1024) / (calls - fewCalls),
    rssMb: said.manyMb,
  };
}

export interface Soak {
  calls: number;
  minutes: number;
  turns: number;
  /** Resident memory of the process, MB: median of the first and of the last fifth after a warm-up of a fifth. */
  earlyMb: number;
  lateMb: number;
  growthMbPerMinute: number;
  latenessP99Early: number | null;
  latenessP99Late: number | null;
  slipped: number;
  trusted: boolean;
}

/** Full conversations against the practice agent for so long. */
export async function soak(options: {
  calls: number;
  minutes: number;
  signal: AbortSignal;
  say: (text: string) => void;
}): Promise<Soak> {
  const { calls, minutes, signal, say } = options;
  const { samples, summary } = await compareWithAgent({
    users: calls,
    durationMs: minutes * 60_000,
    spawnRate: 100,
    keep: false,
    signal,
    onSample: (sample, turns) => {
      if (sample.t % 15 === 0)
        say(
          `soak: ${sample.t} of ${minutes * 60} s, ${turns} turns, ${sample.generator.rssMb.toFixed(0)} MB`,
        );
    },
  });
  signal.throwIfAborted();
  const steady = samples.filter((s) => s.active > calls / 2);
  const fifth = Math.max(1, Math.floor(steady.length / 5));
  const early = steady.slice(fifth, 2 * fifth);
  const late = steady.slice(-fifth);
  const earlyMb = median(early.map((s) => s.generator.rssMb));
  const lateMb = median(late.map((s) => s.generator.rssMb));
  const between = ((late[0]?.at ?? 0) - (early[0]?.at ?? 0)) / 60_000;
  const lateness = (list: typeof steady) => {
    const known = list.map((s) => s.generator.latenessP99).filter((v) => v !== null);
    return known.length > 0 ? median(known) : null;
  };
  return {
    calls,
    minutes,
    turns: summary.counts.turns_ok + summary.counts.turns_failed,
    earlyMb,
    lateMb,
    growthMbPerMinute: (lateMb - earlyMb) / between,
    latenessP99Early: lateness(early),
    latenessP99Late: lateness(late),
    slipped: summary.counts.slipped,
    trusted: summary.trusted,
  };
}
