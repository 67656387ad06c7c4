/**
 * `npm run test:locust`: is what a pack measures true? Runs a pack of the practice scenario by Locust against the
 * practice agent, once with websocket-client and once with the locustfile's own client, and sets its turns beside the
 * agent's record. Options: --users N (10), --seconds S (40), --python PROGRAM, --agent JSON (its settings). Ends with 1 when a 95th percentile
 * differs by more than 30 ms; where there is no Locust it says so and ends with 0.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { Result } from '../../src/contract/errors.ts';
import { TruthLine, type PracticeConfigInput, type TruthTurn } from '../../src/contract/practice.ts';
import { checkPracticeConfig } from '../../src/main/practice/config.ts';
import { launchPractice } from '../../src/main/practice/launcher.ts';
import { nodeProcessHost } from '../../src/main/processes/nodeHost.ts';
import { runChild } from '../bench/against/child.ts';
import { findLocust, LocustMissing, pythons, type Probe } from '../bench/against/findLocust.ts';
import { addToRow, emptyRow, percentile, type TruthRow } from '../bench/truth/compare.ts';
import { packForTests } from './packForTests.ts';

const limitMs = 30;
const stopSeconds = 12;
/** Starting Python, the last turns, hanging up. */
const graceSeconds = 30;
/** Fewer turns than this for each caller in a minute, and the run was not one. */
const leastTurnsPerCallerMinute = 3;

/** A line of CROSSTALK_TURNS_FILE. */
const Turn = z.object({
  call_id: z.string(),
  turn: z.number(),
  status: z.enum(['ok', 'timeout', 'failed', 'cut']),
  slipped: z.boolean(),
  barge_in_outcome: z.string().nullable(),
  end_of_speech_at: z.number().nullable(),
  first_audio_at: z.number().nullable(),
  ttfb: z.number().nullable(),
  ttfa: z.number().nullable(),
  barge_in_ms: z.number().nullable(),
});
type Turn = z.infer<typeof Turn>;

const clients = ['websocket-client', 'builtin'] as const;
type Client = (typeof clients)[number];

const rows = ['ttfa', 'ttfb', 'barge_in', 'end of speech', 'first audio'] as const;
type RowName = (typeof rows)[number];

function need<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.error.message);
}

function parsed<T>(file: string, schema: z.ZodType<T>): T[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => schema.parse(JSON.parse(line)));
}

const ms = (ns: string | null) => (ns === null ? null : Number(BigInt(ns)) / 1e6);
const between = (from: string | null, to: string | null) =>
  from === null || to === null ? null : Number(BigInt(to) - BigInt(from)) / 1e6;

/** Both clocks are the system's monotonic one (on Linux), so stamps can be compared too. */
function compare(turns: readonly Turn[], truths: readonly TruthTurn[]): Record<RowName, TruthRow> {
  const byTurn = new Map(truths.map((truth) => [`${truth.callId}#${truth.turn}`, truth]));
  const out = Object.fromEntries(rows.map((name): [RowName, TruthRow] => [name, emptyRow()])) as Record<
    RowName,
    TruthRow
  >;
  const add = (name: RowName, ours: number | null, truth: number | null) => addToRow(out[name], ours, truth);
  for (const turn of turns) {
    if (turn.status === 'cut' || turn.slipped) continue;
    const truth = byTurn.get(`${turn.call_id}#${turn.turn}`);
    const eos = truth?.endOfSpeechNs ?? null;
    add('ttfa', turn.ttfa, turn.ttfa === null ? null : between(eos, truth?.firstAudioNs ?? null));
    add('ttfb', turn.ttfb, turn.ttfb === null ? null : between(eos, truth?.firstMessageNs ?? null));
    if (turn.barge_in_outcome === 'stopped')
      add('barge_in', turn.barge_in_ms, between(truth?.interruptedNs ?? null, truth?.stopNs ?? null));
    if (process.platform !== 'linux') continue;
    add('end of speech', turn.end_of_speech_at, ms(eos));
    if (turn.ttfa !== null) add('first audio', turn.first_audio_at, ms(truth?.firstAudioNs ?? null));
  }
  return out;
}

interface Asked {
  python: string;
  client: Client;
  users: number;
  seconds: number;
  agentConfig: PracticeConfigInput;
}

