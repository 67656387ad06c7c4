import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Publish } from '#contract/api/index';
import { fail, ok, type Result } from '#contract/errors';
import { openHistory, type History } from '../history/history.ts';
import { aBatch, anError, anOutcome, aTurn } from '../history/testing.ts';
import type { PracticeAgent } from '../practice/launcher.ts';
import { nodeProcessHost } from '../processes/nodeHost.ts';
import { nodeDisk } from '../recordings/disk.ts';
import { RecordingStore } from '../recordings/store.ts';
import { aPart } from '../recordings/testing.ts';
import { RunService, type RunServiceOptions } from './service.ts';
import { aNeed, aPreparedRun, fakeCapabilities, fakeEngine, type FakeEngine } from './testing.ts';

/** Waits until it holds, however slow the machine is. */
const eventually = (holds: () => unknown) => vi.waitFor(holds, { timeout: 12_000, interval: 20 });

let folder: string;
let history: History;
let awake: number;
let events: { name: string; payload: unknown }[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-runs-'));
  history = value(await openHistory({ file: join(folder, 'crosstalk.db') }));
  awake = 0;
  events = [];
});
afterEach(async () => {
  await history.close();
  rmSync(folder, { recursive: true, force: true });
});

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message, { cause: result.error });
  return result.value;
}

function service(engine: FakeEngine, more: Partial<RunServiceOptions> = {}): RunService {
  const publish: Publish = (domain, name, payload) =>
    void events.push({ name: `${domain}.${String(name)}`, payload });
  return new RunService({
    engine,
    history,
    processes: nodeProcessHost,
    door: 'cli',
    capabilities: fakeCapabilities((change) => (awake += change)),
    publish,
    launchPractice: () => expect.unreachable('not asked'),
    machine: { lookAhead: () => Promise.resolve(ok([])) },
    ...more,
  });
}

const phases = () =>
  events
    .filter(({ name }) => name === 'runs.phase')
    .map(({ payload }) => (payload as { phase: string }).phase);
const payloads = (wanted: string) =>
  events.filter(({ name }) => name === wanted).map(({ payload }) => payload);

