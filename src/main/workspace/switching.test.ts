/** Everything that lies in the workspace follows when another one is chosen, without a restart. */
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ok, type Result } from '#contract/errors';
import { eventually } from '../../../test/fixtures/eventually.ts';
import { createDispatch, type Dispatch } from '../api/dispatch.ts';
import { createApplication, type Application, type ApplicationParts } from '../application.ts';
import { crosstalkHome } from '../home.ts';
import { createNodeCapabilities } from '../nodeCapabilities.ts';
import { nodeProcessHost } from '../processes/nodeHost.ts';
import { aPreparedRun, fakeEngine } from '../runs/testing.ts';
import { practiceScenario } from '../scenarios/library.ts';

let place = '';
let application: Application;
let dispatch: Dispatch;
let events: [string, unknown][] = [];
beforeEach(async () => {
  place = await realpath(await mkdtemp(join(tmpdir(), 'crosstalk-switching-')));
});
afterEach(async () => {
  await application.close();
  await rm(place, { recursive: true, force: true });
});

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

async function start(parts: Partial<ApplicationParts> = {}): Promise<Application> {
  const home = value(crosstalkHome({ env: { CROSSTALK_HOME: join(place, 'home') } }));
  const capabilities = createNodeCapabilities('browser');
  const options = { door: 'browser' as const, home, capabilities, processes: nodeProcessHost };
  application = value(await createApplication(options, { engine: fakeEngine(), ...parts }));
  dispatch = createDispatch(application.handlers);
  events = [];
  application.subscribe((channel, payload) => events.push([channel, payload]));
  return application;
}

async function anotherWorkspace(name: string): Promise<string> {
  const folder = join(place, name);
  await mkdir(join(folder, 'conversations'), { recursive: true });
  await mkdir(join(folder, 'environments'));
  const yaml = await readFile(practiceScenario(), 'utf8');
  await writeFile(join(folder, `${name}.yaml`), yaml.replace('Practice run', `The one of ${name}`));
  const conversation = `version: 1\nname: said in ${name}\nturns: [{ say: hi }]\n`;
  await writeFile(join(folder, 'conversations', 'a.yaml'), conversation);
  const environment = `version: 1\nname: ${name}\nurl: ws://127.0.0.1:1\n`;
  await writeFile(join(folder, 'environments', `${name}.yaml`), environment);
  return folder;
}

/** What the doors see, by name. */
async function seen(): Promise<string[]> {
  const { handlers } = application;
  const scenarios = value(await handlers.scenarios.list()).filter(({ bundled }) => !bundled);
  const conversations = value(await handlers.conversations.list()).filter(
    ({ origin }) => origin === 'library',
  );
  const environments = value(await handlers.environments.list());
  return [...scenarios, ...conversations, ...environments].map(({ name }) => name);
}

test('scenarios, conversations, environments, clips and packs', async () => {
  const [a, b] = [await anotherWorkspace('a'), await anotherWorkspace('b')];
  const { handlers } = await start();
  expect(await seen()).toEqual([]);
  for (const [folder, name] of [
    [a, 'a'],
    [b, 'b'],
  ] as const) {
    expect(value(await handlers.workspace.choose({ path: folder }))).toMatchObject({ path: folder });
    // Through the way in that doors use, which was built before.
    expect(await seen()).toEqual([`The one of ${name}`, `said in ${name}`, name]);
    expect(value(await dispatch('conversations.list', undefined))).toContainEqual(
      expect.objectContaining({ name: `said in ${name}` }),
    );
    const scenario = join(folder, `${name}.yaml`);
    const pack = { source: { kind: 'scenario' as const, path: scenario }, purpose: 'locust' as const };
    const planned = await dispatch('packs.plan', pack);
    expect(planned).toMatchObject({ ok: true, value: { out: expect.stringContaining(folder) as string } });
    expect(value(await handlers.clips.verify({})).folder).toBe(join(folder, 'audio_cache'));
    expect(value(await handlers.app.info()).workspace).toBe(folder);
    expect(await handlers.scenarios.read({ path: scenario })).toMatchObject({ ok: true });
    expect(value(await handlers.scenarios.duplicate({ path: practiceScenario() })).path).toBe(
      join(folder, 'practice-run-copy.yaml'),
    );
    await rm(join(folder, 'practice-run-copy.yaml'));
  }
  expect(await handlers.scenarios.read({ path: join(a, 'a.yaml') })).toMatchObject({ ok: false });
  expect(value(await handlers.workspace.get())).toMatchObject({
    path: b,
    recent: [a, join(place, 'home', 'workspace')],
  });
});

