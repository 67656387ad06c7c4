/** Set-up before a load and tear-down after it, by the engine in its own threads, against a server on loopback. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import type { RunPlan } from '../../src/engine/plan.ts';
import type { EngineRun } from '../../src/engine/run.ts';
import { getStep, httpUsers, planOf, stageOf } from '../../src/engine/requests/testing/plans.ts';
import { entry } from '../../src/main/entries.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 20_000 });

const engine = createEngine({ workerEntry: entry('engine-worker') });
/** Addresses in the order in which they were asked. */
let asked: string[] = [];
let onAsked: (path: string) => void = () => {};
const answers: Record<string, (response: ServerResponse) => void> = {
  '/broken': (response) => response.writeHead(500).end('no accounts today'),
  // Never answered.
  '/hangs': () => {},
};
const server = createServer((request, response) => {
  const path = request.url ?? '';
  asked.push(path);
  onAsked(path);
  (answers[path] ?? (() => response.end('{}')))(response);
});
let url = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  asked = [];
  onAsked = () => {};
});
afterAll(async () => {
  await engine.close();
  server.closeAllConnections();
  server.close();
});

/** Two requests of the load between a set-up and a tear-down. */
function plan(setUp: string): RunPlan {
  const stage = (address: string) => httpUsers({ url, steps: [getStep(address)] });
  return planOf([httpUsers({ url, steps: [getStep('/load')] })], {
    profile: { kind: 'iterations', users: 1, iterations: 2, shared: true, maxDurationMs: 20_000, gracefulStopMs: 1000 },
    stages: [
      stageOf(stage(setUp), { name: 'accounts' }),
      stageOf(stage('/clean'), { name: 'cleaning', stage: 'teardown' }),
    ],
  }); // prettier-ignore
}

async function play(what: RunPlan, during: (run: EngineRun) => void = () => {}) {
  const notices: string[] = [];
  const run = await engine.start(what, { onNotice: (text) => notices.push(text) });
  during(run);
  return { ...(await run.finished), notices };
}

describe('set-up and tear-down', () => {
  it('come before and after the load, and are no part of its numbers', async () => {
    const { summary, requests } = await play(plan('/accounts'));
    expect(asked).toEqual(['/accounts', '/load', '/load', '/clean']);
    expect(summary.counts.requests).toBe(2);
    expect(requests.step.map(({ key }) => key)).toEqual(['/load']);
    expect(summary.stages).toMatchObject([
      { stage: 'setup', name: 'accounts', requests: 1, problem: null },
      { stage: 'teardown', name: 'cleaning', requests: 1, problem: null },
    ]);
    expect(summary).toMatchObject({ verdict: 'pass', ended: 'completed' });
  });

  it('no load begins after a set-up that failed; what it left is torn down', async () => {
    const { summary } = await play(plan('/broken'));
    expect(asked).toEqual(['/broken', '/clean']);
    expect(summary).toMatchObject({ verdict: 'fail', ended: 'stopped' });
    expect(summary.verdict_reasons).toEqual([expect.stringMatching(/^the set-up failed: .*accounts.*500/)]);
  });

  it('a run that is stopped during its set-up says so', async () => {
    const stuck = new Promise<void>((resolve) => (onAsked = () => resolve()));
    const { summary, notices } = await play(plan('/hangs'), (run) => void stuck.then(() => run.stop()));
    expect(asked).toEqual(['/hangs']);
    expect(summary).toMatchObject({
      verdict: 'fail',
      ended: 'stopped',
      verdict_reasons: ['the run was stopped during its set-up'],
    });
    expect(notices).toContain('The tear-down is left out, because the run was cut off before it.');
  });
});
