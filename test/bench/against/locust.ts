/**
 * Crosstalk and Locust side by side: the same clips, said by the same number of callers to the same practice agent.
 * Run by itself: node test/bench/against/locust.ts --users 50 --seconds 15 --rounds 1 [--alone 300] [--json FILE].
 * Ends with 2 when Locust is not installed.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundled } from '../../../src/main/entries.ts';
import { launchPractice, type PracticeAgent } from '../../../src/main/practice/launcher.ts';
import { nodeProcessHost } from '../../../src/main/processes/nodeHost.ts';
import { trueTimes } from './agentRecord.ts';
import { runChild, type ChildEnd } from './child.ts';
import { locustTable, tools, type LocustComparison, type Tool, type ToolResult } from './comparison.ts';
import { findLocust, LocustMissing, type Locust } from './findLocust.ts';
import { figuresOf, medianFigures, parseMeasurement, type Measurement } from './measurement.ts';
import type { OursOptions } from './ours.ts';

export { locustTable, type LocustComparison } from './comparison.ts';
export { LocustMissing } from './findLocust.ts';

export interface LocustOptions {
  /** Calls at once, the same for every tool. One Locust process fills a core near 65. */
  users: number;
  /** Length of the steady window of each run. */
  seconds: number;
  /** Each round runs every tool once, in turn. */
  rounds: number;
  /** Told what happens next, a sentence at a time. */
  say(text: string): void;
  signal?: AbortSignal;
  /** One more run of Crosstalk by itself with this many calls. */
  aloneUsers?: number;
}

/** What the common script says of each clip: two seconds, its default. No bundled clip is shorter. */
const chunksPerTurn = 100;
/** From the first user to the window: everyone has come and the greetings are over. */
const warmSeconds = 5;
/** A run may take this much longer than its window and warm-up: starting Python, ending calls. */
const graceSeconds = 25;
/** Locust warns that more users a second than this disturb what it measures. */
const mostSpawnedPerSecond = 100;

const userFiles = { common: 'common_user.py', tuned: 'tuned_user.py' } as const;

interface Run {
  tool: Tool;
  users: number;
  /** Begins the id of every call of this run. */
  id: string;
}

/**
 * Runs every tool `rounds` times, in turn, and compares their medians. Rejects with `LocustMissing` when there is no
 * usable Locust, with the signal's reason when aborted, else with an `Error` that says which tool failed and how.
 * Nothing is left behind: no process, no file.
 */
