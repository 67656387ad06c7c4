import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Calibration, CalibrationState } from '#contract/calibration';
import { fail, ok, type Result } from '#contract/errors';
import { aBatch, anOutcome } from '../history/testing.ts';
import type { PracticeAgent } from '../practice/launcher.ts';
import { nodeProcessHost } from '../processes/nodeHost.ts';
import { aNeed, aPreparedRun, fakeEngine, type FakeEngine, type FakeRun } from '../runs/testing.ts';
import { openCalibration } from './calibrationFile.ts';
import { createMachineHandlers } from './handlers.ts';
import type { MachineReader } from './reader.ts';
import { MachineService, type MachineServiceOptions } from './service.ts';

const eventually = (holds: () => unknown) => vi.waitFor(holds, { timeout: 12_000, interval: 5 });

let folder: string;
let file: string;
let states: CalibrationState[];
let awake: number;
let agents: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-machine-'));
  file = join(folder, 'calibration.json');
  states = [];
  awake = 0;
  agents = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message, { cause: result.error });
  return result.value;
}

/** Four cores, 1,024 open files, and nothing else is known. */
const reader: MachineReader = {
  platform: 'linux',
  cores: () => 4,
  cpuModel: () => 'AMD EPYC',
  memory: () => ({ total: 8e9, free: 8e9, constrained: null }),
  file: (path) => (path === '/proc/self/limits' ? 'Max open files   1024   1024   files\n' : null),
  command: () => Promise.resolve(null),
};

function agent(): Promise<Result<PracticeAgent>> {
  agents += 1;
  const port = agents;
  return Promise.resolve(
    ok({
      url: `ws://127.0.0.1:${port}/`,
      port,
      services: { http: `http://127.0.0.1:${port}`, grpc: `grpc://127.0.0.1:${port + 1000}` },
      pid: port,
      exited: new Promise<never>(() => {}),
      close: () => {
        agents -= 1;
        return Promise.resolve();
      },
    }),
  );
}

const withUsers = aPreparedRun({
  async buildPlan(options) {
    const plan = value(await aPreparedRun().buildPlan(options));
    const target = { url: options.practiceUrl ?? '', shownUrl: '', protocol: 'acs' as const, headers: {}, tls: { verify: true, ca: null } }; // prettier-ignore
    const users = {
      kind: 'voice' as const,
      name: 'callers',
      weight: 1,
      target,
      conversations: [],
      turnsPerCall: null,
      callsPerUser: null,
      greeting: 'wait' as const,
      silence: 'continuous' as const,
      timeouts: {
        connect: 1,
        first_byte: 1,
        turn: 1,
        barge_in: 1,
        quiet_tail: 1,
        quiet_gap: 1,
        response_gap: 1,
      },
      markers: { response: [], end: [] },
      reconnect: { attempts: 0, backoffMs: 0 },
      benignCloseCodes: [],
    };
    return ok({ ...plan, users: [users] });
  },
});

function machine(engine: FakeEngine, more: Partial<MachineServiceOptions> = {}): MachineService {
  return new MachineService({
    engine,
    processes: nodeProcessHost,
    launchPractice: agent,
    prepare: () => Promise.resolve(ok(withUsers)),
    reader,
    store: openCalibration(file),
    preventSleep() {
      awake += 1;
      return () => (awake -= 1);
    },
    runGoingOn: () => null,
    publish: (state) => void states.push(state),
    programVersion: '0.1.0',
    ...more,
  });
}

/** How many calls a run of the engine is to hold. */
function callsOf(run: FakeRun): number | undefined {
  const profile = run.plan.loads[0]?.profile;
  return profile?.kind === 'users' ? profile.stages.at(-1)?.target : undefined;
}

/** Plays a run of the engine through its window: so many milliseconds late, so much of what was due sent. */
function play(run: FakeRun, how: { p99: number; share?: number; active?: number }): void {
  const calls = callsOf(run) ?? 0;
  const seconds = run.plan.warmUpMs / 1000 + 10;
  for (let t = 1; t < seconds; t++) {
    const batch = aBatch(t);
    run.listener.onBatch?.({
      ...batch,
      turns: [],
      sample: {
        ...batch.sample,
        at: t * 1000,
        asked: calls,
        active: how.active ?? calls,
        framesSent: Math.round((how.share ?? 1) * calls * 50),
      },
    });
  }
}

/** Ends the run that was cut off with the lateness it is to report. */
function end(run: FakeRun, p99: number): void {
  const outcome = anOutcome(run.plan.runId, { ended: 'aborted' });
  outcome.summary.metrics.frame_lateness = { ...outcome.summary.metrics.frame_lateness, p99 };
  run.end(outcome);
}

