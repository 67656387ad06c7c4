/**
 * A run against the practice agent, and our record of it beside the agent's own, turn by turn. Both sides stamp with
 * `process.hrtime.bigint()`, one clock for all processes on Linux, so raw stamps are compared.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../../../src/contract/errors.ts';
import { TruthLine, type TruthCall, type TruthTurn } from '../../../src/contract/practice.ts';
import type { CallRecord, RunSummary, Sample, TurnRecord } from '../../../src/contract/run.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import type { EngineRun } from '../../../src/engine/run.ts';
import { exactPercentile } from '../../../src/engine/measure/histogram.ts';
import { bundled, entry } from '../../../src/main/entries.ts';
import { launchPractice } from '../../../src/main/practice/launcher.ts';
import { nodeProcessHost } from '../../../src/main/processes/nodeHost.ts';
import { prepareRun } from '../../../src/main/scenarios/index.ts';

export interface TruthOptions {
  users: number;
  durationMs: number;
  /** Callers started per second; all at once by default. */
  spawnRate?: number;
  signal?: AbortSignal;
  /** False: turns and calls are counted and forgotten, and nothing is compared. */
  keep?: boolean;
  onSample?: (sample: Sample, turns: number) => void;
  onNotice?: (message: string) => void;
}

/** One quantity as both sides saw it: values of the same turns in the same order, in ms. */
export interface TruthRow {
  ours: number[];
  truth: number[];
  /** How far they lie apart, turn by turn. */
  difference: number[];
  /** Turns that only one side has. */
  missing: number;
}

export function emptyRow(): TruthRow {
  return { ours: [], truth: [], difference: [], missing: 0 };
}

/** Notes what both sides say of one turn; what neither has is left out. */
export function addToRow(row: TruthRow, ours: number | null, truth: number | null): void {
  if (ours === null && truth === null) return;
  if (ours === null || truth === null) {
    row.missing++;
    return;
  }
  row.ours.push(ours);
  row.truth.push(truth);
  row.difference.push(Math.abs(ours - truth));
}

export const truthRows = ['ttfa', 'ttfb', 'barge_in', 'end of speech', 'first audio', 'connect'] as const;
export type TruthRowName = (typeof truthRows)[number];

export interface TruthComparison {
  rows: Record<TruthRowName, TruthRow>;
  summary: RunSummary;
  samples: Sample[];
}

function need<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.error.message}\n${result.error.detail ?? ''}`);
}

/** Value at a percentile of an unsorted list; null when it is empty. */
export function percentile(values: readonly number[], p: number): number | null {
  return exactPercentile([...values].sort((a, b) => a - b), p); // prettier-ignore
}

/** Makes the run and compares. Rejects when either side cannot start. */
export async function compareWithAgent(options: TruthOptions): Promise<TruthComparison> {
  const { users, durationMs, signal } = options;
  const folder = mkdtempSync(join(tmpdir(), 'crosstalk-truth-'));
  const log = join(folder, 'truth.jsonl');
  const engine = createEngine({ workerEntry: entry('engine-worker') });
  try {
    const agent = need(await launchPractice(nodeProcessHost, { config: { seed: 7 }, logFile: log }));
    try {
      const prepared = need(
        await prepareRun(bundled('resources', 'scenarios', 'practice.yaml'), {
          users,
          spawnRate: options.spawnRate ?? users,
          durationMs,
          seed: 7,
          environmentVariables: null,
          workspaceCache: folder,
          processes: nodeProcessHost,
        }),
      );
      const plan = need(await prepared.buildPlan({ runId: 'truth', practiceUrl: agent.url }));
      const turns: TurnRecord[] = [];
      const calls: CallRecord[] = [];
      const samples: Sample[] = [];
      let heard = 0;
      const run = await engine.start(plan, {
        onBatch(batch) {
          heard += batch.turns.length;
          if (options.keep !== false) {
            turns.push(...batch.turns);
            calls.push(...batch.calls);
          }
          samples.push(batch.sample);
          options.onSample?.(batch.sample, heard);
        },
        ...(options.onNotice ? { onNotice: options.onNotice } : {}),
      });
      const abort = () => run.abort();
      signal?.addEventListener('abort', abort);
      const { summary } = await run.finished;
      signal?.removeEventListener('abort', abort);
      await agent.close();
      return { rows: compare(run, turns, calls, readFileSync(log, 'utf8')), summary, samples };
    } finally {
      await agent.close();
    }
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function compare(
  run: EngineRun,
  turns: TurnRecord[],
  calls: CallRecord[],
  log: string,
): TruthComparison['rows'] {
  const truthTurns = new Map<string, TruthTurn>();
  const truthCalls = new Map<string, TruthCall>();
  for (const line of log.split('\n').filter(Boolean)) {
    const truth = TruthLine.parse(JSON.parse(line));
    if (truth.kind === 'turn') truthTurns.set(`${truth.callId}#${truth.turn}`, truth);
    else if (truth.kind === 'call') truthCalls.set(truth.callId, truth);
  }
  const base = BigInt(run.clock.baseNs);
  /** The agent's stamp in milliseconds of our clock; null when it did not happen. */
  const stamp = (ns: string | null) => (ns === null ? null : Number(BigInt(ns) - base) / 1e6);
  const between = (from: number | null, to: number | null) =>
    from === null || to === null ? null : to - from;
  const rows: TruthComparison['rows'] = {
    ttfa: emptyRow(),
    ttfb: emptyRow(),
    barge_in: emptyRow(),
    'end of speech': emptyRow(),
    'first audio': emptyRow(),
    connect: emptyRow(),
  };
  const add = (name: TruthRowName, ours: number | null, truth: number | null) =>
    addToRow(rows[name], ours, truth);
  for (const turn of turns) {
    const truth = truthTurns.get(`${turn.callId}#${turn.turn}`);
    if (!truth || turn.status === 'cut' || turn.excluded !== null) continue;
    const eos = stamp(truth.endOfSpeechNs);
    add('ttfa', turn.ttfa, turn.ttfa === null ? null : between(eos, stamp(truth.firstAudioNs)));
    add('ttfb', turn.ttfb, turn.ttfb === null ? null : between(eos, stamp(truth.firstMessageNs)));
    if (turn.bargeInOutcome === 'stopped')
      add('barge_in', turn.barge_in, between(stamp(truth.interruptedNs), stamp(truth.stopNs)));
    add('end of speech', turn.endOfSpeechAt, eos);
    if (turn.ttfa !== null) add('first audio', turn.firstAudioAt, stamp(truth.firstAudioNs));
  }
  for (const call of calls) {
    const truth = truthCalls.get(call.callId);
    if (truth) add('connect', call.connect, between(stamp(truth.acceptedNs), stamp(truth.upgradedNs)));
  }
  return rows;
}
