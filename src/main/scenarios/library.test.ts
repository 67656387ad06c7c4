import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ScenarioEntry } from '#contract/api/scenarios';
import { bundledScenarios, listScenarios, readScenario } from './library.ts';
import { validateScenario } from './validate.ts';

let workspace = '';
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'crosstalk-library-'));
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

async function list(): Promise<ScenarioEntry[]> {
  const listed = await listScenarios(workspace);
  if (!listed.ok) throw new Error(listed.error.message);
  return listed.value.map((entry) => ScenarioEntry.parse(entry));
}

test('every bundled example is valid, with everything it refers to', async () => {
  const files = (await readdir(bundledScenarios())).filter((file) => file.endsWith('.yaml'));
  expect(files).toContain('practice.yaml');
  for (const file of files) {
    const checked = await validateScenario(join(bundledScenarios(), file));
    expect(checked.ok && checked.value.problems).toEqual([]);
  }
  const listed = await list();
  expect(listed.map((entry) => entry.bundled)).toEqual(files.map(() => true));
  expect(listed.find((entry) => entry.path.endsWith('practice.yaml'))).toMatchObject({
    name: 'Practice run',
    environment: 'practice',
    users: 8,
    durationMs: 30_000,
    conversations: ['insurance_inquiry', 'quick_question'],
    thresholds: 4,
    problems: [],
  });
});

test('scenarios of the workspace follow; a broken one is listed with its problems', async () => {
  await writeFile(join(workspace, 'mine.yml'), 'version: 1\nname: Mine\nusres: []\n');
  await writeFile(join(workspace, 'notes.txt'), '');
  await mkdir(join(workspace, 'folder.yaml'));
  const mine = (await list()).filter((entry) => !entry.bundled);
  expect(mine).toHaveLength(1);
  expect(mine[0]).toMatchObject({ name: 'mine.yml', path: join(workspace, 'mine.yml') });
  expect(mine[0]?.problems.map((problem) => problem.message)).toContain(
    'unknown key "usres"; did you mean "users"?',
  );
});

test('a workspace that is not there has no scenarios', async () => {
  const listed = await listScenarios(join(workspace, 'none'));
  expect(listed.ok && listed.value.every((entry) => entry.bundled)).toBe(true);
});

test('only listed scenarios are read', async () => {
  const path = join(workspace, 'mine.yaml');
  await writeFile(path, 'version: 1\n');
  expect(await readScenario(path, workspace)).toMatchObject({
    ok: true,
    value: { path, yaml: 'version: 1\n', bundled: false },
  });
  for (const other of ['/etc/passwd', join(workspace, '..', 'x.yaml'), 'mine.yaml', `${path}/.`]) {
    const read = await readScenario(other, workspace);
    expect(read.ok ? 'read' : read.error.kind).toBe('not_found');
  }
});

test('a file that cannot be read is listed instead of failing the list', async () => {
  await writeFile(join(workspace, 'bytes.yaml'), new Uint8Array([0xff, 0xfe, 0x00]));
  const mine = (await list()).filter((entry) => !entry.bundled);
  expect(mine[0]?.problems[0]?.message).toContain('is not text in UTF-8');
});

test('scenarios are listed in the order of their numbers', async () => {
  for (const n of [10, 2, 1]) await writeFile(join(workspace, `load-${n}.yaml`), 'version: 1\n');
  const names = (await list()).map(({ path }) => basename(path));
  const wanted = ['load-1.yaml', 'load-2.yaml', 'load-10.yaml'];
  expect(names.filter((name) => name.startsWith('load-'))).toEqual(wanted);
});
