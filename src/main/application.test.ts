import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fail, ok, type Result } from '#contract/errors';
import { createApplication, type Application, type ApplicationParts } from './application.ts';
import { crosstalkHome, type CrosstalkHome } from './home.ts';
import { aBatch } from './history/testing.ts';
import { createNodeCapabilities } from './nodeCapabilities.ts';
import { nodeProcessHost } from './processes/nodeHost.ts';
import { aPart } from './recordings/testing.ts';
import { aPreparedRun, fakeEngine, type FakeEngine } from './runs/testing.ts';

let folder: string;
let home: CrosstalkHome;
let engine: FakeEngine;
let application: Application;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-application-'));
  home = value(crosstalkHome({ env: { CROSSTALK_HOME: folder } }));
  engine = fakeEngine();
});
afterEach(async () => {
  await application.close();
  rmSync(folder, { recursive: true, force: true });
});

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message, { cause: result.error });
  return result.value;
}

async function start(more: Partial<ApplicationParts> = {}): Promise<Application> {
  const capabilities = createNodeCapabilities('browser');
  const scenarios = {
    list: () => Promise.resolve(ok([])),
    read: () => Promise.resolve(fail('not_found', 'unknown_scenario', 'There is none')),
    prepare: () => Promise.resolve(ok(aPreparedRun())),
  };
  const parts = { engine, scenarios, ...more };
  application = value(
    await createApplication({ door: 'browser', home, capabilities, processes: nodeProcessHost }, parts),
  );
  return application;
}

