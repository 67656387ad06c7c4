import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bundled } from '../../entries.ts';
import { speak } from '../testing.ts';

let folder: string;
let env: Record<string, string>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-pack-'));
  env = { CROSSTALK_HOME: join(folder, 'home') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const practice = bundled('resources', 'scenarios', 'practice.yaml');
const url = 'wss://agent.example.com/call';

describe('crosstalk pack', () => {
  it('shows the sum and the checks, writes, and says what to type next', async () => {
    const out = join(folder, 'pack');
    const { code, out: commands, err } = await speak(['pack', practice, '--out', out, '--url', url], env);
    expect(code).toBe(0);
    expect(err).toContain(`Practice run: 8 users, 4 a second, for 30s on 1 engine, against ${url}\n`);
    expect(err).toContain('  insurance_inquiry: 5 turns, 19.3 s\n');
    expect(err).toMatch(/✓ 11 files of \d+ kB go up: within Azure's limits/);
    expect(commands).toContain('az load test create --test-id practice-run');
    expect(commands).toContain(`cd ${out}\n`);
    expect(readdirSync(out)).toContain('load-test.yaml');
  });

  it('takes every option, for Locust as well', async () => {
    const out = join(folder, 'pack');
    const options = [
      '--users',
      '12',
      '--spawn-rate',
      '0.5',
      '--duration',
      '2m',
      '--max-turns',
      '2',
      '--name',
      'Mine',
    ];
    const argv = ['pack', practice, '--out', out, '--for', 'locust', '--url', url, ...options];
    const { code, out: json } = await speak([...argv, '--conversation', 'quick_question', '--json'], env);
    expect(code).toBe(0);
    const Printed = z.object({ path: z.string(), files: z.number(), plan: z.object({ name: z.string() }) });
    expect(Printed.parse(JSON.parse(json))).toEqual({ path: out, files: 7, plan: { name: 'Mine' } });
    const conf = readFileSync(join(out, 'locust.conf'), 'utf8');
    for (const line of ['users = 12', 'spawn-rate = 0.5', 'run-time = 120s'])
      expect(conf).toContain(`${line}\n`);
    expect(readdirSync(out).filter((name) => name.endsWith('.pcm'))).toHaveLength(2);
  });

  it('ends with 2 when it could not be used as it is, and writes nothing', async () => {
    const out = join(folder, 'pack');
    const practiceAgent = await speak(['pack', practice, '--out', out], env);
    expect(practiceAgent.code).toBe(2);
    expect(practiceAgent.err).toContain('which Azure cannot reach');
    const missing = await speak(['pack', join(folder, 'nothing.yaml'), '--out', out], env);
    expect([missing.code, missing.err]).toEqual([
      2,
      `Error: There is no scenario file ${join(folder, 'nothing.yaml')}.\n`,
    ]);
    const nowhere = await speak(['pack', practice], env);
    expect([nowhere.code, nowhere.err.includes('--out')]).toEqual([2, true]);
    expect(existsSync(out)).toBe(false);
  });

  it('does not write over what it did not write', async () => {
    const out = join(folder, 'mine');
    mkdirSync(out);
    writeFileSync(join(out, 'thesis.txt'), 'mine');
    const { code, err } = await speak(['pack', practice, '--out', out, '--url', url], env);
    expect(code).toBe(1);
    expect(err).toContain('holds something that is no pack of Crosstalk; choose another place.');
    expect(readdirSync(out)).toEqual(['thesis.txt']);
  });
});
