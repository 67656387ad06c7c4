/** Whole checks of the practice agent, as it should be and with its faults, placed by the real engine. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import type { CheckedTarget, CheckFrame, CheckStep } from '#contract/checks';
import type { Result } from '#contract/errors';
import type { PracticeConfigInput } from '#contract/practice';
import { nodeProcessHost } from '../processes/nodeHost.ts';
import { checkEnvironment, checkScenario, type CheckReporting } from './index.ts';
import { longMs, Loopback, practiceAgent, shortScenario } from './testing.ts';

type OnFinished = (clean: () => Promise<void>) => void;

/** What one case has for itself: they wait for their calls side by side. */
function ownPlace(onFinished: OnFinished) {
  const cleanUps: (() => unknown)[] = [];
  const workspace = mkdtempSync(join(tmpdir(), 'crosstalk-check-'));
  const loopback = new Loopback();
  onFinished(async () => {
    for (const clean of cleanUps) await clean();
    await loopback.close();
    rmSync(workspace, { recursive: true, force: true });
  });
  const overrides = () => ({
    environmentVariables: null,
    workspace,
    workspaceCache: join(workspace, 'audio_cache'),
    processes: nodeProcessHost,
  });
  return {
    workspace,
    loopback,
    overrides,
    agent: (config: PracticeConfigInput = {}) => practiceAgent(config, cleanUps),
    ofScenario(url: string, interrupting = false) {
      const path = shortScenario(mkdtempSync(join(workspace, 'scenario-')), url, interrupting);
      return checked((reporting) => checkScenario(path, overrides(), reporting));
    },
  };
}

interface Told {
  target: CheckedTarget;
  steps: Record<string, CheckStep>;
  frames: CheckFrame[];
}

async function checked(make: (reporting: CheckReporting) => Promise<Result<CheckedTarget[]>>): Promise<Told> {
  const frames: CheckFrame[] = [];
  const result = await make({
    signal: new AbortController().signal,
    onTarget: () => undefined,
    onStep: () => undefined,
    onFrames: (more) => frames.push(...more),
  });
  if (!result.ok) throw new Error(result.error.message);
  const [target] = result.value;
  if (!target) throw new Error('Nothing was checked');
  return { target, frames, steps: Object.fromEntries(target.steps.map((step) => [step.step, step])) };
}

describe.concurrent('a whole check', () => {
  it(
    'of an agent as it should be passes, with every frame in both directions',
    async ({ expect, onTestFinished }) => {
      const { agent, ofScenario } = ownPlace(onTestFinished);
      const { frames, steps, target } = await ofScenario(await agent(), true);
      expect(target.steps.filter((step) => step.status === 'failed')).toEqual([]);
      expect(target.passed).toBe(true);
      expect(steps.answer?.ms).toBeGreaterThan(200);
      expect(steps.barge_in?.detail).toMatch(
        /^silent \d+ ms after the caller began to speak, by a stop message$/,
      );
      expect(frames.map((frame) => frame.n)).toEqual(frames.map((_, n) => n));
      expect(frames[0]).toMatchObject({ direction: 'sent', kind: 'AudioMetadata', class: 'setup' });
      const received = frames.filter((frame) => frame.direction === 'received');
      expect(new Set(received.map((frame) => frame.class))).toEqual(
        new Set(['audio', 'stop', 'user_transcript', 'agent_text']),
      );
      const loud = received.find((frame) => frame.class === 'audio' && (frame.level ?? -96) > -40);
      expect(loud?.audioMs).toBeGreaterThan(0);
      expect(loud?.text).toMatch(/"data":"\(\d+ characters\)"/i);
      expect(steps.barge_in?.facts.find(({ name }) => name === 'frames')?.value).toBe(
        `${frames.length - received.length} sent, ${received.length} received`,
      );
    },
    longMs,
  );

  it(
    'of an agent that stays silent says so',
    async ({ expect, onTestFinished }) => {
      const { agent, ofScenario } = ownPlace(onTestFinished);
      const { steps, target } = await ofScenario(await agent({ faults: { silent: 1 } }));
      expect(target.passed).toBe(false);
      expect(steps.turn?.status).toBe('ok');
      expect(steps.answer).toMatchObject({ status: 'failed', detail: 'silence' });
      expect(steps.barge_in?.status).toBe('skipped');
    },
    longMs,
  );

  it(
    'of an agent that cannot be interrupted fails only where the scenario interrupts',
    async ({ expect, onTestFinished }) => {
      const { agent, ofScenario } = ownPlace(onTestFinished);
      const url = await agent({ faults: { never_stop: 1 }, sentences: 3 });
      const [{ steps, target }, interrupting] = await Promise.all([ofScenario(url), ofScenario(url, true)]);
      expect(steps.answer?.status).toBe('ok');
      expect(steps.barge_in?.status).toBe('failed');
      expect(steps.barge_in?.advice).toContain('does not stop when the caller speaks');
      expect(target.passed).toBe(true);
      expect(interrupting.target.passed).toBe(false);
    },
    longMs,
  );

  it(
    'of an agent that hangs up in the middle of its answer says with which code',
    async ({ expect, onTestFinished }) => {
      const { agent, ofScenario } = ownPlace(onTestFinished);
      const url = await agent({ faults: { drop: 1, drop_code: 1011 } });
      const { steps, target } = await ofScenario(url);
      expect(target.passed).toBe(false);
      expect(steps.answer?.status).toBe('failed');
      expect(steps.answer?.advice).toContain('1011');
    },
    longMs,
  );

  it(
    'of an environment asks its guard first, and speaks the bundled conversation',
    async ({ expect, onTestFinished }) => {
      const { agent, loopback, overrides, workspace } = ownPlace(onTestFinished);
      const url = await agent();
      let env = 'live';
      const health = createServer((_, response) => response.end(JSON.stringify({ app_env: env })));
      const port = await loopback.listen(health);
      mkdirSync(join(workspace, 'environments'));
      writeFileSync(
        join(workspace, 'environments', 'staging.yaml'),
        `version: 1\nname: staging\nurl: ${url}\nguard: { url: "http://127.0.0.1:${port}/", expect: { app_env: test } }\n`,
      );
      const make = () => checked((reporting) => checkEnvironment('staging', overrides(), reporting));
      const refused = await make();
      expect(refused.steps.health?.status).toBe('failed');
      expect(refused.steps.health?.advice).toContain('no call was placed');
      expect(refused.steps.upgrade?.status).toBe('skipped');
      env = 'test';
      const { frames, steps, target } = await make();
      expect(target).toMatchObject({ user: 'default', passed: true });
      expect(steps.health?.status).toBe('ok');
      expect(steps.turn?.detail).toContain('quick_question');
      expect(frames.length).toBeGreaterThan(50);
    },
    longMs,
  );
});
