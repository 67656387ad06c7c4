import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Publish } from '#contract/api/index';
import { ok } from '#contract/errors';
import type { RunRow } from '#contract/run';
import type { History } from '../history/history.ts';
import { aBatch, anOutcome, aTurn, TestHistory, value } from '../history/testing.ts';
import { nodeProcessHost } from '../processes/nodeHost.ts';
import type { AccompaniedRun, RunCompanion } from './companion.ts';
import { Companions } from './companions.ts';
import { createRunHandlers } from './handlers.ts';
import { RunService } from './service.ts';
import { aPreparedRun, fakeCapabilities, fakeEngine, type FakeEngine } from './testing.ts';

let test: TestHistory;
let history: History;
let engine: FakeEngine;
let events: { name: string; payload: unknown }[];
beforeEach(async () => {
  test = new TestHistory({ lockWaitMs: 5000, recorder: {} });
  history = await test.open();
  engine = fakeEngine();
  events = [];
});
afterEach(() => test.remove());

function service(companions: readonly RunCompanion[] = []): RunService {
  const publish: Publish = (domain, name, payload) =>
    void events.push({ name: `${domain}.${String(name)}`, payload });
  return new RunService({
    engine,
    history,
    processes: nodeProcessHost,
    door: 'cli',
    capabilities: fakeCapabilities(),
    publish,
    launchPractice: () =>
      Promise.resolve(
        ok({
          url: 'ws://127.0.0.1:1/',
          port: 1,
          services: { http: 'http://127.0.0.1:1', grpc: 'grpc://127.0.0.1:2' },
          pid: 4711,
          exited: new Promise(() => {}),
          close: () => Promise.resolve(),
        }),
      ),
    machine: { lookAhead: () => Promise.resolve(ok([])) },
    companions: () => companions,
  });
}

function handlersOf(runs: RunService) {
  return createRunHandlers({
    runs,
    history,
    historyProblem: null,
    recordings: null,
    prepare: () => expect.unreachable('not asked'),
    machine: { lookAhead: () => Promise.resolve(ok([])) },
    practiceScenario: '',
  });
}

const noticesOf = async (runId: string) => value(await history.get(runId)).notices;

describe('what goes along with a run', () => {
  it('is told of its beginning, its end and its record, in this order', async () => {
    const seen: string[] = [];
    let begun: AccompaniedRun | null = null;
    const companion: RunCompanion = {
      begin(run) {
        begun = run;
        seen.push('begin');
        return {
          async ended() {
            const state = value(await history.get(run.runId)).row.state;
            run.notice('Sampling ended');
            seen.push(`ended, history: ${state}`);
          },
          async recorded({ runId, recorded }) {
            const state = value(await history.get(runId)).row.state;
            seen.push(`recorded ${recorded.ok}, history: ${state}`);
          },
        };
      },
    };
    const runs = service([companion, { begin: () => null }]);
    const { runId, finished } = value(await runs.start(aPreparedRun({ needsPractice: true })));
    expect(begun).toMatchObject({
      runId,
      agentPid: 4711,
      keep: true,
      prepared: { name: 'Insurance inquiry' },
    });
    engine.current().end();
    await finished;
    expect(seen).toEqual(['begin', 'ended, history: running', 'recorded true, history: finished']);
    expect(await noticesOf(runId)).toEqual(['The engine warms up', 'Sampling ended']);
  });

  it('may fail: the run says so and goes on', async () => {
    const broken: RunCompanion = {
      name: 'Sampling',
      begin: () => {
        throw new Error('no /proc.');
      },
    };
    const later: RunCompanion = {
      name: 'Comparing',
      begin: () => ({ ended: () => Promise.reject(new Error('lost its way')) }),
    };
    const { runId, finished } = value(await service([broken, later]).start(aPreparedRun()));
    engine.current().end();
    expect((await finished).recorded).toEqual(ok(undefined));
    expect(await noticesOf(runId)).toEqual([
      'The engine warms up',
      'Sampling failed: no /proc. The run itself is not affected.',
      'Comparing failed: lost its way. The run itself is not affected.',
    ]);
  });

  it('is not waited for longer than a while', async () => {
    const notice = vi.fn();
    const recorded = vi.fn();
    const endless = () => new Promise<void>(() => {});
    const run = { notice } as Partial<AccompaniedRun> as AccompaniedRun;
    const companions = new Companions(
      [
        { name: 'Slow', begin: () => ({ ended: endless, recorded: endless }) },
        { begin: () => ({ recorded }) },
      ],
      run,
      { ended: 1, recorded: 1 },
    );
    await companions.ended(anOutcome('r'));
    await companions.recorded({ runId: 'r', outcome: anOutcome('r'), recorded: ok(undefined) });
    expect(notice).toHaveBeenCalledTimes(2);
    expect(notice.mock.calls[0]).toEqual([
      expect.stringContaining('did not wait longer than 0.001 s for: Slow') as string,
    ]);
    expect(recorded).not.toHaveBeenCalled();
  });
});

