import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { homeIn, type CrosstalkHome } from '../home.ts';
import { openSettings } from '../settings/settings.ts';
import { mostRecentScenarios, mostRecentWorkspaces, openWorkspace, type Workspace } from './workspace.ts';

let home: CrosstalkHome;
let place = '';
beforeEach(async () => {
  place = await realpath(await mkdtemp(join(tmpdir(), 'crosstalk-workspace-')));
  home = homeIn(join(place, 'home'));
  await mkdir(home.workspace, { recursive: true });
});
afterEach(() => rm(place, { recursive: true, force: true }));

const open = () => openWorkspace({ home, settings: openSettings(home.settings) });
const idle = { busy: () => Promise.resolve(null), scenarios: () => Promise.resolve([]) };
const recentOf = async (workspace: Workspace) => (await workspace.report(idle)).recent;

async function choose(workspace: Workspace, path: string): Promise<void> {
  expect(await workspace.choose(path, idle)).toEqual({ ok: true, value: undefined });
}

async function refused(path: string): Promise<string> {
  const workspace = open();
  const chosen = await workspace.choose(path, idle);
  expect(workspace.folder).toBe(home.workspace);
  return chosen.ok ? 'chosen' : `${chosen.error.kind}: ${chosen.error.message}`;
}

describe('choosing a folder', () => {
  test('one that is there is used at once, and again the next time', async () => {
    const folder = join(place, 'voice tests');
    await mkdir(folder);
    const workspace = open();
    const heard: string[] = [];
    workspace.onChange((path) => heard.push(path));
    await choose(workspace, folder);
    expect(workspace.folder).toBe(folder);
    expect(heard).toEqual([folder]);
    expect(await readdir(folder)).toEqual([]);
    expect(open().folder).toBe(folder);
    expect(await open().report(idle)).toMatchObject({
      path: folder,
      isDefault: false,
      recent: [home.workspace],
    });
  });

  test('one that is not there is made where its parent is', async () => {
    await choose(open(), join(place, 'new'));
    expect(existsSync(join(place, 'new'))).toBe(true);
  });

  test('back to the one in the program’s own folder takes the choice out of the settings', async () => {
    const workspace = open();
    await choose(workspace, join(place, 'a'));
    expect(JSON.parse(readFileSync(home.settings, 'utf8'))).toHaveProperty('workspace');
    await choose(workspace, home.workspace);
    expect(JSON.parse(readFileSync(home.settings, 'utf8'))).not.toHaveProperty('workspace');
    expect(await workspace.report(idle)).toMatchObject({ isDefault: true, recent: [join(place, 'a')] });
    expect(open().folder).toBe(home.workspace);
  });

  test('what cannot be one is refused in a sentence and nothing changes', async () => {
    await writeFile(join(place, 'file'), '');
    expect(await refused(join(place, 'none', 'new'))).toContain(`there is no folder ${join(place, 'none')}`);
    expect(await refused(join(place, 'file'))).toContain('is not a folder');
    expect(await refused(join(place, 'file', 'below'))).toContain('there is no folder');
    expect(await refused('voice tests')).toContain('is not a whole path');
    expect(await refused(home.folder)).toContain('keeps its history and settings');
    await mkdir(join(home.folder, 'recordings', 'run-1'), { recursive: true });
    expect(await refused(join(home.folder, 'recordings', 'run-1'))).toContain('recordings of runs');
    await symlink(join(home.folder, 'recordings'), join(place, 'link'));
    expect(await refused(join(place, 'link'))).toContain('recordings of runs');
    expect(await refused('/proc')).toMatch(/^invalid_input: \/proc cannot be a workspace: /);
    expect(existsSync(home.settings)).toBe(false);
  });

  test('not while something goes on that uses it', async () => {
    const workspace = open();
    const busy = () => Promise.resolve('The run "Night" is going on');
    expect(await workspace.choose(join(place, 'a'), { busy })).toMatchObject({
      ok: false,
      error: {
        kind: 'conflict',
        code: 'workspace_busy',
        message: 'The run "Night" is going on: let it end or stop it first, then choose another workspace.',
      },
    });
    expect(workspace.folder).toBe(home.workspace);
    // The one that is in use already is no change.
    expect(await workspace.choose(home.workspace, { busy })).toMatchObject({ ok: true });
  });

  test('one that is gone is said, and comes back with its disk', async () => {
    const folder = join(place, 'disk');
    await choose(open(), folder);
    await rm(folder, { recursive: true });
    const without = open();
    expect(without.folder).toBe(home.workspace);
    expect(without.notice).toContain(`The workspace ${folder} is not there`);
    await mkdir(folder);
    expect(open()).toMatchObject({ folder, notice: null });
    // Choosing is the answer to the notice, also when it is the default one.
    await rm(folder, { recursive: true });
    const again = open();
    await choose(again, home.workspace);
    expect(again.notice).toBeNull();
    expect(open().notice).toBeNull();
  });
});

describe('what was opened before', () => {
  test('workspaces: each once, the last first, ten of them, and only those that are there', async () => {
    const workspace = open();
    const folders = Array.from({ length: mostRecentWorkspaces + 3 }, (_, i) => join(place, `w${i}`));
    for (const folder of folders) await choose(workspace, folder);
    await choose(workspace, folders[5] ?? '');
    const recent = await recentOf(workspace);
    expect(recent).toHaveLength(mostRecentWorkspaces);
    expect(recent.slice(0, 2)).toEqual([folders.at(-1), folders.at(-2)]);
    expect(recent).not.toContain(folders[5]);
    await rm(folders.at(-1) ?? '', { recursive: true });
    expect(await recentOf(workspace)).not.toContain(folders.at(-1));
  });

  test('scenarios: the last first, twenty of them, by the names they have now', async () => {
    const workspace = open();
    const all = Array.from({ length: mostRecentScenarios + 2 }, (_, i) => ({
      path: `/w/${i}.yaml`,
      name: `N${i}`,
    }));
    const parts = { scenarios: () => Promise.resolve(all) };
    for (const { path } of all) expect(await workspace.opened(path, parts)).toMatchObject({ ok: true });
    await workspace.opened('/w/5.yaml', parts);
    expect(await workspace.opened('/etc/passwd', parts)).toMatchObject({
      error: { code: 'unknown_scenario' },
    });
    const recent = async (known = all) =>
      (await workspace.report({ scenarios: () => Promise.resolve(known) })).recentScenarios;
    expect(await recent()).toHaveLength(mostRecentScenarios);
    expect((await recent()).slice(0, 2)).toEqual([
      { path: '/w/5.yaml', name: 'N5' },
      { path: '/w/21.yaml', name: 'N21' },
    ]);
    workspace.moved('/w/5.yaml', '/w/five.yaml');
    expect(await recent([{ path: '/w/five.yaml', name: 'Five' }])).toEqual([
      { path: '/w/five.yaml', name: 'Five' },
    ]);
  });
});
