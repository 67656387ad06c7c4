/** What recording costs: all calls recorded to a disk, the last messages of all remembered, and neither, in turn, round by round, with the agent talking as well. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunRecording } from '../../../src/main/recordings/runRecording.ts';
import { engineWindow } from './engineLoad.ts';
import { startPeer } from './peerMessages.ts';
import { cpuPerFrameSent, median, type Window } from './window.ts';

export interface RecordingCostOptions {
  calls: number;
  rounds: number;
  windowMs: number;
  settleMs: number;
  signal: AbortSignal;
  say: (text: string) => void;
}

/** Medians of the rounds. */
export interface RecordingFigures {
  /** CPU of the whole process by frame sent (and one received), the writing of files included. */
  cpuUs: number;
  /** Of that, on the engine's thread. */
  threadUs: number;
  latenessP50: number;
  latenessP99: number;
  latenessMax: number;
  eventLoop: number;
  delivered: number;
}

export interface RecordingCost {
  calls: number;
  without: RecordingFigures;
  /** Nothing is recorded, but the last messages of every call are remembered. */
  remembered: RecordingFigures;
  recorded: RecordingFigures;
  /** Of the medians. */
  ratio: number;
  threadRatio: number;
  rememberedRatio: number;
  rounds: { withoutUs: number; recordedUs: number; withoutP99: number | null; recordedP99: number | null }[];
}

function figuresOf(windows: readonly Window[]): RecordingFigures {
  const middle = (of: (w: Window) => number | null) => median(windows.map((w) => of(w) ?? Number.NaN));
  return {
    cpuUs: middle(cpuPerFrameSent),
    threadUs: middle((w) => (w.threadCpuUs ?? Number.NaN) / w.framesSent),
    latenessP50: middle((w) => w.lateness.p50),
    latenessP99: middle((w) => w.lateness.p99),
    latenessMax: middle((w) => w.lateness.max),
    eventLoop: middle((w) => w.eventLoop),
    delivered: middle((w) => w.framesSent / w.framesDue),
  };
}

/** Measures; rejects with the signal's reason when aborted. */
export async function measureRecordingCost(options: RecordingCostOptions): Promise<RecordingCost> {
  const { calls, rounds, say, signal, settleMs, windowMs } = options;
  const window = { settleMs, windowMs, signal };
  const load = { calls, talk: 'duplex', workers: 1, ca: null } as const;
  const peer = await startPeer({ mode: 'source' });
  const folder = mkdtempSync(join(tmpdir(), 'crosstalk-bench-'));
  const without: Window[] = [];
  const remembered: Window[] = [];
  const recorded: Window[] = [];
  try {
    const measureWithout = async () =>
      void without.push(await engineWindow({ ...load, port: peer.port }, window));
    const measureRemembered = async () =>
      void remembered.push(await engineWindow({ ...load, port: peer.port, remember: true }, window));
    const measureRecorded = async (round: number) => {
      const recording = new RunRecording(join(folder, String(round)), say);
      recorded.push(await engineWindow({ ...load, port: peer.port, recording }, window));
      await recording.finish();
      rmSync(recording.folder, { recursive: true });
    };
    for (let round = 1; round <= rounds; round++) {
      say(`${calls} calls, recorded and not: round ${round} of ${rounds}`);
      // Each goes first in turn: whoever follows finds the machine warm.
      if (round % 2 === 1) await measureWithout();
      await measureRemembered();
      await measureRecorded(round);
      if (round % 2 === 0) await measureWithout();
    }
  } finally {
    await peer.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const figures = {
    without: figuresOf(without),
    remembered: figuresOf(remembered),
    recorded: figuresOf(recorded),
  };
  return {
    calls,
    ...figures,
    ratio: figures.recorded.cpuUs / figures.without.cpuUs,
    threadRatio: figures.recorded.threadUs / figures.without.threadUs,
    rememberedRatio: figures.remembered.threadUs / figures.without.threadUs,
    rounds: without.map((w, i) => {
      const r = recorded[i];
      return {
        withoutUs: cpuPerFrameSent(w),
        recordedUs: r ? cpuPerFrameSent(r) : Number.NaN,
        withoutP99: w.lateness.p99,
        recordedP99: r?.lateness.p99 ?? null,
      };
    }),
  };
}
