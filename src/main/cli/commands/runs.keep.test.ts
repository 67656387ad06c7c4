import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHistory, type History } from '../../history/history.ts';
import { aBatch, anOutcome, aRun, value } from '../../history/testing.ts';
import { runCli } from '../program.ts';
import { speak, testCli } from '../testing.ts';

let home: string;
let env: Record<string, string>;
const dayMs = 24 * 60 * 60 * 1000;

async function inHistory<T>(work: (history: History) => Promise<T>): Promise<T> {
  const history = value(await openHistory({ file: join(home, 'crosstalk.db') }));
  try {
    return await work(history);
  } finally {
    await history.close();
  }
}

const ids = () => inHistory(async (history) => value(await history.list({ limit: 10 })).map((row) => row.id));

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'crosstalk-keep-'));
  env = { CROSSTALK_HOME: home };
  await inHistory(async (history) => {
    for (const [id, days] of [
      ['a-new', 1],
      ['b-old', 40],
      ['c-older', 50],
    ] as const) {
      history.createRun(aRun(id, { startedAt: Date.now() - days * dayMs }));
      history.append(id, aBatch(1));
      value(await history.finishRun(id, anOutcome(id)));
    }
  });
  mkdirSync(join(home, 'recordings', 'b-old'), { recursive: true });
  writeFileSync(join(home, 'recordings', 'b-old', 'call.wav'), 'x'.repeat(5000));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('crosstalk runs prune', () => {
  it('shows what would go and removes nothing', async () => {
    const { code, out, err } = await speak(['runs', 'prune', '--older-than', '30d', '--dry-run'], env);
    expect(code).toBe(0);
    expect(out).toContain('b-old');
    expect(out).not.toContain('a-new');
    expect(err).toMatch(/2 runs go for good, about \d+(\.\d)? kB with recordings\./);
    expect(await ids()).toHaveLength(3);
  });

  it('removes runs and their recordings when told to, but not what is starred', async () => {
    await speak(['runs', 'edit', 'c-older', '--star'], env);
    const { code, err } = await speak(['runs', 'prune', '--older-than', '4w', '--yes'], env);
    expect(code).toBe(0);
    expect(err).toContain('1 more stays because it is starred or a baseline');
    expect(err).toContain('1 run is removed');
    expect(await ids()).toEqual(['a-new', 'c-older']);
    expect(existsSync(join(home, 'recordings', 'b-old'))).toBe(false);
  });

  it('asks at a terminal, and takes only a yes', async () => {
    for (const [key, left] of [
      ['n', 3],
      ['y', 1],
    ] as const) {
      const cli = testCli(env);
      const ended = runCli(['runs', 'prune', '--keep', '1'], cli);
      await cli.until(/Press y to remove/);
      cli.press(key);
      expect(await ended).toBe(key === 'y' ? 0 : 130);
      expect(await ids()).toHaveLength(left);
    }
  });

  it.each([
    [['runs', 'prune'], 'Say which runs may go'],
    [['runs', 'prune', '--older-than', 'soon'], 'age in days or weeks'],
    [['runs', 'prune', '--keep', '1', '--json'], 'Add --yes'],
  ])('says what is missing: %j', async (argv, words) => {
    const { code, err } = await speak(argv, env);
    expect(code).toBe(2);
    expect(err).toContain(words);
  });
});

describe('a run on the command line', () => {
  it('is deleted and brought back, with its recordings', async () => {
    const deleted = await speak(['runs', 'delete', 'b-old'], env);
    expect(deleted.err).toContain('crosstalk runs restore b-old');
    expect(await ids()).toEqual(['a-new', 'c-older']);
    expect(existsSync(join(home, 'recordings', 'b-old', 'call.wav'))).toBe(true);
    expect((await speak(['runs', 'restore', 'b-old'], env)).code).toBe(0);
    expect(await ids()).toHaveLength(3);
    expect(await speak(['runs', 'restore', 'nobody'], env)).toMatchObject({ code: 2 });
  });

  it('is edited', async () => {
    const argv = ['runs', 'edit', 'latest', '--name', 'Friday', '--note', 'New GPU'];
    const { code, err } = await speak(
      [...argv, '--tag', 'gpu', '--untag', 'nightly', '--star', '--baseline'],
      env,
    );
    expect([code, err]).toEqual([
      0,
      'Run a-new: Friday, starred, baseline of Insurance inquiry · practice, tags gpu.\n',
    ]);
    const detail = await inHistory(async (history) => value(await history.get('a-new')));
    expect(detail).toMatchObject({
      note: 'New GPU',
      row: { tags: ['gpu'], starred: true, isBaseline: true },
    });
    const listed = await speak(['runs', 'list'], env);
    expect(listed.out).toMatch(/^run .* against the baseline {2}tags\n/);
    expect(listed.out).toMatch(/a-new .*★ Friday .* is the baseline +gpu\n/);
    expect(listed.out).toMatch(/b-old .* [±?=✕✓−+]/);
    expect(await speak(['runs', 'edit', 'a-new', '--star', '--unstar'], env)).toMatchObject({
      code: 2,
      err: expect.stringContaining('--star and --unstar contradict each other') as string,
    });
    await speak(['runs', 'edit', 'a-new', '--unstar', '--no-baseline'], env);
    const row = await inHistory(async (history) => value(await history.row('a-new')));
    expect(row).toMatchObject({ name: 'Friday', starred: false, isBaseline: false });
    expect(await speak(['runs', 'edit', 'a-new'], env)).toMatchObject({ code: 2 });
  });
});

it('crosstalk runs backup copies the history, never over a file', async () => {
  const file = join(home, 'copy.db');
  const { code, err } = await speak(['runs', 'backup', file], env);
  expect([code, err]).toEqual([0, expect.stringContaining(file)]);
  const again = await speak(['runs', 'backup', file], env);
  expect(again.code).toBe(1);
  expect(again.err).toContain('is there already');
  const beside = await speak(['runs', 'backup'], env);
  expect(beside.err).toMatch(/crosstalk-\d{4}-\d{2}-\d{2}\.db/);
});
