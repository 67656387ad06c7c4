/**
 * `npm run bench:truth`: are the measured latencies true? Runs 20 calls for 30 s against the practice agent and sets
 * our `ttfa`, `barge_in` and `connect` beside the agent's own record, turn by turn. Both sides stamp with
 * `process.hrtime.bigint()`, one clock for all processes on Linux, so raw stamps are compared.
 * Options: --users N, --duration 30s. Ends with 1 when the 99th percentile of a difference exceeds its limit.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TruthLine, type TruthCall, type TruthTurn } from '../../src/contract/practice.ts';
import { parseDuration } from '../../src/contract/quantities.ts';
import type { CallRecord, TurnRecord } from '../../src/contract/run.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { exactPercentile } from '../../src/engine/measure/histogram.ts';
import { bundled, entry } from '../../src/main/entries.ts';
import { launchPractice } from '../../src/main/practice/launcher.ts';
import { nodeProcessHost } from '../../src/main/processes/nodeHost.ts';
import { prepareRun } from '../../src/main/scenarios/index.ts';
import type { Result } from '../../src/contract/errors.ts';

const limitMs = 5;

function need<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.error.message}\n${result.error.detail ?? ''}`);
}

const { values } = parseArgs({
  options: { users: { type: 'string', default: '20' }, duration: { type: 'string', default: '30s' } },
});
const users = Number(values.users);
const durationMs = parseDuration(values.duration) ?? Number.NaN;
if (!Number.isInteger(users) || users < 1 || !(durationMs > 0))
  throw new Error('--users takes a whole number, --duration a time like 30s');

const folder = mkdtempSync(join(tmpdir(), 'crosstalk-truth-'));
const log = join(folder, 'truth.jsonl');
const agent = need(await launchPractice(nodeProcessHost, { config: { seed: 7 }, logFile: log }));
const engine = createEngine({ workerEntry: entry('engine-worker') });
const turns: TurnRecord[] = [];
const calls: CallRecord[] = [];

const prepared = need(
  await prepareRun(bundled('resources', 'scenarios', 'practice.yaml'), {
    users,
    spawnRate: users,
    durationMs,
    seed: 7,
    environmentVariables: null,
    workspaceCache: folder,
    processes: nodeProcessHost,
  }),
);
const plan = need(await prepared.buildPlan({ runId: 'truth', practiceUrl: agent.url }));
process.stderr.write(`${users} calls for ${durationMs / 1000} s against ${agent.url}\n`);
const run = await engine.start(plan, {
  onBatch(batch) {
    turns.push(...batch.turns);
    calls.push(...batch.calls);
    if (process.stderr.isTTY)
      process.stderr.write(`\r${batch.sample.t} s · ${batch.sample.active} calls · ${turns.length} turns `);
  },
  onNotice: (message) => process.stderr.write(`\n${message}\n`),
});
const { summary } = await run.finished;
if (process.stderr.isTTY) process.stderr.write('\n');
await engine.close();
await agent.close();

const truthTurns = new Map<string, TruthTurn>();
const truthCalls = new Map<string, TruthCall>();
for (const line of readFileSync(log, 'utf8').split('\n').filter(Boolean)) {
  const truth = TruthLine.parse(JSON.parse(line));
  if (truth.kind === 'turn') truthTurns.set(`${truth.callId}#${truth.turn}`, truth);
  else truthCalls.set(truth.callId, truth);
}
rmSync(folder, { recursive: true });

const base = BigInt(run.clock.baseNs);
/** The agent's stamp in milliseconds of our clock; null when it did not happen. */
const stamp = (ns: string | null) => (ns === null ? null : Number(BigInt(ns) - base) / 1e6);
const between = (from: number | null, to: number | null) => (from === null || to === null ? null : to - from);

interface Row {
  name: string;
  limit: number | null;
  ours: number[];
  truth: number[];
  difference: number[];
  missing: number;
}
const rows = new Map<string, Row>();

function compare(name: string, ours: number | null, truth: number | null, limit: number | null): void {
  const row = rows.get(name) ?? { name, limit, ours: [], truth: [], difference: [], missing: 0 };
  rows.set(name, row);
  if (ours === null && truth === null) return;
  if (ours === null || truth === null) {
    row.missing++;
    return;
  }
  row.ours.push(ours);
  row.truth.push(truth);
  row.difference.push(Math.abs(ours - truth));
}

for (const turn of turns) {
  const truth = truthTurns.get(`${turn.callId}#${turn.turn}`);
  if (!truth || turn.status === 'cut') continue;
  const eos = stamp(truth.endOfSpeechNs);
  compare('ttfa', turn.ttfa, turn.ttfa === null ? null : between(eos, stamp(truth.firstAudioNs)), limitMs);
  compare('ttfb', turn.ttfb, turn.ttfb === null ? null : between(eos, stamp(truth.firstMessageNs)), null);
  if (turn.bargeInOutcome === 'stopped')
    compare('barge_in', turn.barge_in, between(stamp(truth.interruptedNs), stamp(truth.stopNs)), limitMs);
  compare('  end of speech (stamp)', turn.endOfSpeechAt, eos, null);
  if (turn.ttfa !== null)
    compare('  first audio (stamp)', turn.firstAudioAt, stamp(truth.firstAudioNs), null);
}
for (const call of calls) {
  const truth = truthCalls.get(call.callId);
  if (truth)
    compare('connect', call.connect, between(stamp(truth.acceptedNs), stamp(truth.upgradedNs)), null);
}

const figure = (value: number | null) => (value === null ? '–' : value.toFixed(2)).padStart(9);
const percentiles = (list: number[], p: number) =>
  exactPercentile(
    [...list].sort((a, b) => a - b),
    p,
  );
process.stdout.write(
  `${''.padEnd(24)}${['turns', 'ours p50', 'true p50', 'ours p95', 'true p95', '|Δ| p50', '|Δ| p99', '|Δ| max'].map((h) => h.padStart(10)).join('')}   (ms)\n`,
);
let failed = false;
for (const row of rows.values()) {
  const stampRow = row.name.startsWith(' ');
  const p99 = percentiles(row.difference, 99);
  const late = row.limit !== null && (p99 === null || p99 > row.limit || row.missing > 0);
  failed ||= late;
  const cells = [50, 95].flatMap((p) =>
    [row.ours, row.truth].map((list) => (stampRow ? null : percentiles(list, p))),
  );
  const verdict =
    row.limit === null ? '' : late ? `  FAILED: limit ${row.limit} ms` : `  ok: p99 under ${row.limit} ms`;
  process.stdout.write(
    `${row.name.padEnd(24)}${String(row.difference.length).padStart(10)} ${[...cells, percentiles(row.difference, 50), p99, percentiles(row.difference, 100)].map(figure).join(' ')}` +
      `${row.missing > 0 ? `  ${row.missing} on one side only` : ''}${verdict}\n`,
  );
}
process.stdout.write(
  `frame lateness p99 ${summary.metrics.frame_lateness.p99?.toFixed(2) ?? '–'} ms · ${summary.counts.turns_ok} turns ok, ${summary.counts.turns_failed} failed · ${
    summary.trusted ? 'trusted' : `not trusted: ${summary.untrusted_reasons.join('; ')}`
  }\n`,
);
process.exitCode = failed ? 1 : 0;