/** Answers every try of a calibration: up to `carries` calls leave in time. */
async function answer(engine: FakeEngine, carries: number, ended: Promise<unknown>): Promise<void> {
  const over = { yet: false };
  void ended.then(() => (over.yet = true));
  for (let n = 0; ; n++) {
    await eventually(() => expect(over.yet || engine.runs.length > n).toBe(true));
    const run = engine.runs[n];
    if (run === undefined) return;
    const p99 = (callsOf(run) ?? 0) <= carries ? 1.5 : 31;
    play(run, { p99 });
    await eventually(() => expect(run.asked).toEqual(['abort']));
    end(run, p99);
  }
}

describe('a calibration', () => {
  it('is made with agents of its own, kept, and counts from then on', async () => {
    const engine = fakeEngine({ obedient: false });
    const service = machine(engine);
    expect(await service.report()).toMatchObject({ calibration: null, calibrating: null, workers: 3 });
    const heard: string[] = [];
    const { ended } = value(service.calibrate({ seconds: 2 }, (state) => void heard.push(state.state)));
    await answer(engine, 700, ended);
    const done = await ended;
    expect(done).toMatchObject({
      state: 'done',
      calibration: { version: 1, calls: 675, callsPerWorker: 337, workers: 2, endedBy: 'generator' },
    });
    expect(engine.runs.map((run) => callsOf(run))).toEqual([200, 300, 450, 675, 924, 924, 800, 738]);
    const report = await service.report();
    expect(report).toMatchObject({ calibrationCounts: true, calibrating: { state: 'done' } });
    expect(openCalibration(file).get()).toEqual(report.calibration);
    expect(report.calibration).toMatchObject({
      cpuModel: 'AMD EPYC',
      cores: 4,
      platform: 'linux',
      program: '0.1.0',
    });
    expect(value(await service.lookAhead(aNeed({ calls: 676, workers: 2, framesPerSecond: 0 })))).toEqual([
      expect.stringContaining('this machine carried 674 when it was calibrated on') as string,
    ]);
    expect(heard.at(-1)).toBe('done');
    expect(states.filter(({ state }) => state === 'running').length).toBeGreaterThan(10);
    expect([agents, awake]).toEqual([0, 0]);
    const plan = engine.runs[0]?.plan;
    expect(plan?.workers).toBe(2);
    expect(plan?.users.map(({ target }) => target.url).sort()).toEqual([
      'ws://127.0.0.1:1/',
      'ws://127.0.0.1:2/',
    ]);
  });

  it('can be cancelled, and the last one stays', async () => {
    keepOne();
    const before = readFileSync(file, 'utf8');
    const engine = fakeEngine();
    const service = machine(engine);
    const { ended } = value(service.calibrate());
    expect(service.calibrate()).toMatchObject({
      ok: false,
      error: { kind: 'conflict', code: 'calibrating' },
    });
    await eventually(() => expect(engine.runs).toHaveLength(1));
    expect(await service.lookAhead(aNeed())).toMatchObject({ ok: false, error: { code: 'calibrating' } });
    expect((await service.report()).calibrating).toMatchObject({ state: 'running', calls: 200, probes: [] });
    expect(service.cancel()).toEqual(ok(undefined));
    expect(await ended).toEqual({ state: 'cancelled' });
    expect(engine.current().asked).toEqual(['abort']);
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect([agents, awake]).toEqual([0, 0]);
    expect(service.cancel()).toMatchObject({ ok: false, error: { kind: 'not_found' } });
    expect(value(await service.lookAhead(aNeed()))).toEqual([]);
  });

  it('ends with the program', async () => {
    const engine = fakeEngine();
    const service = machine(engine);
    value(service.calibrate());
    await eventually(() => expect(engine.runs).toHaveLength(1));
    await service.close();
    expect(states.at(-1)).toEqual({ state: 'cancelled' });
  });

  it('is refused while a run is going on', () => {
    const service = machine(fakeEngine(), { runGoingOn: () => 'The run "Nightly" is going on' });
    expect(service.calibrate()).toMatchObject({
      ok: false,
      error: {
        kind: 'conflict',
        message:
          'The run "Nightly" is going on: stop it or let it end first, a calibration would disturb its measurement.',
      },
    });
  });

  it('says what it tried when nothing was carried', async () => {
    const engine = fakeEngine({ obedient: false });
    const service = machine(engine);
    const { ended } = value(service.calibrate({ workers: 1 }));
    await answer(engine, 0, ended);
    expect(await ended).toMatchObject({
      state: 'failed',
      error: {
        message:
          'This machine did not carry 25 calls (frames were late: p99 31.0 ms, limit 5 ms); close other programs and calibrate again.',
      },
      probes: [{ calls: 100 }, { calls: 100 }, { calls: 50 }, { calls: 25 }],
    });
    expect(openCalibration(file).get()).toBeNull();
  });

  it('leaves nothing behind when it cannot start', async () => {
    let n = 0;
    const second = () => (n++ === 0 ? agent() : Promise.resolve(fail('unavailable', 'x', 'No port')));
    const cases: Partial<MachineServiceOptions>[] = [
      { launchPractice: second },
      { prepare: () => Promise.resolve(fail('internal', 'x', 'No port')) },
      { engine: fakeEngine({ failure: new Error('No port') }) },
    ];
    for (const parts of cases) {
      const { ended } = value(machine(fakeEngine(), parts).calibrate());
      expect(await ended).toMatchObject({ state: 'failed', error: { message: 'No port' }, probes: [] });
      expect([agents, awake]).toEqual([0, 0]);
    }
  });

  it('counts for the session when it cannot be written', async () => {
    const engine = fakeEngine({ obedient: false });
    const store = openCalibration(join(folder, 'nowhere', 'calibration.json'));
    const service = machine(engine, { store });
    const { ended } = value(service.calibrate());
    await answer(engine, 250, ended);
    expect(await ended).toMatchObject({ state: 'failed', error: { code: 'calibration_not_written' } });
    expect(await service.report()).toMatchObject({ calibration: { calls: 250 }, calibrationCounts: true });
  });
});