describe('a run', () => {
  it('goes from the engine into the history and to whoever watches', async () => {
    const engine = fakeEngine();
    const runs = service(engine);
    const heard: string[] = [];
    const started = value(
      await runs.start(aPreparedRun(), {
        name: 'Nightly',
        tags: ['a'],
        scenarioFolder: folder,
        listener: {
          onBatch: ({ sample }) => heard.push(`second ${sample.t}`),
          onNotice: (text) => heard.push(text),
        },
      }),
    );
    expect(started.runId).toMatch(/^\d{8}-\d{6}-[0-9a-f]{4}$/);
    expect(awake).toBe(1);
    const run = engine.current();
    const turns = Array.from({ length: 250 }, (_, i) => aTurn({ turn: i + 1 }));
    run.listener.onBatch?.(aBatch(1, { turns, errors: [anError()] }));
    run.listener.onNotice?.('The target slows down');
    run.listener.onBatch?.(aBatch(2));
    expect(started.row()).toMatchObject({ state: 'running', durationMs: 2000, peakCalls: 3, ttfaP95: 902 });
    expect(runs.detail(started.runId)).toMatchObject({
      summary: null,
      thresholds: [{ metric: 'ttfa', stat: 'p95', target: 2000, value: 902, status: 'pass' }],
      notices: ['The engine warms up', 'The target slows down'],
    });
    const [tick] = payloads('runs.tick');
    expect(tick).toMatchObject({
      runId: started.runId,
      sample: { t: 1 },
      errors: [anError()],
      row: { name: 'Nightly' },
    });
    expect((tick as { turns: { turn: number }[] }).turns.map(({ turn }) => turn)).toEqual(
      Array.from({ length: 200 }, (_, i) => i + 51),
    );
    expect(heard).toEqual(['The engine warms up', 'second 1', 'The target slows down', 'second 2']);

    run.end();
    const finished = await started.finished;
    expect(finished).toEqual({
      runId: started.runId,
      outcome: anOutcome(started.runId),
      recorded: ok(undefined),
    });
    expect(awake).toBe(0);
    expect(phases()).toEqual(['preparing', 'running', 'finished']);
    expect(runs.rows()).toEqual([]);
    const kept = value(await history.get(started.runId));
    expect(kept.row).toMatchObject({
      state: 'finished',
      name: 'Nightly',
      scenario: 'Insurance inquiry',
      tags: ['a'],
    });
    expect(kept.origin).toMatchObject({
      door: 'cli',
      host: expect.stringMatching(/./) as string,
      gitCommit: null,
    });
    expect(kept.notices).toEqual(['The engine warms up', 'The target slows down']);
    expect(
      value(await history.turns({ runId: started.runId, order: 'time', offset: 0, limit: 1 })).total,
    ).toBe(251);
  });

  it('can be stopped, aborted, given other users and distrusted', async () => {
    const engine = fakeEngine({ obedient: false });
    const runs = service(engine);
    const { runId, finished, row } = value(await runs.start(aPreparedRun()));
    expect(runs.setUsers(runId, 5)).toEqual(ok(undefined));
    expect(runs.setUsers(runId, null)).toEqual(ok(undefined));
    runs.distrust('The machine slept');
    expect(runs.stop(runId)).toEqual(ok(undefined));
    expect(row().state).toBe('stopping');
    expect(runs.setUsers(runId, 9)).toMatchObject({
      ok: false,
      error: {
        code: 'run_ending',
        message: expect.stringContaining('"Insurance inquiry" is ending') as string,
      },
    });
    expect(runs.abort(runId)).toEqual(ok(undefined));
    expect(engine.current().asked).toEqual([
      'users 5',
      'users null',
      'distrust The machine slept',
      'stop',
      'users 9',
      'abort',
    ]);
    engine.current().end();
    await finished;
    for (const act of [runs.stop(runId), runs.abort(runId), runs.setUsers('nobody', 1)]) {
      expect(act).toMatchObject({ ok: false, error: { kind: 'not_found' } });
    }
  });

  it('is the only one at a time', async () => {
    const engine = fakeEngine();
    const runs = service(engine);
    const both = await Promise.all([runs.start(aPreparedRun()), runs.start(aPreparedRun())]);
    expect(both.map((result) => (result.ok ? 'started' : result.error.code))).toEqual([
      'started',
      'run_in_progress',
    ]);
    expect(await runs.start(aPreparedRun())).toMatchObject({ ok: false, error: { kind: 'conflict' } });
    engine.current().end();
    await value(both[0]).finished;
    const again = value(await runs.start(aPreparedRun()));
    engine.current().end();
    await again.finished;
  });

  it('leaves nothing behind when it cannot start', async () => {
    const runs = service(fakeEngine({ failure: new Error('no threads') }));
    expect(await runs.start(aPreparedRun())).toMatchObject({ ok: false, error: { message: 'no threads' } });
    const noPlan = aPreparedRun({ buildPlan: () => Promise.resolve(fail('invalid_input', 'x', 'No URL')) });
    expect(await runs.start(noPlan)).toMatchObject({ ok: false, error: { message: 'No URL' } });
    expect(awake).toBe(0);
    expect(phases()).toEqual(['preparing', 'finished', 'preparing', 'finished']);
    expect(value(await history.list({ limit: 10 }))).toEqual([]);
  });

  it('keeps recorded calls, and tells of a disk that does not take them', async () => {
    const engine = fakeEngine();
    const full = () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }));
    const recordings = new RecordingStore(join(folder, 'recordings'));
    const runs = service(engine, { recordings });
    const { runId, finished } = value(await runs.start(aPreparedRun({ record: 0.5 })));
    const { listener, plan } = engine.current();
    expect(plan.record).toBe(0.5);
    listener.onRecording?.([aPart(1)]);
    engine.current().end();
    await finished;
    expect(value(await recordings.list(runId, false))).toMatchObject([{ durationMs: 1000 }]);
    expect(value(await history.get(runId)).notices).toEqual(['The engine warms up']);

    const disk = { ...nodeDisk, append: full };
    const broken = service(engine, { recordings: new RecordingStore(join(folder, 'full'), { disk }) });
    const second = value(await broken.start(aPreparedRun({ record: 1 })));
    engine.current().listener.onRecording?.([aPart(1, { ended: true })]);
    engine.current().end();
    expect((await second.finished).recorded).toEqual(ok(undefined));
    expect(value(await history.get(second.runId)).notices).toEqual([
      'The engine warms up',
      expect.stringContaining('Recorded calls are incomplete: the disk was full') as string,
    ]);
  });

  it('records no call of a run that is not kept', async () => {
    const engine = fakeEngine();
    const folders = new RecordingStore(join(folder, 'recordings'));
    for (const [recordings, keep] of [
      [folders, false],
      [null, true],
    ] as const) {
      const { finished } = value(
        await service(engine, { recordings }).start(aPreparedRun({ record: 1 }), { keep }),
      );
      expect(engine.current().plan.record).toBe(0);
      expect(payloads('runs.notice').at(-2)).toMatchObject({
        message: expect.stringMatching(/^No call is recorded/) as string,
      });
      engine.current().end();
      await finished;
    }
    expect(readdirSync(folder)).not.toContain('recordings');
  });

  it('is kept out of the history on request', async () => {
    const engine = fakeEngine();
    const runs = service(engine);
    const { finished } = value(await runs.start(aPreparedRun(), { keep: false }));
    engine.current().listener.onBatch?.(aBatch(1));
    engine.current().end();
    expect((await finished).recorded).toEqual(ok(undefined));
    expect(value(await history.list({ limit: 10 }))).toEqual([]);
  });

  it('stays visible when the history could not be told its end', async () => {
    const engine = fakeEngine();
    const finishRun = () =>
      Promise.resolve(fail('unavailable', 'history_incomplete', 'History is incomplete'));
    const runs = service(engine, { history: { ...silentHistory(), finishRun } });
    const { finished, runId } = value(await runs.start(aPreparedRun()));
    engine.current().end();
    expect((await finished).recorded.ok).toBe(false);
    expect(runs.rows()).toMatchObject([{ id: runId, state: 'finished', verdict: 'pass' }]);
    expect(payloads('runs.notice')).toContainEqual({ runId, message: 'History is incomplete' });
  });
});