describe('what is written about a run that goes on', () => {
  it('is seen at once, in lists, in its details and with every second', async () => {
    const runs = service();
    const handlers = handlersOf(runs);
    const { runId, finished } = value(await runs.start(aPreparedRun()));
    engine.current().listener.onBatch?.(aBatch(1));
    const edit = { name: 'Before lunch', note: 'The new model', tags: ['a', 'b'], starred: true };
    const written = { name: 'Before lunch', tags: ['a', 'b'], starred: true, noted: true, state: 'running' };
    expect(value(await handlers.edit({ runId, edit }))).toMatchObject({ ...written, durationMs: 1000 });
    expect(value(await handlers.row({ runId }))).toMatchObject(written);
    expect(value(await handlers.list({ limit: 5 }))).toMatchObject([written]);
    expect(value(await handlers.get({ runId }))).toMatchObject({ note: 'The new model', row: written });
    expect(runs.goingOn()).toContain('Before lunch');
    engine.current().listener.onBatch?.(aBatch(2));
    const tick = events.findLast(({ name }) => name === 'runs.tick')?.payload as { row: RunRow };
    expect(tick.row).toMatchObject(written);
    await vi.waitFor(() => expect(events).toContainEqual({ name: 'runs.changed', payload: { runId } }));
    engine.current().end();
    await finished;
    expect(value(await handlers.get({ runId }))).toMatchObject({
      note: 'The new model',
      row: { ...written, state: 'finished' },
    });
  });

  it('may be a marker now, or at any moment; now is no moment of a run that is over', async () => {
    const runs = service();
    const handlers = handlersOf(runs);
    const { runId, finished } = value(await runs.start(aPreparedRun()));
    const now = value(await handlers.addMarker({ runId, text: 'Deployed' }));
    expect(now).toMatchObject({ kind: 'operator', text: 'Deployed' });
    expect(now.t).toBeGreaterThanOrEqual(0);
    const later = value(await handlers.addMarker({ runId, text: 'Failover', t: 12.5 }));
    expect(value(await handlers.get({ runId })).markers).toEqual(expect.arrayContaining([now, later]));
    expect(value(await handlers.removeMarker({ runId, id: now.id }))).toBeUndefined();
    expect(value(await handlers.get({ runId })).markers).toEqual([later]);
    engine.current().end();
    await finished;
    expect(await handlers.addMarker({ runId, text: 'Too late' })).toMatchObject({
      error: { code: 'run_not_going_on' },
    });
    expect(value(await handlers.addMarker({ runId, text: 'Afterwards', t: 3 })).t).toBe(3);
  });

  it('has a marker where users were set by hand: the last of every second', async () => {
    const runs = service();
    const { runId, finished } = value(await runs.start(aPreparedRun()));
    const { listener } = engine.current();
    const second = (t: number) => listener.onBatch?.(aBatch(t, { turns: [aTurn()] }));
    runs.setUsers(runId, 4);
    runs.setUsers(runId, 5);
    second(1);
    second(2);
    runs.setUsers(runId, 9);
    runs.setUsers(runId, 5);
    second(3);
    runs.setUsers(runId, null);
    engine.current().end();
    await finished;
    const { markers } = value(await history.get(runId));
    expect(markers).toMatchObject([
      { kind: 'users', text: 'Users set to 5' },
      { kind: 'users', text: 'Users follow the load again' },
    ]);
  });

  it('is the environment as it was, masked, too', async () => {
    const environmentYaml = 'version: 1\nurl: wss://agent.test/?token=abc\n';
    const runs = service();
    const { runId, finished } = value(await runs.start(aPreparedRun({ environmentYaml })));
    const masked = 'version: 1\nurl: wss://agent.test/?token=***\n';
    expect(runs.detail(runId)?.environmentYaml).toBe(masked);
    engine.current().end();
    await finished;
    expect(value(await history.get(runId)).environmentYaml).toBe(masked);
  });
});
