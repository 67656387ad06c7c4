/**
 * What a long run leaves on the disk: 30 minutes of 500 calls through the real history, at the pace of the practice
 * scenario and at one more than twice as fast. Prints megabytes, bytes per turn, and what the database worker takes
 * for a second's batch. `node test/bench/history/size.ts [seconds]`; ends with 1 when a case is over the limit.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import type { Result } from '../../../src/contract/errors.ts';
import { openHistory, type History } from '../../../src/main/history/history.ts';
import { anOutcome, aRun } from '../../../src/main/history/testing.ts';
import { Crowd, seededRandom } from './conversation.ts';
import { sampleOf } from './figures.ts';

const limitMb = 60;
const calls = 500;
const seconds = Number(process.argv[2] ?? 30 * 60);
const cases = [
  { name: 'practice pace', turnMs: 6750 },
  { name: 'harsh', turnMs: 2870 },
];
const bytesPerMb = 1024 * 1024;

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** Megabytes per table and index, largest first. */
function shares(file: string): [name: string, mb: number, filled: number][] {
  const db = new SQLite(file, { readonly: true });
  const rows = db
    .prepare<[], { name: string; bytes: number; unused: number }>(
      'SELECT name, sum(pgsize) AS bytes, sum(unused) AS unused FROM dbstat GROUP BY name ORDER BY bytes DESC LIMIT 7',
    )
    .all();
  db.close();
  return rows.map((row) => [row.name, row.bytes / bytesPerMb, 1 - row.unused / row.bytes]);
}

async function readTimes(history: History, runId: string, total: number): Promise<string> {
  const times: string[] = [];
  for (const order of ['newest', 'time', 'slowest'] as const) {
    const from = performance.now();
    value(await history.turns({ runId, order, offset: Math.max(0, total - 200), limit: 200 }));
    times.push(`${order} ${(performance.now() - from).toFixed(0)} ms`);
  }
  return times.join(', ');
}

/** Megabytes on disk. */
async function measure(name: string, turnMs: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'crosstalk-size-'));
  const file = join(folder, 'crosstalk.db');
  try {
    let history = value(await openHistory({ file }));
    const runId = 'size';
    const crowd = new Crowd(calls, turnMs, 7);
    const random = seededRandom(11);
    const written: number[] = [];
    let turns = 0;
    history.createRun(aRun(runId, { plannedMs: seconds * 1000 }));
    value(await history.list({ limit: 1 }));
    let databaseMs = 0;
    for (let t = 1; t <= seconds; t++) {
      const second = crowd.second(t);
      const batch = { sample: sampleOf(t, calls, second, random), ...second, requests: [], kept: [] };
      turns += second.turns.length;
      const before = { all: process.cpuUsage(), main: process.threadCpuUsage(), at: performance.now() };
      history.append(runId, batch);
      // The worker answers in order: with this answer the second is written.
      value(await history.histograms(runId));
      written.push(performance.now() - before.at);
      const [all, main] = [process.cpuUsage(before.all), process.threadCpuUsage(before.main)];
      databaseMs += (all.user + all.system - main.user - main.system) / 1000;
      if (t % 300 === 0) process.stderr.write(`${name}: ${t} of ${seconds} s, ${turns} turns\n`);
    }
    value(await history.finishRun(runId, anOutcome(runId)));
    value(await history.close());
    const bytes = statSync(file).size;
    history = value(await openHistory({ file }));
    const reading = await readTimes(history, runId, turns);
    value(await history.close());

    written.sort((a, b) => a - b);
    const at = (share: number) => (written[Math.floor(share * (written.length - 1))] ?? 0).toFixed(1);
    const lines = [
      `${name}: ${calls} calls, ${seconds} s, ${turns} turns`,
      `  ${(bytes / bytesPerMb).toFixed(1)} MB, ${(bytes / turns).toFixed(0)} bytes per turn, everything together`,
      `  a second's batch: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms until it is written`,
      `  database worker: ${((databaseMs / turns) * 1000).toFixed(0)} µs of CPU per turn, ${((databaseMs / seconds / 1000) * 100).toFixed(2)} % of a core at this pace`,
      `  last page of turns: ${reading}`,
      ...shares(file).map(
        ([table, mb, filled]) =>
          `    ${table.padEnd(22)} ${mb.toFixed(2).padStart(6)} MB, ${(filled * 100).toFixed(0)} % filled`,
      ),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
    return bytes / bytesPerMb;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const sizes: number[] = [];
for (const { name, turnMs } of cases) sizes.push(await measure(name, turnMs));
const most = Math.max(...sizes);
process.stdout.write(
  `${most > limitMb ? 'over' : 'within'} the limit of ${limitMb} MB: ${most.toFixed(1)} MB\n`,
);
process.exitCode = most > limitMb ? 1 : 0;
