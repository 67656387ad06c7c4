import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { RunSummary } from '#contract/run';
import { runCli } from '../program.ts';
import { speak, testCli } from '../testing.ts';

let folder: string;
let env: Record<string, string>;
let agent: WebSocketServer;
let silent: string;
let refused: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-run-'));
  env = { CROSSTALK_HOME: join(folder, 'home') };
  agent = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => agent.once('listening', resolve));
  silent = `ws://127.0.0.1:${(agent.address() as AddressInfo).port}/x`;
  const closed: Server = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', () => resolve()));
  refused = `ws://127.0.0.1:${(closed.address() as AddressInfo).port}/x`;
  await new Promise((resolve) => closed.close(resolve));
});
afterAll(async () => {
  for (const client of agent.clients) client.terminate();
  await new Promise((resolve) => agent.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** One caller who says a sentence of the bundled audio. */
function scenario(more = ''): string {
  const path = join(folder, 'one.yaml');
  writeFileSync(
    path,
    `version: 1
name: One caller
users:
  - kind: voice
    greeting: ignore
    conversations: [{ name: quick, turns: [{ say: "Hi there, I have a quick question" }] }]
load: { users: 1, duration: 1s }
${more}`,
  );
  return path;
}

describe('run', () => {
  it('fails, keeps the run and writes every report when nothing answers', { timeout: 30_000 }, async () => {
    const out = (name: string) => join(folder, name);
    const {
      code,
      out: said,
      err,
    } = await speak(
      ['run', scenario(), '--url', refused, '--tag', 'nightly', '--summary', out('s.json'), '--turns', out('t.csv'), '--junit', out('j.xml'), '--markdown', out('m.md')], // prettier-ignore
      { ...env, TURN_TIMEOUT_SEC: '9' },
    );
    expect(code).toBe(99);
    expect(err).toContain('Applied: TURN_TIMEOUT_SEC → users[*].timeouts.turn = 9s\n');
    expect(err).toContain('Applied: --url → environment.url = ws://127.0.0.1');
    expect(said).toContain('✕ fail  One caller');
    expect(said).toMatch(/refused +\d+ +nothing listens/);

    const summary = RunSummary.parse(JSON.parse(readFileSync(out('s.json'), 'utf8')));
    expect(summary).toMatchObject({ scenario: 'One caller', verdict: 'fail', ended: 'completed' });
    expect(summary.counts.calls_failed).toBeGreaterThan(0);
    expect(readFileSync(out('t.csv'), 'utf8').split('\n')).toHaveLength(2);
    expect(readFileSync(out('j.xml'), 'utf8')).toContain('failures=');
    expect(readFileSync(out('m.md'), 'utf8')).toContain('❌ fail');
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);

    const id = summary.run_id;
    expect(said).toContain(`crosstalk runs show ${id}`);
    const rows = JSON.parse((await speak(['runs', 'list', '--json'], env)).out) as {
      id: string;
      tags: string[];
    }[];
    expect(rows).toMatchObject([{ id, tags: ['nightly'], state: 'finished', verdict: 'fail' }]);
    const shown = await speak(['runs', 'show', id.slice(0, -2)], env);
    expect(shown).toMatchObject({ code: 0 });
    expect(shown.out).toContain('✕ fail  One caller');
    expect(shown.out).toContain('TURN_TIMEOUT_SEC');
    const exported = await speak(['runs', 'export', 'latest', '--turns', out('again.csv')], env);
    expect(exported.code).toBe(0);
    expect(readFileSync(out('again.csv'), 'utf8')).toBe(readFileSync(out('t.csv'), 'utf8'));
    expect(await speak(['runs', 'show', 'zz'], env)).toMatchObject({ code: 2 });
    expect(await speak(['runs', 'delete', id], env)).toMatchObject({ code: 0 });
    expect((await speak(['runs', 'list', '--json'], env)).out).toBe('[]\n');
  });

  it(
    'stores nothing with --no-history and prints only the summary with --json',
    { timeout: 30_000 },
    async () => {
      const home = join(folder, 'unused');
      const { code, out, err } = await speak(
        ['run', scenario(), '--url', refused, '--no-history', '--quiet', '--json'],
        { CROSSTALK_HOME: home },
      );
      expect(code).toBe(99);
      expect(RunSummary.parse(JSON.parse(out)).verdict).toBe('fail');
      expect(err.split('\n').filter((line) => line !== '' && !line.startsWith('Applied: '))).toEqual([]);
      expect(() => readdirSync(home)).toThrow();
    },
  );

  it('stops gracefully at the first Ctrl-C and aborts at the second', { timeout: 30_000 }, async () => {
    const context = testCli(env);
    const called = new Promise((resolve) => agent.once('connection', resolve));
    const ended = runCli(
      ['run', scenario(), '--url', silent, '--duration', '1m', '--summary', join(folder, 'cut.json')],
      context,
    );
    await called;
    await context.until(/00:05 \/ 01:00/);
    await vi.waitUntil(
      () => {
        if (!context.said.err.includes('Aborting.')) context.interrupts.raise('SIGINT');
        return context.said.err.includes('Aborting.');
      },
      { interval: 50, timeout: 10_000 },
    );
    expect(await ended).toBe(130);
    expect(context.said.err).toMatch(/Stopping: .*\n(.*\n)*Aborting\.\n/);
    expect(RunSummary.parse(JSON.parse(readFileSync(join(folder, 'cut.json'), 'utf8'))).ended).toBe(
      'aborted',
    );
    const rows = JSON.parse((await speak(['runs', 'list', '--json'], env)).out) as unknown[];
    expect(rows).toMatchObject([{ state: 'finished', ended: 'aborted' }]);
  });

  it('raises and lowers its users by keys, within what is possible', { timeout: 30_000 }, async () => {
    const context = testCli(env);
    const called = new Promise((resolve) => agent.once('connection', resolve));
    const ended = runCli(['run', scenario(), '--url', silent, '--duration', '1m'], context);
    await called;
    // Its first second says how many there are.
    await vi.waitUntil(
      () => {
        context.press('W');
        return context.said.err.includes('Users set to');
      },
      { interval: 200, timeout: 10_000 },
    );
    for (const key of ['S', 'S', 'S', 'S', 'S', 'S', 'S', 'S', 'S', 'S', 'w', 'w', 'x']) context.press(key);
    await context.until(
      /Note: Users set to \d+1 by hand at 00:0\d\n(.*\n)*Note: Users set to 2 by hand at 00:\d\d\n/,
    );
    context.press('p');
    await context.until(/Note: Users follow the load profile again since 00:\d\d\n/);
    context.interrupts.raise('SIGINT');
    await context.until(/Stopping: /);
    context.press('w');
    await context.until(/Note: The run "One caller" is ending .* can no longer be changed\./);
    await vi.waitUntil(
      () => {
        context.interrupts.raise('SIGINT');
        return context.said.err.includes('Aborting.');
      },
      { interval: 50, timeout: 10_000 },
    );
    expect(await ended).toBe(130);
    expect(() => context.press('w')).toThrow('Nobody listens');
  });

  it('listens to no keys with --quiet', { timeout: 30_000 }, async () => {
    const context = testCli(env);
    const called = new Promise((resolve) => agent.once('connection', resolve));
    const ended = runCli(['run', scenario(), '--url', silent, '--quiet', '--no-history'], context);
    await called;
    expect(() => context.press('w')).toThrow('Nobody listens');
    await ended;
  });
});
