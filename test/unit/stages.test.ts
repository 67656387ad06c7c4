/** Set-up before a load and tear-down after it, by the engine in its own threads, against a server on loopback. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineThread } from '../../src/engine/coordinator/pool.ts';
import { RunCoordinator } from '../../src/engine/coordinator/runCoordinator.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { RunPlan } from '../../src/engine/plan.ts';
import type { PlanStage } from '../../src/engine/requestPlan.ts';
import type { EngineRun, RunListener } from '../../src/engine/run.ts';
import { getStep, httpUsers, planOf, stageOf } from '../../src/engine/requests/testing/plans.ts';
import { EngineWorker } from '../../src/engine/worker/worker.ts';
import { entry } from '../../src/main/entries.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 20_000 });

const engine = createEngine({ workerEntry: entry('engine-worker') });
/** Addresses in the order in which they were asked. */
let asked: string[] = [];
let onAsked: (path: string) => void = () => {};
let answers: Record<string, (response: ServerResponse) => void> = {};
const usual: typeof answers = {
  '/register/ann': (response) => response.end('{"tenant":"t1"}'),
  '/broken': (response) => response.writeHead(500).end('no accounts today'),
  // Never answered.
  '/hangs': () => {},
};
const server = createServer((request, response) => {
  const path = request.url ?? '';
  asked.push(path);
  (answers[path] ?? (() => response.end('{}')))(response);
  onAsked(path);
});
let url = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  asked = [];
  answers = { ...usual };
  onAsked = () => {};
});
afterAll(async () => {
  await engine.close();
  server.closeAllConnections();
  server.close();
});

const gracefulStopMs = 300;

const askFor = (address: string) => httpUsers({ url, steps: [getStep(address)] });

/** Two requests of the load between a set-up and a tear-down. */
function plan(setUp: string | PlanStage[], cleaning = '/clean'): RunPlan {
  const setUps = typeof setUp === 'string' ? [stageOf(askFor(setUp), { name: 'accounts' })] : setUp;
  return planOf([askFor('/load')], {
    profile: { kind: 'iterations', users: 1, iterations: 2, shared: true, maxDurationMs: 20_000, gracefulStopMs },
    stages: [...setUps, stageOf(askFor(cleaning), { name: 'cleaning', stage: 'teardown' })],
  }); // prettier-ignore
}

/** Registers each of these, one at a time, and keeps the tenant that the answer names. */
function accounts(names: string[]): PlanStage {
  const register = getStep('/register/${user.name}', { extract: { tenant: { json: '$.tenant' } } });
  const feeds = [{ name: 'user', rows: names.map((name) => ({ name })), order: 'sequential' as const }];
  const users = httpUsers({ url, steps: [register, getStep('/confirm/${user.name}')], journey: { feeds } });
  return stageOf(users, { name: 'accounts', forEach: 'user', parallel: 1 });
}

/** Settles when this address is asked. */
const once = (path: string) =>
  new Promise<void>((resolve) => {
    onAsked = (asked) => {
      if (asked === path) resolve();
    };
  });

/** A thread that is told of nothing between two messages that are sent at once. */
function inThisThread(what: RunPlan): EngineThread {
  const worker = new EngineWorker((message) => thread.listener?.(message));
  const thread: EngineThread = {
    send: (message) => worker.receive(message),
    listener: null,
    terminate: () => Promise.resolve(),
  };
  thread.send({ type: 'prepare', plan: what, worker: 0 });
  return thread;
}

async function play(what: RunPlan, during: (run: EngineRun) => void = () => {}, threads?: EngineThread[]) {
  const notices: string[] = [];
  const listener: RunListener = { onNotice: (text) => notices.push(text) };
  const run = threads ? new RunCoordinator(what, threads, listener) : await engine.start(what, listener);
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

  it('values that a set-up took are there for the next one, and for the tear-down where it failed', async () => {
    const stages = [accounts(['ann']), stageOf(askFor('/of/${tenant}')), stageOf(askFor('/broken'))];
    const { summary } = await play(plan(stages, '/clean/${tenant}'));
    expect(asked).toEqual(['/register/ann', '/confirm/ann', '/of/t1', '/broken', '/clean/t1']);
    expect(summary.verdict_reasons).toEqual([expect.stringMatching(/^the set-up failed: .*500/)]);
  });

  it('a run that is stopped during its set-up lets what is open end, and tears down what there is', async () => {
    let answer = () => {};
    answers['/register/bob'] = (response) => (answer = () => response.end('{"tenant":"t2"}'));
    const stages = [accounts(['ann', 'bob', 'cyd']), stageOf(askFor('/more'))];
    const what = plan(stages, '/clean/${tenant}');
    const stopThenAnswer = (run: EngineRun) => {
      void once('/register/bob').then(() => {
        run.stop();
        answer();
      });
    };
    const { summary, notices } = await play(what, stopThenAnswer, [inThisThread(what)]);
    expect(asked).toEqual(['/register/ann', '/confirm/ann', '/register/bob', '/clean/t2']);
    expect(summary).toMatchObject({
      verdict: 'fail',
      ended: 'stopped',
      verdict_reasons: ['the run was stopped during its set-up'],
      stages: [
        { stage: 'setup', name: 'accounts', requests: 3, failed: 0, problem: null },
        { stage: 'teardown', name: 'cleaning', requests: 1, failed: 0, problem: null },
      ],
    });
    expect(summary.counts.requests).toBe(0);
    expect(notices).toContain('The load does not begin, because the run was stopped during its set-up.');
  });

  it('what of a set-up does not end within the graceful stop is cut off, then torn down', async () => {
    const { summary } = await play(plan('/hangs'), (run) => void once('/hangs').then(() => run.stop()));
    expect(asked).toEqual(['/hangs', '/clean']);
    expect(summary).toMatchObject({ verdict: 'fail', ended: 'stopped' });
    expect(summary.verdict_reasons).toEqual(['the run was stopped during its set-up']);
  });

  it('there is nothing to tear down of a set-up that has asked for nothing', async () => {
    const what = plan('/accounts');
    const { summary, notices } = await play(what, (run) => run.stop(), [inThisThread(what)]);
    expect(asked).toEqual([]);
    expect(summary).toMatchObject({ ended: 'stopped', stages: [{ stage: 'setup', requests: 0 }] });
    expect(notices).toContain('The tear-down is left out, because the set-up had not asked for anything.');
  });

  it.each(['setup', 'load', 'stopping'] as const)('an abort leaves the tear-down out (%s)', async (when) => {
    const hangs = plan('/hangs');
    if (when === 'load') hangs.stages.shift();
    answers['/load'] = () => {};
    const { summary, notices } = await play(hangs, (run) => {
      void once(when === 'load' ? '/load' : '/hangs').then(() => {
        if (when === 'stopping') run.stop();
        run.abort();
      });
    });
    expect(asked).toEqual([when === 'load' ? '/load' : '/hangs']);
    expect(summary).toMatchObject({ verdict: 'fail', ended: 'aborted' });
    expect(notices).toContain('The tear-down is left out, because the run was cut off before it.');
  });
});
