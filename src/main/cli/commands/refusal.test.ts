import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Calibration } from '#contract/calibration';
import { thisMachine } from '../../machine/reader.ts';
import { runCli } from '../program.ts';
import { speak, testCli } from '../testing.ts';

let folder: string;
let env: Record<string, string>;
let scenario: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-refusal-'));
  const closed: Server = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', () => resolve()));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  scenario = join(folder, 'three.yaml');
  writeFileSync(
    scenario,
    `version: 1
name: Three callers
environment: { url: "ws://127.0.0.1:${port}/x" }
users:
  - kind: voice
    greeting: ignore
    conversations: [{ name: quick, turns: [{ say: "Hi there, I have a quick question" }] }]
load: { users: 3, duration: 1s }
`,
  );
});
beforeEach(() => {
  env = { CROSSTALK_HOME: mkdtempSync(join(folder, 'home-')) };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A calibration of this machine by which a thread carries one call. */
function carriesOne(): void {
  const calibration: Calibration = {
    version: 1,
    at: '2026-11-21T10:00:00.000Z',
    calls: 1,
    callsPerWorker: 1,
    workers: 1,
    endedBy: 'generator',
    cpuModel: thisMachine.cpuModel(),
    cores: thisMachine.cores(),
    platform: thisMachine.platform,
    node: process.version,
    program: '0.1.0',
  };
  mkdirSync(env.CROSSTALK_HOME ?? '', { recursive: true });
  writeFileSync(join(env.CROSSTALK_HOME ?? '', 'calibration.json'), JSON.stringify(calibration));
}

const runs = async () => JSON.parse((await speak(['runs', 'list', '--json'], env)).out) as unknown[];

describe('a run that does not fit onto this machine', () => {
  it('is refused with exit code 3 before anything of it exists', { timeout: 30_000 }, async () => {
    const summary = join(folder, 'summary.json');
    const tooMany = ['run', scenario, '--users', '100000', '--workers', '1', '--summary', summary];
    for (const force of [[], ['--force', 'calibration', '--force', 'guard']]) {
      const { code, out, err } = await speak([...tooMany, ...force], env);
      expect(code).toBe(3);
      expect(out).toBe('');
      expect(err).toMatch(/Error: This run asks for 100,000 calls at once.*Use at most [\d,]+ users/);
      expect(err).toContain('--force limits runs it all the same.');
    }
    expect(existsSync(summary)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(await runs()).toEqual([]);
  });

  it('is made all the same with --force limits', { timeout: 30_000 }, async () => {
    const context = testCli(env);
    // It never comes to as many calls as it asks for in the end.
    const load =
      '{ executor: ramping-vus, stages: [{ target: 1, duration: 1s }, { target: 100000, duration: 744h }] }';
    const ended = runCli(
      ['run', scenario, '--set', `load=${load}`, '--workers', '1', '--force', 'guard,limits', '--no-history'],
      context,
    );
    await context.until(/Note: This run asks for 100,000 calls at once/);
    context.interrupts.raise('SIGINT');
    expect(await ended).not.toBe(3);
    expect(context.said.err).not.toContain('Error:');
  });

  it('is refused beyond twice what was carried, or made in spite of it', { timeout: 30_000 }, async () => {
    carriesOne();
    const one = [scenario, '--workers', '1'];
    const refused = await speak(['run', ...one], env);
    expect(refused.code).toBe(3);
    expect(refused.err).toContain(
      'Error: This run asks for 3 calls at once; this machine carried 1 when it was calibrated on 2026-11-21.',
    );
    expect(refused.err).toContain('--force calibration runs it all the same.');
    expect(await runs()).toEqual([]);

    const forced = await speak(['run', ...one, '--force', 'calibration', '--quiet'], env);
    expect(forced.code).toBe(99);
    expect(forced.err).toContain('Note: This run asks for 3 calls at once;');
    const [kept] = await runs();
    expect(kept).toMatchObject({ name: 'Three callers', state: 'finished' });
  });

  it('is announced where it asks for a little more than was carried', { timeout: 30_000 }, async () => {
    carriesOne();
    const { code, err } = await speak(['run', scenario, '--workers', '1', '--users', '2'], env);
    expect(code).toBe(99);
    expect(err).toContain('expect its numbers to be marked untrusted. Fewer users, or more machines.');
  });

  it('is not kept from being made by a calibration that cannot be read', { timeout: 30_000 }, async () => {
    mkdirSync(env.CROSSTALK_HOME ?? '', { recursive: true });
    writeFileSync(join(env.CROSSTALK_HOME ?? '', 'calibration.json'), '{');
    const { code, out, err } = await speak(['run', scenario], env);
    expect(code).toBe(99);
    expect(err).toContain('Note: The calibration of this machine in ');
    expect(out).toContain('Review it: crosstalk runs show');
  });
});

describe('a calibration', () => {
  it('that is cancelled leaves the last one as it was', { timeout: 30_000 }, async () => {
    carriesOne();
    const context = testCli(env);
    const ended = runCli(['calibrate', '--seconds', '2'], context);
    await context.until(/^Calibrating/m);
    context.interrupts.raise('SIGINT');
    expect(await ended).toBe(130);
    expect(context.said.out).toBe('');
    expect(context.said.err).toContain('Cancelled; the last calibration stays as it was.');
    const refused = await speak(['run', scenario, '--workers', '1'], env);
    expect(refused.code).toBe(3);
  });
});