describe('the application', () => {
  it('shows a run while it goes on and afterwards', async () => {
    const { handlers, runs, subscribe } = await start();
    const channels = new Set<string>();
    subscribe(() => {
      throw new Error('a screen that fails');
    });
    const unsubscribe = subscribe((channel) => channels.add(channel));
    const { runId } = value(await handlers.runs.start({ scenario: '/a.yaml', name: 'Mine', users: 3 }));
    engine.current().listener.onBatch?.(aBatch(1));
    expect(value(await handlers.runs.list({ limit: 10 }))).toMatchObject([
      { id: runId, name: 'Mine', state: 'running', durationMs: 1000 },
    ]);
    expect(value(await handlers.runs.get({ runId })).summary).toBeNull();
    expect(await handlers.runs.remove({ runId })).toMatchObject({ ok: false, error: { kind: 'conflict' } });
    expect(await handlers.runs.stop({ runId })).toEqual(ok(undefined));
    await runs.close();
    expect(value(await handlers.runs.list({ limit: 10 }))).toMatchObject([{ id: runId, state: 'finished' }]);
    expect(value(await handlers.runs.get({ runId })).summary).toMatchObject({ ended: 'stopped' });
    expect(value(await handlers.runs.samples({ runId }))).toHaveLength(1);
    expect([...channels].sort()).toEqual([
      'notifications.news',
      'runs.changed',
      'runs.notice',
      'runs.phase',
      'runs.tick',
    ]);
    unsubscribe();
    channels.clear();
    value(await handlers.runs.remove({ runId }));
    expect(channels.size).toBe(0);
    expect(await handlers.runs.list({ limit: 10 })).toEqual(ok([]));
  });

  it('keeps recorded calls with their run until it goes for good', async () => {
    const prepare: ApplicationParts['scenarios']['prepare'] = (_path, { record }) =>
      Promise.resolve(ok(aPreparedRun({ record })));
    const none = () => Promise.resolve(fail('not_found', 'unknown_scenario', 'There is none'));
    const { handlers, runs } = await start({ scenarios: { list: none, read: none, prepare } });
    const { runId } = value(await handlers.runs.start({ scenario: '/a.yaml', record: 0.25 }));
    expect(engine.current().plan.record).toBe(0.25);
    engine.current().listener.onRecording?.([aPart(1, { ended: true })]);
    value(await handlers.runs.abort({ runId }));
    await runs.close();
    const call = { runId, callId: 'run-u1-c1', attempt: 1 };
    expect(value(await handlers.runs.recordings({ runId }))).toMatchObject([{ callId: call.callId }]);
    expect(value(await handlers.runs.recordedAudio({ ...call, from: 0, samples: 10 })).totalSamples).toBe(
      16_000,
    );
    value(await handlers.runs.remove({ runId }));
    expect(await handlers.runs.recordings({ runId })).toMatchObject({ error: { kind: 'not_found' } });
    value(await handlers.runs.restore({ runId }));
    expect(value(await handlers.runs.recordings({ runId }))).toHaveLength(1);
    expect(value(await handlers.history.prune({ runIds: [runId] })).removed).toBe(1);
    expect(readdirSync(join(home.folder, 'recordings'))).toEqual([]);
  });

  it('tells about itself and keeps settings', async () => {
    writeFileSync(home.settings, 'nonsense');
    const { handlers, subscribe } = await start();
    const info = value(await handlers.app.info());
    expect(info).toMatchObject({
      database: home.database,
      workspace: home.workspace,
      capabilities: { door: 'browser' },
    });
    expect(info.notices).toEqual([expect.stringContaining('settings.json') as string]);
    const changes: unknown[] = [];
    subscribe((channel, payload) => changes.push([channel, payload]));
    value(await handlers.settings.update({ theme: 'dark' }));
    expect(changes).toEqual([['settings.changed', { version: 1, theme: 'dark' }]]);
    expect(await handlers.app.openExternal({ url: 'file:///etc/passwd' })).toMatchObject({ ok: false });
  });

  it.skipIf(process.platform === 'win32')(
    'says once that others could read the secrets, whoever finds it out',
    async () => {
      writeFileSync(home.secrets, JSON.stringify({ version: 1, secrets: { 'secret:KEY': 'hunter2' } }), {
        mode: 0o644,
      });
      const { handlers } = await start();
      const notices = async () => value(await handlers.app.info()).notices;
      expect(value(await handlers.secrets.list()).secrets).toMatchObject([{ name: 'KEY' }]);
      const said = expect.stringContaining('could be read by others on this machine') as string;
      expect(await notices()).toEqual([said]);
      chmodSync(home.secrets, 0o644);
      value(await handlers.voices.azure());
      value(await handlers.secrets.list());
      expect(await notices()).toEqual([said]);
    },
  );

  it('runs without a history, and says why there is none', async () => {
    writeFileSync(home.database, 'this is not a database, however long the text that stands in it');
    const { handlers, runs } = await start();
    const why = {
      ok: false,
      error: { message: expect.stringContaining('the database file is damaged') as string },
    };
    expect(await handlers.runs.list({ limit: 10 })).toMatchObject(why);
    expect(value(await handlers.app.info()).notices).toHaveLength(1);
    const { runId } = value(await handlers.runs.startPractice());
    engine.current().listener.onBatch?.(aBatch(1));
    value(await handlers.runs.abort({ runId }));
    await runs.close();
    expect(value(await handlers.runs.list({ limit: 10 }))).toMatchObject([{ id: runId, ended: 'aborted' }]);
    expect(value(await handlers.runs.samples({ runId }))).toHaveLength(1);
  });

  it('keeps a run of a history that is locked until after its end', async () => {
    const other = new SQLite(home.database);
    other.exec('CREATE TABLE theirs (x TEXT); DROP TABLE theirs; BEGIN EXCLUSIVE');
    const { handlers, runs, keepsRuns } = await start();
    expect(keepsRuns).toBe(true);
    const notices = async () => value(await handlers.app.info()).notices;
    expect(await notices()).toEqual([expect.stringContaining('Crosstalk keeps trying') as string]);
    const { runId } = value(await handlers.runs.startPractice());
    engine.current().listener.onBatch?.(aBatch(1));
    value(await handlers.runs.abort({ runId }));
    await runs.close();
    other.exec('ROLLBACK');
    other.close();
    const kept = async () => value(await handlers.runs.samples({ runId }));
    await vi.waitFor(async () => expect(await kept()).toHaveLength(1), { timeout: 10_000 });
    expect(await notices()).toEqual([]);
  }, 30_000);

  it('does not start what cannot be prepared', async () => {
    const prepare = () => Promise.resolve(fail('invalid_input', 'invalid_scenario', 'a.yaml:3: unknown key'));
    const scenarios = { list: () => Promise.resolve(ok([])), read: prepare, prepare };
    const { handlers } = await start({ scenarios });
    expect(await handlers.runs.startPractice()).toMatchObject({
      ok: false,
      error: { message: 'a.yaml:3: unknown key' },
    });
    expect(engine.runs).toEqual([]);
  });

  it('lists and reads the bundled scenarios, and nothing else', async () => {
    const { handlers } = await start({ scenarios: undefined });
    const entries = value(await handlers.scenarios.list());
    const practice = entries.find((entry) => entry.path.endsWith('practice.yaml'));
    expect(practice).toMatchObject({ bundled: true, environment: 'practice', problems: [] });
    expect(value(await handlers.scenarios.read({ path: practice?.path ?? '' })).yaml).toContain('version: 1');
    expect(await handlers.scenarios.read({ path: '/etc/passwd' })).toMatchObject({ ok: false });
    expect(await handlers.runs.start({ scenario: '/etc/passwd' })).toMatchObject({
      ok: false,
      error: { kind: 'not_found' },
    });
  });

  it('makes no run beside a check, and no check beside a run', async () => {
    const { handlers } = await start();
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const subject = { kind: 'url', url: `ws://127.0.0.1:${port}/` } as const;
    const { checkId } = value(await handlers.checks.start(subject));
    expect(await handlers.runs.start({ scenario: '/a.yaml' })).toMatchObject({
      error: { code: 'check_in_progress' },
    });
    value(await handlers.checks.cancel({ checkId }));
    await vi.waitFor(async () =>
      expect(value(await handlers.checks.last())).toMatchObject({ state: 'cancelled' }),
    );
    value(await handlers.runs.start({ scenario: '/a.yaml' }));
    expect(await handlers.checks.start(subject)).toMatchObject({ error: { code: 'run_in_progress' } });
    silent.close();
  });

  it('can be closed twice', async () => {
    const { close } = await start();
    await Promise.all([close(), close()]);
    expect(engine.closed).toBe(true);
  });
});