describe('the look at the machine before a run', () => {
  it('refuses what does not fit: nothing is started, and the history never hears of it', async () => {
    const engine = fakeEngine();
    const lookAhead = vi.fn(() => Promise.resolve(fail('refused', 'limits', 'Too many calls')));
    const runs = service(engine, { machine: { lookAhead } });
    const prepared = aPreparedRun({ needsPractice: true, need: aNeed({ calls: 50_000 }) });
    expect(await runs.start(prepared)).toMatchObject({
      ok: false,
      error: { kind: 'refused', code: 'limits' },
    });
    expect(lookAhead).toHaveBeenCalledWith(prepared.need, []);
    expect(engine.runs).toEqual([]);
    expect(awake).toBe(0);
    expect(runs.rows()).toEqual([]);
    expect(runs.goingOn()).toBeNull();
    expect(value(await history.list({ limit: 10 }))).toEqual([]);
    expect(phases()).toEqual(['preparing', 'finished']);
  });

  it('announces before anything is started what is kept with the run', async () => {
    const engine = fakeEngine();
    const heard: string[] = [];
    const lookAhead = vi.fn(() => Promise.resolve(ok(['More than it carried'])));
    const prepared = aPreparedRun({
      buildPlan: (options) => {
        expect(heard).toEqual(['More than it carried']);
        return aPreparedRun().buildPlan(options);
      },
    });
    const runs = service(engine, { machine: { lookAhead } });
    const { runId, finished } = value(
      await runs.start(prepared, { force: ['limits'], listener: { onNotice: (text) => heard.push(text) } }),
    );
    expect(lookAhead).toHaveBeenCalledWith(prepared.need, ['limits']);
    expect(payloads('runs.notice')[0]).toEqual({ runId, message: 'More than it carried' });
    engine.current().end();
    await finished;
    expect(heard).toEqual(['More than it carried', 'The engine warms up']);
    expect(value(await history.get(runId)).notices).toEqual(heard);
  });
});

