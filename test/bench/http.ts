/**
 * `npm run bench:http`: what an HTTP request costs the generator, beside autocannon and Locust, all asking the same server
 * with as many connections, as fast as they can. docs/performance.md says how to read it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseDuration } from '../../src/contract/quantities.ts';
import { findLocust, LocustMissing } from './against/findLocust.ts';
import { tableOf, type Row } from './http/table.ts';
import { canMeasure, costOf, locustFile, ourProgram, startServer, type Generator } from './http/processes.ts';
import { median } from './load/window.ts';

const help = `npm run bench:http -- [options]

  --users 50      connections of every generator
  --rounds 3      each round runs every generator once, in turn
  --window 4s     length of a measured window
  --only a,b      some of: session, no-stamps, engine, autocannon, locust, locust-fast
  --json FILE     default test-results/bench-http.json
`;

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '3' },
    window: { type: 'string', default: '4s' },
    only: { type: 'string' },
    json: { type: 'string', default: 'test-results/bench-http.json' },
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

async function generators(url: string, users: number): Promise<Record<string, Generator>> {
  const { origin, pathname } = new URL(url);
  const autocannon = createRequire(import.meta.url).resolve('autocannon/autocannon.js');
  const own: Record<string, Generator> = {
    session: ourProgram('session', { url, users, stamps: true }),
    'no-stamps': ourProgram('session', { url, users, stamps: false }),
    engine: ourProgram('engine', { url, users }),
    autocannon: {
      program: process.execPath,
      args: [autocannon, '-c', String(users), '-p', '1', '-d', '3600', '--no-progress', url],
    },
  };
  try {
    const { python } = await findLocust();
    const args = ['-m', 'locust', '-f', locustFile, '--headless', '--only-summary', '-H', origin, '-u', String(users), '-r', '100']; // prettier-ignore
    const env = { BENCH_PATH: pathname, PYTHONDONTWRITEBYTECODE: '1' };
    own.locust = { program: python, args, env: { ...env, BENCH_USER: 'http' } };
    own['locust-fast'] = { program: python, args, env: { ...env, BENCH_USER: 'fast' } };
  } catch (error) {
    if (!(error instanceof LocustMissing)) throw error;
    process.stderr.write(`${error.message}\n`);
  }
  return own;
}

async function main(): Promise<void> {
  const users = whole('users', values.users);
  const rounds = whole('rounds', values.rounds);
  const windowMs = parseDuration(values.window) ?? refuse('--window takes a time like 4s.');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stop.abort(new Error('stopped')));
  const server = await startServer();
  try {
    const all = await generators(server.url, users);
    const wanted = values.only?.split(',') ?? Object.keys(all);
    const unknown = wanted.find((name) => !(name in all));
    if (unknown !== undefined) refuse(`--only: there is no generator ${unknown}.`);
    const rows: Row[] = wanted.map((name) => ({ name, rounds: [] }));
    for (let round = 0; round < rounds; round++)
      for (let i = 0; i < rows.length; i++) {
        // Each round begins with another, so that none always follows the same one.
        const row = rows[(i + round) % rows.length];
        const generator = row && all[row.name];
        if (!row || !generator) continue;
        process.stderr.write(`round ${round + 1}: ${row.name}\n`);
        const warmMs = row.name.startsWith('locust') ? 4000 : 2500;
        row.rounds.push(await costOf(generator, server, { warmMs, windowMs, signal: stop.signal }));
      }
    const figures = rows.map(({ name, rounds: measured }) => ({
      name,
      cpuUsPerRequest: median(measured.map((m) => m.cpuUsPerRequest)),
      requestsPerSecond: median(measured.map((m) => m.requestsPerSecond)),
      rounds: measured,
    }));
    const file = resolve(values.json);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify({ users, windowMs, figures }, null, 2)}\n`);
    process.stdout.write(tableOf(figures, users));
  } finally {
    await server.close();
  }
}

if (values.help) process.stdout.write(help);
else if (!canMeasure)
  refuse('The CPU of other processes is read from /proc, which this system does not have.');
else
  try {
    await main();
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  }