test('it is told, and so is what changes in the new folder from then on', async () => {
  const a = await anotherWorkspace('a');
  const { handlers } = await start();
  value(await handlers.workspace.choose({ path: a }));
  expect(events.map(([channel]) => channel)).toEqual(
    expect.arrayContaining([
      'workspace.changed',
      'scenarios.changed',
      'conversations.changed',
      'environments.changed',
    ]),
  );
  value(await handlers.scenarios.list());
  events = [];
  const path = join(a, 'new.yaml');
  await eventually(async () => {
    await writeFile(path, `${Math.random()}`);
    expect(events).toContainEqual(['scenarios.changed', { path }]);
  });
});

test('scenarios that were opened follow their names and files', async () => {
  const a = await anotherWorkspace('a');
  const { handlers } = await start();
  value(await handlers.workspace.choose({ path: a }));
  value(await handlers.workspace.opened({ path: practiceScenario() }));
  value(await handlers.workspace.opened({ path: join(a, 'a.yaml') }));
  events = [];
  const renamed = value(await handlers.scenarios.rename({ path: join(a, 'a.yaml'), name: 'Night' }));
  await eventually(() =>
    expect(events).toContainEqual([
      'workspace.changed',
      expect.objectContaining({
        recentScenarios: expect.arrayContaining([{ path: renamed.path, name: 'Night' }]) as unknown,
      }),
    ]),
  );
  expect(value(await handlers.workspace.get()).recentScenarios).toEqual([
    { path: renamed.path, name: 'Night' },
    { path: practiceScenario(), name: 'Practice run' },
  ]);
});

test('not while a run goes on', async () => {
  const a = await anotherWorkspace('a');
  const none = () => Promise.resolve(ok([]));
  const read = () => Promise.resolve(ok({ path: '', yaml: '', revision: '', bundled: false }));
  const prepare = () => Promise.resolve(ok(aPreparedRun()));
  const { handlers, runs } = await start({ scenarios: { list: none, read, prepare } });
  const { runId } = value(await handlers.runs.start({ scenario: '/a.yaml', name: 'Night' }));
  expect(await handlers.workspace.choose({ path: a })).toMatchObject({
    error: {
      code: 'workspace_busy',
      message: 'The run "Night" is going on: let it end or stop it first, then choose another workspace.',
    },
  });
  value(await handlers.runs.abort({ runId }));
  await runs.close();
  expect(await handlers.workspace.choose({ path: a })).toMatchObject({ ok: true });
});

test('not while a recording is being brought in', async () => {
  const a = await anotherWorkspace('a');
  const { handlers } = await start();
  const { upload } = value(
    await handlers.conversations.beginRecording({ name: 'x.wav', bytes: 100, format: { kind: 'wav' } }),
  );
  expect(await handlers.workspace.choose({ path: a })).toMatchObject({
    error: { message: expect.stringContaining('A recording is being brought in') as string },
  });
  value(await handlers.conversations.cancelRecording({ upload }));
  expect(await handlers.workspace.choose({ path: a })).toMatchObject({ ok: true });
});

test('a door without dialogs has no folder to browse for', async () => {
  const { handlers } = await start();
  expect(await handlers.workspace.browse()).toEqual(ok({ path: null }));
});