export async function compareWithLocust(options: LocustOptions): Promise<LocustComparison> {
  const { users, seconds, rounds, say, signal, aloneUsers } = options;
  const locust = await findLocust();
  const folder = mkdtempSync(join(tmpdir(), 'crosstalk-against-'));
  let agent: PracticeAgent | null = null;
  try {
    const log = join(folder, 'truth.jsonl');
    const launched = await launchPractice(nodeProcessHost, { config: { seed: 7 }, logFile: log });
    if (!launched.ok) throw new Error(launched.error.message);
    agent = launched.value;
    const agentLost = new AbortController();
    void agent.exited.then(({ code, stderr }) => {
      const how = `${code === null ? 'killed' : `exit code ${code}`}: ${stderr.trim() || 'it said nothing'}`;
      agentLost.abort(new Error(`The practice agent ended in the middle of the comparison (${how})`));
    });
    const ended = AbortSignal.any([agentLost.signal, ...(signal ? [signal] : [])]);
    const bench = { url: agent.url, folder, locust, seconds, signal: ended };
    const done: { run: Run; measured: Measurement }[] = [];
    for (const run of plannedRuns(users, rounds, aloneUsers)) {
      say(`${run.id}: ${run.users} calls for ${seconds} s`);
      done.push({ run, measured: await measure(run, bench) });
    }
    // Only when it has ended is its record complete.
    await agent.close();
    const record = readFileSync(log, 'utf8');
    const figures = done.map(({ run, measured }) => ({
      run,
      figures: figuresOf(measured, trueTimes(record, `${run.id}-`)),
    }));
    const result = (tool: Tool): ToolResult => {
      const own = figures.filter((f) => f.run.tool === tool && f.run.id !== aloneId).map((f) => f.figures);
      return { medians: medianFigures(own), rounds: own };
    };
    const byTool = { crosstalk: result('crosstalk'), common: result('common'), tuned: result('tuned') };
    const ours = byTool.crosstalk.medians.cpuUsPerFrame;
    const alone = figures.find((f) => f.run.id === aloneId);
    return {
      users,
      seconds,
      rounds,
      locust,
      tools: byTool,
      ratios: {
        common: byTool.common.medians.cpuUsPerFrame / ours,
        tuned: byTool.tuned.medians.cpuUsPerFrame / ours,
      },
      alone: alone ? { users: alone.run.users, figures: alone.figures } : null,
    };
  } finally {
    await agent?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const aloneId = 'crosstalk-alone';

/** Each round begins with another tool, so that none always follows the same one. */
function plannedRuns(users: number, rounds: number, aloneUsers: number | undefined): Run[] {
  const runs = Array.from({ length: rounds }, (_, round) =>
    tools.map((_, i): Run => {
      const tool = tools[(i + round) % tools.length] ?? 'crosstalk';
      return { tool, users, id: `${tool}-round-${round + 1}` };
    }),
  ).flat();
  if (aloneUsers !== undefined) runs.push({ tool: 'crosstalk', users: aloneUsers, id: aloneId });
  return runs;
}

interface Bench {
  url: string;
  folder: string;
  locust: Locust;
  seconds: number;
  signal: AbortSignal;
}

async function measure(run: Run, bench: Bench): Promise<Measurement> {
  const measurementFile = join(bench.folder, `${run.id}.json`);
  const end = await (run.tool === 'crosstalk'
    ? runOurs(run, bench, measurementFile)
    : runLocust(run, run.tool, bench, measurementFile));
  let text: string;
  try {
    text = readFileSync(measurementFile, 'utf8');
  } catch {
    const how = end.late ? 'took too long' : `ended with ${end.code ?? 'a signal'}`;
    throw new Error(`${run.id} ${how} and left no measurement:\n${end.stderr.trim() || 'it said nothing'}`);
  }
  return parseMeasurement(run.id, text);
}

function childOptions(bench: Bench, env: NodeJS.ProcessEnv) {
  return {
    cwd: bench.folder,
    env,
    atMostMs: (warmSeconds + bench.seconds + graceSeconds) * 1000,
    signal: bench.signal,
  };
}

function runOurs(run: Run, bench: Bench, measurementFile: string): Promise<ChildEnd> {
  const options: OursOptions = {
    url: bench.url,
    users: run.users,
    warmMs: warmSeconds * 1000,
    windowMs: bench.seconds * 1000,
    chunksPerTurn,
    runId: run.id,
    folder: bench.folder,
    measurementFile,
  };
  const program = fileURLToPath(new URL('./ours.ts', import.meta.url));
  return runChild(process.execPath, [program, JSON.stringify(options)], childOptions(bench, process.env));
}

function runLocust(
  run: Run,
  user: keyof typeof userFiles,
  bench: Bench,
  measurementFile: string,
): Promise<ChildEnd> {
  const spawnRate = Math.min(run.users, mostSpawnedPerSecond);
  const args = [
    '-m', 'locust',
    '-f', fileURLToPath(new URL(userFiles[user], import.meta.url)),
    '--headless', '--only-summary',
    '--users', String(run.users),
    '--spawn-rate', String(spawnRate),
    '--run-time', `${warmSeconds + bench.seconds + 1}s`,
  ]; // prettier-ignore
  // Somebody's own LOCUST_… settings would change what is measured.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('LOCUST_'));
  const env = {
    ...Object.fromEntries(inherited),
    PYTHONDONTWRITEBYTECODE: '1',
    WS_URL: bench.url,
    PCM_DIR: bundled('audio_cache'),
    CHUNKS_PER_TURN: String(chunksPerTurn),
    CALL_ID_PREFIX: `${run.id}-`,
    WARM_SEC: String(warmSeconds),
    WINDOW_SEC: String(bench.seconds),
    MEASUREMENT_FILE: measurementFile,
  };
  return runChild(bench.locust.python, args, childOptions(bench, env));
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} takes a whole number above 0, not ${JSON.stringify(text)}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      users: { type: 'string', default: '50' },
      seconds: { type: 'string', default: '15' },
      rounds: { type: 'string', default: '3' },
      alone: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stop.abort(new Error('Interrupted')));
  const comparison = await compareWithLocust({
    users: positive('users', values.users),
    seconds: positive('seconds', values.seconds),
    rounds: positive('rounds', values.rounds),
    ...(values.alone !== undefined && { aloneUsers: positive('alone', values.alone) }),
    say: (text) => process.stderr.write(`${text}\n`),
    signal: stop.signal,
  });
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(comparison, null, 2)}\n`);
  process.stdout.write(`${locustTable(comparison)}\n`);
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof LocustMissing ? 2 : 1;
  }
}
