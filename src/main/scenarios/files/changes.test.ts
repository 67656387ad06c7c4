import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../../../../test/fixtures/eventually.ts';
import { scenarioChanges, type ScenarioChanges } from './changes.ts';

let folder = '';
let other = '';
let told: (string | null)[] = [];
let changes: ScenarioChanges;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosstalk-changes-'));
  other = await mkdtemp(join(tmpdir(), 'crosstalk-changes-'));
  told = [];
  changes = scenarioChanges((path) => told.push(path), { settleMs: 5, pollMs: 20 });
});
afterEach(async () => {
  changes.close();
  await rm(folder, { recursive: true, force: true });
  await rm(other, { recursive: true, force: true });
});

/** Watching, from the moment on when a change is noticed. */
async function watching(where: string): Promise<void> {
  changes.watch(where);
  await eventually(async () => {
    await writeFile(join(where, 'probe.yaml'), `${Math.random()}`);
    expect(told.length).toBeGreaterThan(0);
  });
  // What was written until now has been told when the next change is the only one.
  const next = join(where, 'next.yaml');
  await eventually(async () => {
    told.length = 0;
    await writeFile(next, `${Math.random()}`);
    await eventually(() => expect(told.length).toBeGreaterThan(0));
    expect(told).toEqual([next]);
  });
  told.length = 0;
}

test('what somebody else writes, renames and removes is told by its path', async () => {
  await watching(folder);
  const [a, b] = [join(folder, 'a.yaml'), join(folder, 'b.yaml')];
  await writeFile(a, 'x');
  await eventually(() => expect(told).toEqual([a]));
  await rename(a, b);
  await eventually(() => expect(told).toHaveLength(2));
  expect(told[1]).toBeNull();
  await rm(b);
  await eventually(() => expect(told).toEqual([a, null, b]));
});

test('what the program writes itself is told at once and once', async () => {
  await watching(folder);
  const [own, theirs] = [join(folder, 'own.yaml'), join(folder, 'theirs.yaml')];
  await writeFile(own, 'x');
  changes.own(own);
  expect(told).toEqual([own]);
  await writeFile(theirs, 'y');
  await eventually(() => expect(told).toEqual([own, theirs]));
});

test('another folder is watched instead, and none once it is closed', async () => {
  await watching(folder);
  await watching(other);
  await writeFile(join(folder, 'a.yaml'), 'x');
  const there = join(other, 'a.yaml');
  await writeFile(there, 'x');
  await eventually(() => expect(told).toEqual([there]));
});
