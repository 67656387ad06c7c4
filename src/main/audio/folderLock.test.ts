import { fork, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockName, withFolderLock } from './folderLock.ts';
import { readEntries } from './manifest.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosstalk-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lock = () => join(folder, lockName);

test('one after the other, also when one fails; nothing is left behind', async () => {
  let inside = 0;
  const work = (fails: boolean) => async () => {
    expect(++inside).toBe(1);
    await readdir(folder);
    inside--;
    if (fails) throw new Error('broken');
    return 'done';
  };
  const ended = await Promise.allSettled([1, 2, 3, 4].map((i) => withFolderLock(folder, work(i === 2))));
  expect(ended.map((end) => (end.status === 'fulfilled' ? end.value : 'failed'))).toEqual([
    'done',
    'failed',
    'done',
    'done',
  ]);
  expect(await readdir(folder)).toEqual([]);
});

function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

test('a lock of a program that is dead is taken over', async () => {
  await writeFile(lock(), JSON.stringify({ pid: deadPid(), host: hostname(), token: 'x' }));
  expect(await withFolderLock(folder, () => Promise.resolve('mine'))).toBe('mine');
  expect(await readdir(folder)).toEqual([]);
});

test.each(['', 'not json', JSON.stringify({ pid: 1, host: 'elsewhere', token: 'x' })])(
  'an old lock that says %j is taken over',
  async (content) => {
    await writeFile(lock(), content);
    const past = new Date(Date.now() - 120_000);
    await utimes(lock(), past, past);
    expect(await withFolderLock(folder, () => Promise.resolve('mine'))).toBe('mine');
  },
);

test('a lock that says nothing is taken over soon', async () => {
  await writeFile(lock(), '');
  const past = new Date(Date.now() - 5000);
  await utimes(lock(), past, past);
  expect(await withFolderLock(folder, () => Promise.resolve('mine'))).toBe('mine');
});

test('of several that find a lock left behind only one has the folder at a time', async () => {
  // By another name of the folder they do not wait for each other within this program.
  const names = await Promise.all(
    ['a', 'b', 'c', 'd', 'e', 'f'].map(async (name) => {
      const other = `${folder}-${name}`;
      await symlink(folder, other, 'junction');
      return other;
    }),
  );
  const left = JSON.stringify({ pid: deadPid(), host: hostname(), token: 'x' });
  let inside = 0;
  let most = 0;
  for (let round = 0; round < 40; round++) {
    await writeFile(lock(), left);
    const work = async () => {
      most = Math.max(most, ++inside);
      await readdir(folder);
      inside--;
    };
    await Promise.all(names.map((name) => withFolderLock(name, work)));
  }
  await Promise.all(names.map((name) => rm(name)));
  expect(most).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

test('a lock of a program that lives is waited for', async () => {
  await writeFile(lock(), JSON.stringify({ pid: process.ppid, host: hostname(), token: 'x' }));
  const order: string[] = [];
  const mine = withFolderLock(folder, () => Promise.resolve(order.push('mine')));
  await readFile(lock());
  order.push('theirs');
  await rm(lock());
  await mine;
  expect(order).toEqual(['theirs', 'mine']);
});

test('a folder that is not there rejects as the file system does', async () => {
  await expect(withFolderLock(join(folder, 'no'), () => Promise.resolve(1))).rejects.toThrow('ENOENT');
});

test(
  'two programs that write at once lose no line, and make nothing twice',
  { timeout: 60_000 },
  async () => {
    const script = join(import.meta.dirname, 'testing', 'keepMany.ts');
    const count = 60;
    const programs = ['a', 'b', 'c'].map((name) => fork(script, [folder, name, String(count)]));
    const ended = programs.map(
      (program) => new Promise<number | null>((resolve) => program.on('exit', (code) => resolve(code))),
    );
    await Promise.all(programs.map((program) => new Promise((resolve) => program.once('message', resolve))));
    for (const program of programs) program.send('go');
    expect(await Promise.all(ended)).toEqual([0, 0, 0]);

    const entries = await readEntries(folder);
    const texts = entries.map(({ line }) => line?.text);
    const wanted = Array.from({ length: count }, (_, i) =>
      i % 2 === 0 ? ['a', 'b', 'c'].map((name) => `Sentence ${i} of ${name}`) : [`Shared sentence ${i}`],
    ).flat();
    expect(texts.sort()).toEqual(wanted.sort());
    const files = (await readdir(folder)).filter((name) => name !== 'manifest.jsonl');
    expect(files.sort()).toEqual(entries.map(({ line }) => line?.filename).sort());
  },
);
