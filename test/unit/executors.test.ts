/** Every kind of load by the engine in its own threads, against the practice agent in its own process. */
import { createServer, type AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TruthLine, type PracticeConfigInput } from '../../src/contract/practice.ts';
import type { CallRecord, Sample } from '../../src/contract/run.ts';
import { Threshold } from '../../src/contract/scenario/file.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { RunPlan } from '../../src/engine/plan.ts';
import type { EngineRun } from '../../src/engine/run.ts';
import { entry } from '../../src/main/entries.ts';
import { launchPractice, type PracticeAgent } from '../../src/main/practice/launcher.ts';
import { nodeProcessHost } from '../../src/main/processes/nodeHost.ts';
import { loadBy, longCalls, shortAnswers, shortCalls } from '../fixtures/shortCalls.ts';

const engine = createEngine({ workerEntry: entry('engine-worker') });
const open: PracticeAgent[] = [];
let folder: string;
let log: string;
let agent: PracticeAgent;

// Real calls take real seconds.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 20_000 });

async function launch(config: PracticeConfigInput): Promise<PracticeAgent> {
  const launched = await launchPractice(nodeProcessHost, {
    config: { ...shortAnswers, ...config },
    logFile: log,
  });
  if (!launched.ok) throw new Error(launched.error.message);
  open.push(launched.value);
  return launched.value;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-executors-'));
  log = join(folder, 'truth.jsonl');
  agent = await launch({});
});
afterAll(async () => {
  await engine.close();
  await Promise.all(open.map((one) => one.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function play(plan: RunPlan, during?: (run: EngineRun, sample: Sample) => void) {
  const samples: Sample[] = [];
  const calls: CallRecord[] = [];
  const notices: string[] = [];
  const run = await engine.start(plan, {
    onBatch(batch) {
      samples.push(batch.sample);
      calls.push(...batch.calls);
      during?.(run, batch.sample);
    },
    onNotice: (text) => notices.push(text),
  });
  const { summary } = await run.finished;
  return { summary, samples, calls, notices, run };
}

const graceful = { gracefulStopMs: 5000 };
const steady = (perSecond: number, seconds: number, maxUsers: number) =>
  loadBy({
    kind: 'arrivals',
    startRate: perSecond,
    stages: [{ target: perSecond, durationMs: seconds * 1000 }],
    maxUsers,
    ...graceful,
  });

describe('arrivals', () => {
  it('begin one by one at the rate, over all workers, and the agent took as many', async () => {
    const plan = shortCalls({ url: agent.url, loads: [steady(12, 2, 100)], workers: 2 });
    const { summary, samples, calls } = await play(plan);
    expect(summary.ended).toBe('completed');
    expect(summary.load).toMatchObject({
      arrivals: { asked: 24, started: 24, dropped: 0, asked_per_s: 12 },
      breaking_point: null,
    });
    expect(samples.reduce((sum, sample) => sum + sample.arrivalsAsked, 0)).toBe(24);
    expect(calls.map((call) => call.outcome)).toEqual(Array.from({ length: 24 }, () => 'ended'));
    const starts = calls.map((call) => call.startedAt).sort((a, b) => a - b);
    // The n-th call is due (n − ½)/12 s after the start, and never begins before.
    expect(starts.every((at, i) => at >= ((i + 0.5) * 1000) / 12)).toBe(true);
    await expect
      .poll(
        () =>
          readFileSync(log, 'utf8')
            .split('\n')
            .filter(Boolean)
            .map((line) => TruthLine.parse(JSON.parse(line)))
            .filter((line) => line.kind === 'call' && line.callId.startsWith(plan.runId)).length,
      ) // prettier-ignore
      .toBe(24);
  });

  it('are dropped, counted and announced once while max_users are busy', async () => {
    const { summary, samples, notices, run } = await play(
      shortCalls({ url: agent.url, loads: [steady(20, 2, 3)] }),
    );
    const { asked, started, dropped } = summary.load?.arrivals ?? expect.fail('no arrivals');
    expect(asked).toBe(40);
    expect(started + dropped).toBe(40);
    expect(dropped).toBeGreaterThan(10);
    expect(summary.counts).toMatchObject({
      calls_attempted: started,
      arrivals_asked: 40,
      arrivals_dropped: dropped,
    });
    expect(samples.reduce((sum, sample) => sum + sample.arrivalsDropped, 0)).toBe(dropped);
    expect(Math.max(...samples.map((sample) => sample.active + sample.connecting))).toBeLessThanOrEqual(3);
    expect(notices.filter((text) => text.includes('max_users'))).toHaveLength(1);
    expect(run.setUsers(5)).toBe(false);
    expect(run.standing().users.adjustable).toBe(false);
  });

  it('that cannot be connected are over, one attempt each', async () => {
    const url = await closedPort();
    const { summary } = await play(shortCalls({ url, loads: [steady(10, 1, 5)] }));
    expect(summary.load?.arrivals).toMatchObject({ asked: 10, started: 10, dropped: 0 });
    expect(summary.counts).toMatchObject({ calls_attempted: 10, calls_failed: 10 });
  });

  it('end with the run when it is stopped: what was asked for until then is accounted for', async () => {
    const { summary } = await play(
      shortCalls({ url: agent.url, loads: [steady(20, 60, 50)] }),
      (run, sample) => sample.t === 1 && run.stop(),
    );
    const { asked, started, dropped } = summary.load?.arrivals ?? expect.fail('no arrivals');
    expect(summary.ended).toBe('stopped');
    expect(asked).toBe(started + dropped);
    expect(asked).toBeLessThan(100);
  });
});

async function closedPort(): Promise<string> {
  const server = createServer();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );
  server.close();
  return `ws://127.0.0.1:${port}`;
}

describe('iterations', () => {
  const iterations = (users: number, count: number, shared: boolean) =>
    loadBy({ kind: 'iterations', users, iterations: count, shared, maxDurationMs: 30_000, ...graceful });

  it('are shared between the users of all workers, or so many by each', async () => {
    const shared = await play(shortCalls({ url: agent.url, loads: [iterations(3, 7, true)], workers: 2 }));
    expect(shared.summary).toMatchObject({ ended: 'completed', counts: { calls_connected: 7, turns_ok: 7 } });
    const own = await play(shortCalls({ url: agent.url, loads: [iterations(3, 2, false)], workers: 2 }));
    const byUser = Map.groupBy(own.calls, (call) => call.vu);
    expect([...byUser.values()].map((calls) => calls.length)).toEqual([2, 2, 2]);
  });

  it('that fail count, with a pause after each: a dead target is not stormed', async () => {
    const { summary, calls } = await play(
      shortCalls({ url: await closedPort(), loads: [iterations(1, 3, true)] }),
    );
    expect(summary).toMatchObject({ ended: 'completed', counts: { calls_attempted: 3, calls_failed: 3 } });
    const [first, second, third] = calls.map((call) => call.startedAt);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(500);
    expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(1000);
  });

  it('end gracefully at the longest duration', async () => {
    const { summary } = await play(
      shortCalls({
        url: agent.url,
        loads: [
          loadBy({
            kind: 'iterations',
            users: 2,
            iterations: 500,
            shared: true,
            maxDurationMs: 1500,
            ...graceful,
          }),
        ],
      }),
    );
    expect(summary).toMatchObject({ ended: 'completed', counts: { turns_failed: 0, turns_cut: 0 } });
    expect(summary.counts.calls_attempted).toBeLessThan(20);
  });
});

describe('several loads', () => {
  it('each have their own users and their own time; the run is through with the last', async () => {
    const held = (ms: number) => ({ kind: 'users' as const, startUsers: 2, stages: [{ target: 2, durationMs: ms }], ...graceful }); // prettier-ignore
    const { summary, calls, samples } = await play(
      shortCalls({
        url: agent.url,
        users: [{ name: 'early' }, { name: 'late' }],
        loads: [loadBy(held(1500), [0]), loadBy(held(2000), [1], 2500)],
      }),
    );
    const of = (user: string) => calls.filter((call) => call.user === user);
    expect(Math.max(...of('early').map((call) => call.startedAt))).toBeLessThan(2500);
    expect(Math.min(...of('late').map((call) => call.startedAt))).toBeGreaterThanOrEqual(2500);
    expect(summary).toMatchObject({ ended: 'completed', counts: { turns_failed: 0, turns_cut: 0 } });
    expect(summary.duration_s).toBeGreaterThanOrEqual(4.5);
    expect(Math.max(...samples.map((sample) => sample.asked))).toBe(2);
  });
});

describe('the breaking point', () => {
  it('is found where the thresholds fail', async () => {
    // Five calls are answered after 350 ms, six after 550.
    const strained = await launch({ strain_from: 4, strain_by: '200ms' });
    const found: string[] = [];
    const { summary } = await play(
      longCalls({
        url: strained.url,
        thresholds: [
          Threshold.parse({ metric: 'ttfa', stat: 'p95', target: '300ms', acceptable: '480ms', abort: true }),
          Threshold.parse({ metric: 'barge_in', stat: 'p95', target: '1s' }),
          Threshold.parse({ metric: 'calls_held', stat: 'count', target: 5, acceptable: 4 }),
        ],
        loads: [
          loadBy({
            kind: 'breaking-point',
            steps: [2, 8],
            holdMs: 2000,
            resolution: 1,
            spawnRate: 20,
            ...graceful,
          }),
        ],
      }),
      (run) => found.push(run.standing().breakingPoint?.sentence ?? 'nothing'),
    );
    const search = summary.load?.breaking_point ?? expect.fail('nothing was found');
    expect(summary.ended).toBe('completed');
    expect(found[0]).toMatch(/^nothing is judged yet; (going to|holding) 2$/);
    expect(search.steps[0]).toMatchObject({ users: 2, kind: 'step' });
    // A machine that is busy with other things says so, and nothing of the target.
    if (search.limited_by === 'generator') {
      expect(search.steps.at(-1)?.result).toBe('generator');
      return;
    }
    expect(search).toMatchObject({ holds: 5, breaks_at: 6, limited_by: 'target' });
    expect(search.steps.map(({ users, kind, result }) => [users, kind, result])).toEqual([
      [2, 'step', 'pass'],
      [8, 'step', 'fail'],
      [5, 'search', 'warn'],
      [6, 'search', 'fail'],
    ]);
    expect(search.sentence).toBe('holds 5 calls; at 6, ttfa p95 passed 480 ms');
    // The thresholds are of the five; none was interrupted, which no number of calls is blamed for.
    expect(summary.thresholds.map(({ metric, value, status }) => [metric, value === null ? null : Math.round(value / 100), status])).toEqual([
      ['ttfa', 4, 'warn'],
      ['barge_in', null, 'fail'],
      ['calls_held', 0, 'pass'],
    ]); // prettier-ignore
    expect(summary).toMatchObject({ trusted: true, verdict: 'fail' });
  });
});
