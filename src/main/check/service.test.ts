/** Checks as screens start, follow and cancel them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CheckReport, CheckSubject } from '#contract/api/checks';
import { createVoices } from '../audio/voices/voices.ts';
import { nodeProcessHost } from '../processes/nodeHost.ts';
import { createChecks } from './handlers.ts';
import { longMs, practiceAgent, shortScenario } from './testing.ts';

/** A whole call may take a while on a busy machine. */
const eventually = (holds: () => unknown) => vi.waitFor(holds, { timeout: 45_000, interval: 20 });
const cleanUps: (() => unknown)[] = [];
let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'crosstalk-check-'));
});
afterEach(async () => {
  for (const clean of cleanUps.splice(0)) await clean();
  rmSync(workspace, { recursive: true, force: true });
});
const agent = () => practiceAgent({}, cleanUps);
const scenario = (url: string) => shortScenario(workspace, url);

describe('checks for screens', () => {
  function checks(busy: () => string | null = () => null) {
    const told: CheckReport[] = [];
    const voices = createVoices({ processes: nodeProcessHost });
    const made = createChecks({
      workspace: () => workspace,
      processes: nodeProcessHost,
      voices: () => voices,
      secrets: null,
      publish: (_domain, _name, payload) => told.push(payload as CheckReport),
      busy,
    });
    cleanUps.push(
      () => made.close(),
      () => voices.close(),
    );
    const last = async () => {
      const found = await made.handlers.last();
      return found.ok ? found.value : null;
    };
    return { ...made, told, last };
  }

  it(
    'go on one at a time, are followed, and keep their frames',
    async () => {
      const { goingOn, handlers, last, told } = checks();
      expect(await last()).toBeNull();
      const path = scenario('ws://127.0.0.1:1/nobody');
      const yaml = readFileSync(path, 'utf8').replace('ws://127.0.0.1:1/nobody', await agent());
      const subject: CheckSubject = { kind: 'scenario', path, yaml };
      const started = await handlers.start(subject);
      expect(goingOn()).toBe('A check is going on');
      expect(await handlers.start(subject)).toMatchObject({ error: { code: 'check_in_progress' } });
      const checkId = started.ok ? started.value.checkId : '';
      await eventually(async () => expect((await last())?.targets[0]?.steps.length).toBeGreaterThan(3));
      expect(await last()).toMatchObject({ state: 'going', subject: { kind: 'scenario', path } });
      await eventually(async () => expect((await last())?.state).toBe('passed'));
      expect(goingOn()).toBeNull();
      expect(told.at(-1)).toEqual(await last());
      expect((await last())?.commandLine).toBe(`crosstalk check ${path}`);
      expect(JSON.stringify(told)).not.toContain('k3y-of-this-test');
      const page = await handlers.frames({ checkId, target: 0, from: 10, limit: 5 });
      if (!page.ok) throw new Error(page.error.message);
      expect(page.value.frames.map((frame) => frame.n)).toEqual([10, 11, 12, 13, 14]);
      expect(page.value.total).toBeGreaterThan(100);
      const other = await handlers.frames({ checkId: 'other', target: 0, from: 0, limit: 5 });
      expect(other).toMatchObject({ error: { code: 'unknown_check' } });
    },
    longMs,
  );

  it(
    'are cancelled while the agent is spoken to',
    async () => {
      const { handlers, last } = checks();
      const started = await handlers.start({ kind: 'scenario', path: scenario(await agent()) });
      const checkId = started.ok ? started.value.checkId : '';
      await eventually(async () => expect((await last())?.doing).toBe('Placing a call and speaking'));
      await handlers.cancel({ checkId });
      await eventually(async () => expect((await last())?.state).toBe('cancelled'));
      expect((await last())?.targets[0]?.steps.map((step) => step.step)).not.toContain('answer');
      expect(await handlers.start({ kind: 'url', url: 'nonsense' })).toMatchObject({ ok: true });
      await eventually(async () => expect((await last())?.state).toBe('failed'));
    },
    longMs,
  );

  it('are refused while a run goes on, and say what cannot be read', async () => {
    const busy = checks(() => 'The run "Nightly" is going on');
    const refused = await busy.handlers.start({ kind: 'url', url: 'ws://127.0.0.1:1/' });
    expect(refused).toMatchObject({ ok: false, error: { code: 'run_in_progress' } });
    const { handlers, last } = checks();
    await handlers.start({ kind: 'environment', name: 'nowhere' });
    await eventually(async () => expect((await last())?.state).toBe('error'));
    expect((await last())?.error).toMatchObject({ code: 'unknown_environment' });
    await handlers.start({ kind: 'scenario', path: '/etc/passwd' });
    await eventually(async () => expect((await last())?.error?.code).toBe('unknown_scenario'));
  });

  it('show no secret of an address', async () => {
    const { handlers, last } = checks();
    await handlers.start({ kind: 'url', url: 'ws://me:s3cret@127.0.0.1:1/x?token=s3cret' });
    await eventually(async () => expect((await last())?.state).toBe('failed'));
    expect(JSON.stringify(await last())).not.toContain('s3cret');
    expect((await last())?.commandLine).toBe("crosstalk check 'ws://***@127.0.0.1:1/x?token=***'");
  });
});