/** One run and its comparison; the problems it found. */
async function measure({ python, client, users, seconds, agentConfig }: Asked): Promise<string[]> {
  const home = mkdtempSync(join(tmpdir(), 'crosstalk-locust-'));
  const log = join(home, 'truth.jsonl');
  const turnsFile = join(home, 'turns.jsonl');
  const locustLog = join(home, 'locust.log');
  try {
    const pack = await packForTests(home);
    const launched = await launchPractice(nodeProcessHost, {
      config: { seed: 7, ...agentConfig },
      logFile: log,
    });
    const agent = need(launched);
    try {
      const inherited = Object.entries(process.env).filter(([name]) => !/^(LOCUST|WS)_|^PCM_DIR$/.test(name));
      const end = await runChild(
        python,
        [
          '-m', 'locust', '--headless', '--only-summary',
          '--users', String(users), '--spawn-rate', String(users),
          '--run-time', `${seconds}s`, '--stop-timeout', String(stopSeconds), '--logfile', locustLog,
        ], // prettier-ignore
        {
          cwd: pack,
          env: {
            ...Object.fromEntries(inherited),
            PYTHONDONTWRITEBYTECODE: '1',
            WS_URL: agent.url,
            WS_CLIENT: client,
            CROSSTALK_TURNS_FILE: turnsFile,
          },
          atMostMs: (seconds + stopSeconds + graceSeconds) * 1000,
        },
      );
      await agent.close();
      const said = (existsSync(locustLog) ? readFileSync(locustLog, 'utf8') : '')
        .split('\n')
        .filter((line) => line.includes('/crosstalk: '));
      process.stdout.write(`\n${client}, ${users} callers for ${seconds} s\n${said.map((line) => `  ${line.replace(/^.*crosstalk: /, '')}\n`).join('')}`); // prettier-ignore
      if (!existsSync(turnsFile)) throw new Error(`Locust made no turn:\n${end.stderr}`);
      const turns = parsed(turnsFile, Turn);
      const truths = parsed(log, TruthLine).filter((line) => line.kind === 'turn');
      const problems = judge(compare(turns, truths), turns, { users, seconds });
      if (end.code !== 0) problems.push(`Locust ended with ${end.code ?? 'a signal'}: ${end.stderr.trim()}`);
      return problems.map((problem) => `${client}: ${problem}`);
    } finally {
      await agent.close();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function judge(
  compared: Record<RowName, TruthRow>,
  turns: readonly Turn[],
  { users, seconds }: { users: number; seconds: number },
): string[] {
  const problems: string[] = [];
  const finished = turns.filter(({ status }) => status !== 'cut');
  const bad = finished.filter(({ status }) => status !== 'ok').length;
  if (bad > 0) problems.push(`${bad} of ${finished.length} turns failed`);
  const least = Math.floor((users * seconds * leastTurnsPerCallerMinute) / 60);
  if (finished.length < least)
    problems.push(`only ${finished.length} turns; at least ${least} were expected`);
  const cell = (value: number | null) => (value === null ? '–' : value.toFixed(2)).padStart(10);
  const heads = ['turns', 'ours p50', 'true p50', 'ours p95', 'true p95', '|Δ| p50', '|Δ| p95', '|Δ| max'];
  process.stdout.write(`  ${''.padEnd(16)}${heads.map((head) => head.padStart(10)).join('')}   (ms)\n`);
  for (const name of rows) {
    const { ours, truth, difference, missing } = compared[name];
    const isMoment = name === 'end of speech' || name === 'first audio';
    const values = [50, 95].flatMap((p) =>
      [ours, truth].map((list) => (isMoment ? null : percentile(list, p))),
    );
    const cells = [...values, ...[50, 95, 100].map((p) => percentile(difference, p))].map(cell).join('');
    process.stdout.write(`  ${name.padEnd(16)}${String(difference.length).padStart(10)}${cells}\n`);
    if (isMoment) continue;
    const apart = Math.abs((percentile(ours, 95) ?? Number.NaN) - (percentile(truth, 95) ?? Number.NaN));
    if (!(apart <= limitMs)) problems.push(`the 95th percentile of ${name} is ${apart.toFixed(1)} ms off`);
    if (missing > 0) problems.push(`${missing} values of ${name} are on one side only`);
  }
  return problems;
}

/** Locust without websocket-client is enough for the locustfile; gevent comes with it. */
const importsLocust: Probe = async (python) => {
  const program = 'import gevent, locust';
  const { code } = await runChild(python, ['-c', program], {
    cwd: tmpdir(),
    env: process.env,
    atMostMs: 20_000,
  });
  if (code !== 0) return null;
  const library = await runChild(python, ['-c', 'import websocket; websocket.ABNF'], { cwd: tmpdir(), env: process.env, atMostMs: 20_000 }); // prettier-ignore
  return library.code === 0 ? 'with websocket-client' : 'without websocket-client';
};

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      users: { type: 'string', default: '10' },
      seconds: { type: 'string', default: '40' },
      python: { type: 'string' },
      agent: { type: 'string', default: '{}' },
    },
  });
  const [users, seconds] = [Number(values.users), Number(values.seconds)];
  if (!(Number.isInteger(users) && users > 0 && Number.isInteger(seconds) && seconds > 0))
    throw new Error('--users and --seconds take whole numbers above 0');
  const agentConfig = need(checkPracticeConfig(JSON.parse(values.agent), '--agent'));
  const found = await findLocust(importsLocust, values.python === undefined ? pythons : [values.python]);
  const problems: string[] = [];
  for (const client of clients) {
    if (client === 'websocket-client' && found.versions.startsWith('without'))
      process.stdout.write('not run: with websocket-client, which this Python does not have\n');
    else problems.push(...(await measure({ python: found.python, client, users, seconds, agentConfig })));
  }
  process.stdout.write(problems.length === 0 ? `\nok: every 95th percentile within ${limitMs} ms\n` : '\n');
  for (const problem of problems) process.stdout.write(`FAILED: ${problem}\n`);
  return problems.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof LocustMissing)) throw error;
  process.stdout.write(`not run: ${error.message}\n`);
}
