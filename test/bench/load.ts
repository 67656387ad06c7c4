/**
 * `npm run bench`: what a frame costs, how late frames are, whether latencies stay true under load, what a call needs of
 * memory; docs/performance.md says how each figure is made. Progress on stderr, the table on stdout, everything as JSON.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseDuration } from '../../src/contract/quantities.ts';
import { compareWithLocust, LocustMissing, locustTable } from './against/locust.ts';
import { parts, runBench, type Part } from './load/bench.ts';
import { closeEngine } from './load/engineLoad.ts';
import { reportOf } from './load/report.ts';

const longParts: readonly Part[] = ['drift', 'capacity'];

const help = `npm run bench -- [options]

  --calls 100,300,500,700   the rows of the table
  --rounds 5                interleaved rounds per figure
  --window 5s               length of a measured window
  --only a,b                some of: ${parts.join(', ')} (drift and capacity take long and are left out by default)
  --soak 3m                 how long the soak lasts
  --soak-calls 200
  --drift 10m               how long the drift is looked for
  --capacity-window 60s     --capacity-searches 3
  --quick                   one look at everything: 3 rounds, windows of 3 s, a soak of 1 minute
  --json FILE               default test-results/bench.json
  --against locust          instead: the same conversation by Locust, side by side  [--users 50] [--seconds 15]
`;

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100,300,500,700' },
    rounds: { type: 'string' },
    window: { type: 'string' },
    only: { type: 'string' },
    soak: { type: 'string' },
    'soak-calls': { type: 'string', default: '200' },
    drift: { type: 'string', default: '10m' },
    'capacity-window': { type: 'string', default: '60s' },
    'capacity-searches': { type: 'string', default: '3' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string', default: 'test-results/bench.json' },
    against: { type: 'string' },
    users: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '15' },
    help: { type: 'boolean', default: false },
  },
});

function refuse(message: string): never {
  process.stderr.write(`${message}\n\n${help}`);
  process.exit(2);
}

function whole(name: string, text: string): number {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : refuse(`--${name} takes a whole number above 0.`);
}

function time(name: string, text: string): number {
  const value = parseDuration(text);
  return value !== null && value > 0 ? value : refuse(`--${name} takes a time like 30s or 3m.`);
}

function asPart(name: string): Part {
  return parts.find((part) => part === name) ?? refuse(`--only: there is no part ${name}.`);
}

const began = performance.now();
function say(text: string): void {
  const seconds = Math.round((performance.now() - began) / 1000);
  process.stderr.write(`[${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}] ${text}\n`);
}

const file = resolve(values.json);
function keep(figures: object): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
}

const stop = new AbortController();
process.once('SIGINT', () => stop.abort(new Error('stopped')));
process.once('SIGTERM', () => stop.abort(new Error('stopped')));

async function againstLocust(): Promise<void> {
  const comparison = await compareWithLocust({
    users: whole('users', values.users),
    seconds: whole('seconds', values.seconds),
    rounds: whole('rounds', values.rounds ?? (values.quick ? '1' : '3')),
    say,
    signal: stop.signal,
    aloneUsers: 300,
  });
  keep(comparison);
  process.stdout.write(`${locustTable(comparison)}\n`);
}

async function ownLoad(): Promise<void> {
  const { quick } = values;
  const bench = await runBench({
    parts: values.only?.split(',').map(asPart) ?? parts.filter((part) => !longParts.includes(part)),
    calls: values.calls.split(',').map((n) => whole('calls', n)),
    rounds: whole('rounds', values.rounds ?? (quick ? '3' : '5')),
    windowMs: time('window', values.window ?? (quick ? '3s' : '5s')),
    soakCalls: whole('soak-calls', values['soak-calls']),
    soakMinutes: time('soak', values.soak ?? (quick ? '1m' : '3m')) / 60_000,
    driftMs: time('drift', values.drift),
    capacityWindowMs: time('capacity-window', values['capacity-window']),
    capacitySearches: whole('capacity-searches', values['capacity-searches']),
    signal: stop.signal,
    say,
    keep,
  });
  process.stdout.write(reportOf(bench));
}

if (values.help) process.stdout.write(help);
else {
  if (values.against !== undefined && values.against !== 'locust') refuse('--against takes locust.');
  try {
    await (values.against === 'locust' ? againstLocust() : ownLoad());
    say(`Written to ${file}`);
  } catch (error) {
    process.exitCode = stop.signal.aborted ? 130 : error instanceof LocustMissing ? 2 : 1;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  } finally {
    await closeEngine();
  }
}
