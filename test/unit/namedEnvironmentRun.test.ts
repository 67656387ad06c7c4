import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '#contract/errors';
import { createApplication, type Application } from '#main/application';
import { answering, tokenUntil, type LoopbackServer } from '#main/environments/testing';
import { crosstalkHome } from '#main/home';
import { createNodeCapabilities } from '#main/nodeCapabilities';
import { nodeProcessHost } from '#main/processes/nodeHost';
import { fakeEngine, type FakeEngine } from '#main/runs/testing';

let folder: string;
let application: Application;
let engine: FakeEngine;
let guard: LoopbackServer;
let says = 'test';
const token = tokenUntil(new Date(Date.now() + 60_000));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-aimed-'));
  engine = fakeEngine();
  says = 'test';
  guard = await answering((_request, response) => response.end(JSON.stringify({ app_env: says })));
  const home = value(crosstalkHome({ env: { CROSSTALK_HOME: folder } }));
  mkdirSync(join(home.workspace, 'environments'));
  writeFileSync(
    join(home.workspace, 'environments', 'staging.yaml'),
    `version: 1
name: staging
url: ws://127.0.0.1:9/?access_token=hunter2
auth: { type: bearer, token: "\${secret:AIMED_TOKEN}" }
headers: { x-api-key: hunter2 }
guard: { url: "http://127.0.0.1:${guard.port}/health", expect: { app_env: test } }
production: { confirm_above: 2 }
tls: { verify: false }
`,
  );
  writeFileSync(
    join(home.workspace, 'calls.yaml'),
    `version: 1
name: Calls
environment: practice
users: [{ kind: voice, conversations: [{ name: a, turns: [{ say: "Hi there, I have a quick question" }] }] }]
load: { users: 2, duration: 5m }
thresholds: [{ metric: ttfa, stat: p95, target: 2s }]
`,
  );
  const capabilities = createNodeCapabilities('browser');
  application = value(
    await createApplication({ door: 'browser', home, capabilities, processes: nodeProcessHost }, { engine }),
  );
});
afterEach(async () => {
  await application.close();
  await guard.close();
  rmSync(folder, { recursive: true, force: true });
});

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message, { cause: result.error });
  return result.value;
}
const scenario = () => join(folder, 'workspace', 'calls.yaml');
const aimed = (more: object = {}) => ({ scenario: scenario(), environment: 'staging', ...more });

describe('a run aimed at a named environment', () => {
  it('is previewed: nothing is started, everything is told', async () => {
    const preview = value(await application.handlers.runs.preview(aimed({ users: 5 })));
    expect(preview).toMatchObject({
      scenario: 'Calls',
      environment: 'staging',
      targets: [{ name: 'default', url: 'ws://127.0.0.1:9/?access_token=***' }],
      peakCalls: 5,
      plannedMs: 300_000,
      commandLine: `crosstalk run ${scenario()} --env staging --users 5`,
      refusals: [],
      confirm: { name: 'staging', above: 2 },
    });
    expect(preview.warnings.join('\n')).toContain('${secret:AIMED_TOKEN} has no value on this machine');
    expect(preview.warnings.join('\n')).toContain('is not verified (tls.verify is false)');
    says = 'production';
    const warned = value(await application.handlers.runs.preview(aimed()));
    expect(warned.refusals).toMatchObject([{ code: 'guard' }]);
    expect(warned.refusals[0]?.message).toContain('says app_env: "production", not "test"');
    expect(engine.runs).toEqual([]);
    expect(await application.handlers.runs.preview(aimed({ environment: 'stagin' }))).toMatchObject({
      ok: false,
      error: { code: 'invalid_scenario' },
    });
    expect(await application.handlers.runs.preview({ scenario: '/etc/passwd' })).toMatchObject({ ok: false });
  });

  it('is made with its secrets, and none of them is kept', { timeout: 30_000 }, async () => {
    const { handlers } = application;
    expect(await handlers.runs.start(aimed())).toMatchObject({
      ok: false,
      error: { code: 'placeholder_unset' },
    });
    value(await handlers.secrets.set({ name: 'AIMED_TOKEN', value: token }));
    expect(await handlers.runs.start(aimed({ users: 3 }))).toMatchObject({
      ok: false,
      error: { kind: 'refused', code: 'confirm_production' },
    });
    const { runId } = value(await handlers.runs.start(aimed({ users: 3, confirm: 'staging' })));
    expect(engine.current().plan.users[0]?.target.headers).toMatchObject({
      Authorization: `Bearer ${token}`,
      'x-api-key': 'hunter2',
    });
    value(await handlers.runs.stop({ runId }));
    await application.runs.close();
    const detail = value(await handlers.runs.get({ runId }));
    expect(detail.row.environment).toBe('staging');
    expect(detail.scenarioYaml).toContain('# The environment "staging", as it was when the run began.');
    expect(detail.notices.join('\n')).toMatch(
      /The token of target default, auth expires at .* before the planned end/,
    );
    expect(detail.origin.commandLine).toBe(
      `crosstalk run ${scenario()} --env staging --users 3 --confirm staging`,
    );
    const everything = JSON.stringify(detail);
    expect(everything).not.toContain('hunter2');
    expect(everything).not.toContain(token);
  });

  it('is not made more of by hand than was confirmed', { timeout: 30_000 }, async () => {
    const { handlers } = application;
    value(await handlers.secrets.set({ name: 'AIMED_TOKEN', value: token }));
    const { runId } = value(await handlers.runs.start(aimed()));
    expect(value(await handlers.runs.setUsers({ runId, users: 2 }))).toBeUndefined();
    expect(await handlers.runs.setUsers({ runId, users: 3 })).toMatchObject({
      ok: false,
      error: { kind: 'refused', code: 'confirm_production' },
    });
    expect(engine.current().asked).toEqual(['users 2']);
  });

  it('is refused by its guard, or made in spite of it', { timeout: 30_000 }, async () => {
    const { handlers } = application;
    value(await handlers.secrets.set({ name: 'AIMED_TOKEN', value: token }));
    says = 'production';
    expect(await handlers.runs.start(aimed())).toMatchObject({
      ok: false,
      error: { kind: 'refused', code: 'guard' },
    });
    const { runId } = value(await handlers.runs.start(aimed({ force: ['guard'] })));
    const { notices } = value(await handlers.runs.get({ runId }));
    expect(notices.join('\n')).toContain('It is made all the same (--force guard).');
  });

  it('may be one call only', { timeout: 30_000 }, async () => {
    const { handlers } = application;
    const once = { scenario: scenario(), environment: 'staging', once: true };
    expect(value(await handlers.runs.preview(once))).toMatchObject({
      peakCalls: 1,
      confirm: null,
      commandLine: `crosstalk run ${scenario()} --env staging --once`,
    });
    value(await handlers.secrets.set({ name: 'AIMED_TOKEN', value: token }));
    const { runId } = value(await handlers.runs.start(once));
    expect(engine.current().plan).toMatchObject({
      record: 1,
      thresholds: [],
      loads: [{ executor: 'per-vu-iterations', profile: { users: 1, iterations: 1 } }],
    });
    expect(value(await handlers.runs.get({ runId })).row.tags).toEqual(['once']);
  });
});
