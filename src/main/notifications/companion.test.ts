import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BaselineDelta } from '#contract/run';
import { ok } from '#contract/errors';
import { eventually } from '../../../test/fixtures/eventually.ts';
import { aRow } from '../comparing/testing.ts';
import { answering, type LoopbackServer } from '../environments/testing.ts';
import { anOutcome } from '../history/testing.ts';
import { aPreparedRun } from '../runs/testing.ts';
import { openSecretStore } from '../secrets/secretStore.ts';
import { openSettings } from '../settings/settings.ts';
import { createNotifier, type NotifierOptions } from './companion.ts';
import { createNotificationHandlers } from './handlers.ts';
import { NotificationStore } from './settings.ts';

let folder: string;
let server: LoopbackServer;
let status: number;
const heard: Record<string, unknown>[] = [];
const address = () => `http://127.0.0.1:${server.port}/hook/abcdef`;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-notify-'));
  heard.length = 0;
  status = 200;
  server = await answering((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      heard.push(JSON.parse(body) as Record<string, unknown>);
      if (status !== 0) response.writeHead(status).end('ok');
    });
  });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const openStore = () =>
  new NotificationStore(
    openSettings(join(folder, 'settings.json')),
    openSecretStore({
      file: join(folder, 'secrets.json'),
      encryptedFile: join(folder, 'secrets.encrypted.json'),
      keyStore: null,
    }),
  );

function tell(
  store: NotificationStore,
  more: Partial<NotifierOptions> & { delta?: BaselineDelta; verdict?: 'pass' | 'fail'; shows?: boolean } = {},
) {
  const { delta = null, verdict = 'pass', shows = false, ...options } = more;
  const notices: string[] = [];
  const published: [name: unknown, payload: unknown][] = [];
  const desktop: string[] = [];
  const clicks: (() => void)[] = [];
  const notifier = createNotifier({
    store,
    history: { row: () => Promise.resolve(ok(aRow('run-1', { name: 'Insurance', delta }))) },
    capabilities: {
      notify(title, _body, onClick) {
        desktop.push(title);
        clicks.push(onClick);
        return shows;
      },
    },
    publish: (_domain, name, payload) => published.push([name, payload]),
    pauseMs: 1,
    ...options,
  });
  const companionship = notifier.companion.begin({
    runId: 'run-1',
    prepared: aPreparedRun(),
    clock: { baseNs: '0', epochMs: 0 },
    keep: true,
    agentPid: null,
    elapsedS: () => 1,
    notice: (message) => notices.push(message),
  });
  const recorded = async () =>
    companionship?.recorded?.({
      runId: 'run-1',
      outcome: anOutcome('run-1', { verdict, trusted: true }),
      recorded: ok(undefined),
    });
  return { notifier, recorded, notices, published, desktop, clicks };
}

const regressed: BaselineDelta = {
  baselineId: 'b',
  ttfaP95: 212,
  requestP95: null,
  verdict: 'regressed',
  sentence: 'worse',
};

describe('the settings', () => {
  it('keep the address with the secrets alone, and show no more than its host', async () => {
    const store = openStore();
    expect(await store.set({ address: address(), webhook: { format: 'slack' } })).toEqual(
      ok({
        desktop: 'always',
        webhook: { when: 'always', format: 'slack', shown: `http://127.0.0.1:${server.port}/***` },
      }),
    );
    expect(readFileSync(join(folder, 'settings.json'), 'utf8')).not.toContain('abcdef');
    expect(readFileSync(join(folder, 'secrets.json'), 'utf8')).toContain('abcdef');
    expect(await openStore().webhook()).toEqual(ok({ format: 'slack', address: address() }));
    await store.set({ address: null });
    expect(readFileSync(join(folder, 'secrets.json'), 'utf8')).not.toContain('abcdef');
    expect(await openStore().webhook()).toEqual(ok(null));
    expect(openStore().get().webhook.shown).toBeNull();
  });

  it('refuse what is no address, and stay as they were', async () => {
    const store = openStore();
    expect(await store.set({ address: 'http://host/x', desktop: 'never' })).toMatchObject({
      error: { code: 'invalid_webhook' },
    });
    expect(store.get().desktop).toBe('always');
  });

  it('send a test message, and say what came of it', async () => {
    const store = openStore();
    const { test } = createNotificationHandlers({ store, pauseMs: 1 });
    expect(await test()).toMatchObject({ error: { code: 'no_webhook' } });
    await store.set({ address: address() });
    expect(await test()).toEqual(ok({ status: 200, answer: 'ok' }));
    expect(heard).toMatchObject([{ event: 'test' }]);
    status = 500;
    expect(await test()).toMatchObject({ error: { code: 'webhook_failed' } });
  });
});

describe('the end of a run', () => {
  it('is told on the desktop, to every page and to the webhook', async () => {
    const store = openStore();
    await store.set({ address: address() });
    const { recorded, notifier, notices, published, desktop, clicks } = tell(store, {
      shows: true,
      delta: regressed,
    });
    await recorded();
    await notifier.close();
    expect(desktop).toEqual([expect.stringMatching(/^Regressed: Insurance/)]);
    expect(published).toEqual([
      [
        'news',
        expect.objectContaining({ runId: 'run-1', comparison: 'regressed', shown: true, title: desktop[0] }),
      ],
    ]);
    expect(heard).toMatchObject([{ event: 'run_ended', comparison: { verdict: 'regressed' } }]);
    expect(notices).toEqual([]);
    clicks[0]?.();
    expect(published.at(-1)).toEqual(['open', { runId: 'run-1' }]);
  });

  it('is told only where it is worth it, when problems are wanted', async () => {
    const store = openStore();
    await store.set({ address: address(), desktop: 'problems', webhook: { when: 'problems' } });
    const fine = tell(store);
    await fine.recorded();
    await fine.notifier.close();
    expect([fine.published, heard]).toEqual([[], []]);
    const failed = tell(store, { verdict: 'fail' });
    await failed.recorded();
    await failed.notifier.close();
    expect([failed.published.length, heard.length]).toEqual([1, 1]);
  });

  it('is told to the webhook of the command line in place of the one that is kept', async () => {
    const store = openStore();
    await store.set({ address: 'http://127.0.0.1:1/other', webhook: { when: 'never' }, desktop: 'never' });
    const { recorded, notifier, published, notices } = tell(store, {
      webhook: { format: 'slack', address: address() },
    });
    await recorded();
    await notifier.close();
    expect(published).toEqual([]);
    expect(notices).toEqual([]);
    expect(heard).toMatchObject([{ blocks: expect.any(Array) as unknown }]);
  });

  it('that cannot be told is a notice, without the address', async () => {
    const store = openStore();
    await store.set({ address: address() });
    status = 404;
    const { recorded, notices, notifier } = tell(store);
    await recorded();
    await notifier.close();
    expect(notices).toEqual([
      `The webhook http://127.0.0.1:${server.port}/*** did not take the message: there is no such webhook (HTTP 404).`,
    ]);
  });

  it('waits for no webhook, and a program that ends with it waits no longer than it may', async () => {
    const store = openStore();
    await store.set({ address: address() });
    status = 0;
    const { recorded, notices } = tell(store);
    await recorded();
    await eventually(() => expect(heard).toHaveLength(1));
    expect(notices).toEqual([]);
    const last = tell(store);
    await last.notifier.close();
    await last.recorded();
    expect(last.notices).toEqual([expect.stringContaining('there was no more time for it')]);
  });
});