describe('the look ahead', () => {
  it('refuses what does not fit, unless it is forced', async () => {
    const service = machine(fakeEngine());
    const need = aNeed({ calls: 1000 });
    const refused = await service.lookAhead(need);
    expect(refused).toMatchObject({ ok: false, error: { kind: 'refused', code: 'limits' } });
    expect(await service.lookAhead(need, ['calibration', 'guard'])).toEqual(refused);
    expect(value(await service.lookAhead(need, ['limits']))).toEqual([
      expect.stringContaining('needs 1,100 open files') as string,
      expect.stringContaining('has not been calibrated') as string,
    ]);
    expect(value(await service.lookAhead(aNeed({ calls: 300 })))).toEqual([]);
  });

  it('refuses more than twice what was carried, unless it is forced', async () => {
    keepOne();
    const service = machine(fakeEngine());
    expect(value(await service.lookAhead(aNeed({ calls: 120 })))).toHaveLength(1);
    expect(await service.lookAhead(aNeed({ calls: 300 }))).toMatchObject({
      ok: false,
      error: { kind: 'refused', code: 'calibration' },
    });
    expect(value(await service.lookAhead(aNeed({ calls: 300 }), ['calibration']))).toEqual([
      expect.stringContaining('this machine carried 100') as string,
    ]);
  });
});

describe('the calls of the screens', () => {
  it('are answered', async () => {
    const engine = fakeEngine();
    const service = machine(engine);
    const handlers = createMachineHandlers(service);
    expect(value(await handlers.get())).toMatchObject({
      facts: { cores: 4, openFiles: 1024 },
      calibration: null,
    });
    expect(handlers.cancelCalibration()).toMatchObject({ ok: false });
    expect(handlers.calibrate({})).toEqual(ok(undefined));
    expect(handlers.calibrate({})).toMatchObject({ ok: false, error: { code: 'calibrating' } });
    await eventually(() => expect(engine.runs).toHaveLength(1));
    expect(handlers.cancelCalibration()).toEqual(ok(undefined));
    await service.close();
  });
});

describe('the file of the last calibration', () => {
  it.each(['nonsense', '{}', '[]', '{"version":2}', JSON.stringify({ ...kept(), calls: -1 })])(
    'is ignored with a word when it holds %s',
    (text) => {
      writeFileSync(file, text);
      const store = openCalibration(file);
      expect(store.get()).toBeNull();
      expect(store.notice).toContain(`The calibration of this machine in ${file} is ignored (`);
      value(store.keep(kept()));
      expect(openCalibration(file)).toMatchObject({ notice: null });
      expect(openCalibration(file).get()).toEqual(kept());
    },
  );

  it('may be missing', () => expect(openCalibration(file)).toMatchObject({ notice: null }));

  it('does not count on another machine', async () => {
    value(openCalibration(file).keep({ ...kept(), cores: 64 }));
    const service = machine(fakeEngine());
    expect(await service.report()).toMatchObject({ calibration: { cores: 64 }, calibrationCounts: false });
    expect(value(await service.lookAhead(aNeed({ calls: 250 })))).toEqual([]);
  });
});

function kept(): Calibration {
  return {
    version: 1,
    at: '2026-11-21T10:00:00.000Z',
    calls: 200,
    callsPerWorker: 100,
    workers: 2,
    endedBy: 'generator',
    cpuModel: 'AMD EPYC',
    cores: 4,
    platform: 'linux',
    node: 'v24.21.0',
    program: '0.1.0',
  };
}

function keepOne(): void {
  value(openCalibration(file).keep(kept()));
}