describe('a run against the practice agent', () => {
  function agent() {
    let die: (how: { code: number | null; stderr: string }) => void = () => {};
    const exited = new Promise<{ code: number | null; stderr: string }>((resolve) => (die = resolve));
    const close = vi.fn(() => {
      die({ code: 0, stderr: '' });
      return Promise.resolve();
    });
    const services = { http: 'http://127.0.0.1:1', grpc: 'grpc://127.0.0.1:2' };
    const running: PracticeAgent = { url: 'ws://127.0.0.1:1/', port: 1, services, pid: 1, exited, close };
    return { running, die, close };
  }

  it('is aimed at the agent, which is closed at the end', async () => {
    const { running, close } = agent();
    const launchPractice = vi.fn(() => Promise.resolve(ok(running)));
    const engine = fakeEngine();
    const runs = service(engine, { launchPractice });
    const { finished } = value(await runs.start(aPreparedRun({ needsPractice: true })));
    expect(engine.current().plan.environment).toBe('ws://127.0.0.1:1/');
    expect(launchPractice).toHaveBeenCalledWith(nodeProcessHost, {
      config: { seed: 7, sample_rate: 16_000, speech_level: '-45dBFS' },
    });
    expect(close).not.toHaveBeenCalled();
    engine.current().end();
    await finished;
    expect(close).toHaveBeenCalledTimes(1);
    expect(phases()).toEqual(['preparing', 'starting_agent', 'running', 'finished']);
    expect(payloads('runs.notice')).toHaveLength(1);
  });

  it('says so when the agent dies', async () => {
    const { running, die } = agent();
    const engine = fakeEngine();
    const runs = service(engine, { launchPractice: () => Promise.resolve(ok(running)) });
    const { finished, runId } = value(await runs.start(aPreparedRun({ needsPractice: true })));
    die({ code: 1, stderr: 'first\nout of memory\n' });
    await eventually(() =>
      expect(payloads('runs.notice')).toContainEqual({
        runId,
        message:
          'The practice agent ended in the middle of the run (exit code 1: out of memory); calls fail from here on.',
      }),
    );
    engine.current().end();
    await finished;
  });

  it('does not start without it, and does not leave it behind', async () => {
    const none = service(fakeEngine(), {
      launchPractice: () => Promise.resolve(fail('unavailable', 'practice_failed', 'The port is taken')),
    });
    expect(await none.start(aPreparedRun({ needsPractice: true }))).toMatchObject({
      ok: false,
      error: { message: 'The port is taken' },
    });
    const { running, close } = agent();
    const broken = service(fakeEngine({ failure: new Error('no threads') }), {
      launchPractice: () => Promise.resolve(ok(running)),
    });
    expect((await broken.start(aPreparedRun({ needsPractice: true }))).ok).toBe(false);
    expect(close).toHaveBeenCalledTimes(1);
  });
});

describe('closing', () => {
  it('lets runs end, and refuses new ones', async () => {
    const engine = fakeEngine();
    const runs = service(engine);
    const { runId } = value(await runs.start(aPreparedRun()));
    await runs.close();
    expect(engine.current().asked).toEqual(['stop']);
    expect(value(await history.get(runId)).row).toMatchObject({ state: 'finished', ended: 'stopped' });
    expect(await runs.start(aPreparedRun())).toMatchObject({ ok: false, error: { code: 'closing' } });
  });

  it('cuts off what does not end in time', async () => {
    const engine = fakeEngine({ obedient: false });
    const runs = service(engine);
    value(await runs.start(aPreparedRun()));
    await runs.close({ stop: 1, abort: 1 });
    expect(engine.current().asked).toEqual(['stop', 'abort']);
  });
});

/** A history that takes everything and says nothing. */
function silentHistory(): History {
  const never = () => expect.unreachable('not asked');
  return {
    createRun: () => {},
    append: () => {},
    notice: () => {},
    finishRun: never,
    list: never,
    get: never,
    samples: never,
    turns: never,
    calls: never,
    errors: never,
    histograms: never,
    remove: never,
    appendSeries: () => {},
    row: never,
    restore: never,
    purge: never,
    edit: never,
    setBaseline: never,
    baselineOf: never,
    setComparison: never,
    addMarker: never,
    removeMarker: never,
    series: never,
    errorList: never,
    connectionsOf: never,
    values: never,
    requestPlan: never,
    requestSummary: never,
    requestChecks: never,
    requestList: never,
    requestsKept: never,
    requestKept: never,
    breakdown: never,
    heatMap: never,
    connections: never,
    audio: never,
    summaries: never,
    scenarios: never,
    importRun: never,
    facts: never,
    backup: never,
    prunePlan: never,
    prune: never,
    onChange: () => () => {},
    onNotice: () => () => {},
    onSlow: () => () => {},
    notices: () => [],
    close: never,
  };
}
