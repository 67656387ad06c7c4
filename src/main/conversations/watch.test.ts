import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../../../test/fixtures/eventually.ts';
import { watchFolders } from './watch.ts';

let folder = '';
let changes = 0;
const closers: (() => void)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosstalk-watch-'));
  changes = 0;
});
afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await rm(folder, { recursive: true, force: true });
});

/** Watching, from the moment on when a change is noticed. */
async function watching(folders: string[], probe: string, options = {}): Promise<void> {
  closers.push(watchFolders(folders, () => changes++, { settleMs: 5, pollMs: 20, ...options }));
  await eventually(async () => {
    await writeFile(join(probe, 'probe.yaml'), `${Math.random()}`);
    expect(changes).toBeGreaterThan(0);
  });
}

async function tells(change: () => Promise<unknown>): Promise<void> {
  const before = changes;
  await change();
  await eventually(() => expect(changes).toBeGreaterThan(before));
}

test('what is written, renamed and removed is told', async () => {
  await watching([folder], folder);
  const file = join(folder, 'a.yaml');
  await tells(() => writeFile(file, 'x'));
  await tells(() => writeFile(file, 'y longer'));
  await tells(() => rename(file, join(folder, 'b.yml')));
  await tells(() => rm(join(folder, 'b.yml')));
});

test('a folder that comes later, and one that is replaced, are watched too', async () => {
  const later = join(folder, 'conversations');
  await watching([folder, later], folder);
  await tells(async () => {
    await mkdir(later);
    await writeFile(join(later, 'a.yaml'), 'x');
  });
  await tells(() => rename(later, join(folder, 'old')));
  await tells(async () => {
    await mkdir(later);
    await writeFile(join(later, 'b.yaml'), 'x');
  });
  await tells(() => writeFile(join(later, 'b.yaml'), 'longer'));
});

test('nothing is told once it is closed', async () => {
  await watching([folder], folder);
  for (const close of closers.splice(0)) close();
  const closed = changes;
  let others = 0;
  closers.push(watchFolders([folder], () => others++, { settleMs: 5, pollMs: 20 }));
  await eventually(async () => {
    await writeFile(join(folder, 'b.yaml'), `${Math.random()}`);
    expect(others).toBeGreaterThan(0);
  });
  expect(changes).toBe(closed);
});
