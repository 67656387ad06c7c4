/** The engine in its own threads against the practice agent in its own process: whole runs, checked against the agent's record. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { TruthLine, type PracticeConfigInput } from '../../src/contract/practice.ts';
import type { Result } from '../../src/contract/errors.ts';
import type { CallRecord, ErrorRecord, Sample, TurnRecord } from '../../src/contract/run.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { Engine, EngineRun } from '../../src/engine/run.ts';
import { bundled, entry } from '../../src/main/entries.ts';
import { launchPractice } from '../../src/main/practice/launcher.ts';
import { nodeProcessHost } from '../../src/main/processes/nodeHost.ts';
import { prepareRun } from '../../src/main/scenarios/index.ts';

let folder: string;

// Real calls take real seconds.
vi.setConfig({ testTimeout: 60_000 });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-engine-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every run has an engine of its own: they take their seconds side by side. */
async function withEngine<T>(use: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = createEngine({ workerEntry: entry('engine-worker') });
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}

function need<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.error.message);
}

/** Short turns, so that a whole call takes a few seconds. */
const quick = [
  'users[0].pause_between_turns=0s',
  'users[0].timeouts.response_gap=200ms',
  'users[0].conversations=[{ name: quick_question, turns: [{ say: "Hi there, I have a quick question", barge_in: { after: 300ms } }, { say: "Thanks, that\'s all I needed to know" }] }]',
];

async function planFor(url: string, set: string[], more: { users?: number; durationMs?: number } = {}) {
  const prepared = need(
    await prepareRun(bundled('resources', 'scenarios', 'practice.yaml'), {
      users: more.users ?? 3,
      spawnRate: 100,
      durationMs: more.durationMs ?? 60_000,
      seed: 5,
      set: [...quick, 'users[0].calls_per_user=1', ...set],
      urls: { default: url },
      environmentVariables: null,
      workspaceCache: folder,
      processes: nodeProcessHost,
    }),
  );
  return need(
    await prepared.buildPlan({ runId: `run${Math.random().toString(36).slice(2)}`, practiceUrl: null }),
  );
}

interface Told {
  samples: Sample[];
  turns: TurnRecord[];
  calls: CallRecord[];
  errors: ErrorRecord[];
}

async function play(
  url: string,
  set: string[] = [],
  more: {
    users?: number;
    durationMs?: number;
    during?: (run: EngineRun, sample: Sample) => void;
    onNotice?: (message: string) => void;
  } = {},
) {
  const told: Told = { samples: [], turns: [], calls: [], errors: [] };
  const plan = await planFor(url, set, more);
  return withEngine(async (engine) => {
    const run = await engine.start(plan, {
      onBatch(batch) {
        told.samples.push(batch.sample);
        told.turns.push(...batch.turns);
        told.calls.push(...batch.calls);
        told.errors.push(...batch.errors);
        more.during?.(run, batch.sample);
      },
      onNotice: (message) => more.onNotice?.(message),
    });
    return { ...told, ...(await run.finished), run };
  });
}

async function withAgent<T>(
  config: PracticeConfigInput,
  use: (url: string, truth: () => TruthLine[]) => Promise<T>,
): Promise<T> {
  const log = join(folder, `${Math.random().toString(36).slice(2)}.jsonl`);
  const agent = need(
    await launchPractice(nodeProcessHost, {
      config: { sentence: '600ms', greeting_length: '200ms', ...config },
      logFile: log,
    }),
  );
  const truth = () =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => TruthLine.parse(JSON.parse(line)));
  try {
    return await use(agent.url, truth);
  } finally {
    await agent.close();
  }
}

describe.concurrent('a whole run', () => {
  it('ends when everyone has made all calls, and its counts agree with the agent', async ({ expect }) => {
    await withAgent({ seed: 3, delay: { kind: 'fixed', value: '600ms' } }, async (url, truth) => {
      const { summary, turns, calls, samples, histograms } = await play(url);
      expect(summary).toMatchObject({
        ended: 'completed',
        counts: { calls_attempted: 3, calls_connected: 3, turns_ok: 6, turns_failed: 0 },
      });
      expect(summary.rates).toMatchObject({ connection_success: 1, turn_success: 1, error_rate: 0 });
      expect(turns).toHaveLength(6);
      expect(calls.map((c) => c.outcome)).toEqual(['ended', 'ended', 'ended']);
      expect(summary.counts.frames_sent).toBe(samples.reduce((sum, s) => sum + s.framesSent, 0));
      expect(summary.metrics.ttfa.count).toBe(6);
      expect(summary.counts.barge_in_outcomes).toEqual({ stopped: 3 });
      expect(Object.keys(histograms)).toEqual(
        expect.arrayContaining([
          'ttfa',
          'ttfa|turn=1',
          'ttfa|conversation=quick_question',
          'barge_in',
          'connect',
          'frame_lateness',
        ]),
      );
      // The agent writes a call's line when it has closed it, a moment after us.
      await expect.poll(() => truth().filter((t) => t.kind === 'call').length, { timeout: 10_000 }).toBe(3);
      expect(truth().filter((t) => t.kind === 'turn')).toHaveLength(6);
      const spoken = truth().filter((t) => t.kind === 'turn');
      expect(spoken.map((t) => `${t.callId}#${t.turn}`).sort()).toEqual(
        turns.map((t) => `${t.callId}#${t.turn}`).sort(),
      );
      expect(
        truth()
          .filter((t) => t.kind === 'call')
          .reduce((sum, c) => sum + c.framesReceived, 0),
      ).toBe(summary.counts.frames_sent);
    });
  });

  it('keeps and counts the calls of a target that is down: verdict fail', async ({ expect }) => {
    const server = createServer();
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
    );
    server.close();
    const { summary, calls } = await play(`ws://127.0.0.1:${port}`);
    expect(summary).toMatchObject({
      verdict: 'fail',
      verdict_reasons: ['no call was connected'],
      counts: { calls_attempted: 3, calls_failed: 3, errors: { refused: 3 } },
    });
    expect(summary.rates.connection_success).toBe(0);
    expect(summary.metrics.ttfa).toMatchObject({ count: 0, p95: null });
    expect(calls).toHaveLength(3);
  });

  it('never makes a silent agent look fast', async ({ expect }) => {
    await withAgent({ faults: { silent: 1 } }, async (url) => {
      const { summary, turns } = await play(url, ['users[0].timeouts={ first_byte: 500ms, turn: 2s }'], {
        users: 2,
      });
      expect(turns.map((t) => [t.status, t.ttfa])).toEqual(Array.from({ length: 4 }, () => ['timeout', 500]));
      expect(summary.counts).toMatchObject({
        turns_ok: 0,
        turns_failed: 4,
        turns_timed_out: 4,
        ttfa_timed_out: 4,
        greeting_missing: 2,
      });
      expect(summary.rates.turn_success).toBe(0);
      expect(summary.metrics.ttfa.p50).toBe(500);
    });
  });

  it('a graceful stop lets turns end; an abort cuts them', async ({ expect }) => {
    await withAgent({}, async (url) => {
      const stopped = await play(url, ['users[0].calls_per_user=forever'], {
        during: (run, s) => s.t === 2 && run.stop(),
      });
      expect(stopped.summary).toMatchObject({ ended: 'stopped', counts: { turns_failed: 0, turns_cut: 0 } });
      expect(stopped.calls.every((c) => c.outcome === 'ended')).toBe(true);
      const aborted = await play(url, ['users[0].calls_per_user=forever'], {
        during: (run, s) => s.t === 2 && run.abort(),
      });
      expect(aborted.summary).toMatchObject({ ended: 'aborted', counts: { calls_dropped: 0 } });
      expect(aborted.calls.every((c) => c.outcome === 'cut')).toBe(true);
    });
  });

  it('users taken off finish their turn and hang up; others come when there are more again', async ({
    expect,
  }) => {
    await withAgent({}, async (url) => {
      const asked: number[] = [];
      const steps: ((run: EngineRun, sample: Sample) => boolean)[] = [
        (run, { active }) => active === 12 && run.setUsers(4),
        (run, { active }) => active === 4 && run.setUsers(9),
        (run, { active }) => active === 9 && (run.stop(), true),
      ];
      const { turns, calls, summary } = await play(url, ['users[0].calls_per_user=forever'], {
        users: 12,
        during(run, sample) {
          asked.push(sample.asked);
          if (steps[0]?.(run, sample)) steps.shift();
        },
      });
      expect(steps).toEqual([]);
      expect(asked).toEqual(expect.arrayContaining([12, 4, 9]));
      expect(new Set(calls.map((call) => call.outcome))).toEqual(new Set(['ended']));
      expect(new Set(turns.map((turn) => turn.status))).toEqual(new Set(['ok']));
      const lastTurns = (vu: number) => turns.filter((turn) => turn.vu === vu).length;
      // The newest go first, in the middle of a turn; five new users come after them.
      for (let vu = 5; vu <= 12; vu++) expect(lastTurns(vu)).toBeGreaterThan(0);
      expect(Math.max(...calls.map((call) => call.vu))).toBe(17);
      expect(summary).toMatchObject({
        ended: 'stopped',
        counts: { calls_dropped: 0, turns_cut: 0, turns_failed: 0 },
        rates: { connection_success: 1, turn_success: 1 },
      });
    });
  });

  it('goes on without users, and with those of the load profile when it is given back', async ({
    expect,
  }) => {
    await withAgent({}, async (url) => {
      const notices: string[] = [];
      const steps: ((run: EngineRun, sample: Sample) => boolean)[] = [
        (run, { active }) => active === 3 && run.setUsers(0),
        (run, { active }) => active === 0 && run.setUsers(null),
        (run, { active }) => active === 3 && (run.stop(), true),
      ];
      const { summary, run } = await play(url, ['users[0].calls_per_user=forever'], {
        during(going, sample) {
          if (steps[0]?.(going, sample)) steps.shift();
        },
        onNotice: (message) => notices.push(message),
      });
      expect(summary.ended).toBe('stopped');
      expect(run.setUsers(5)).toBe(false);
      expect(notices.filter((notice) => notice.startsWith('Users'))).toEqual([
        expect.stringMatching(/^Users set to 0 by hand at 00:\d\d$/),
        expect.stringMatching(/^Users follow the load profile again since 00:\d\d$/),
      ]);
    });
  });

  it('lets users go at once that are not connected yet, and does not count their attempts', async ({
    expect,
  }) => {
    // Takes connections and never answers.
    const mute = createServer();
    const port = await new Promise<number>((resolve) =>
      mute.listen(0, '127.0.0.1', () => resolve((mute.address() as AddressInfo).port)),
    );
    const steps: ((run: EngineRun, sample: Sample) => boolean)[] = [
      (run, { connecting }) => connecting === 3 && run.setUsers(1),
      (run, { connecting }) => connecting === 1 && run.setUsers(0),
      (run, { connecting }) => connecting === 0 && (run.stop(), true),
    ];
    const { calls, summary } = await play(
      `ws://127.0.0.1:${port}`,
      ['users[0].timeouts={ connect: 50s }', 'users[0].calls_per_user=forever'],
      {
        during(run, sample) {
          if (steps[0]?.(run, sample)) steps.shift();
        },
      },
    );
    mute.close();
    expect(calls.map(({ outcome, error }) => ({ outcome, error }))).toEqual(
      Array.from({ length: 3 }, () => ({ outcome: 'cut', error: 'user_removed' })),
    );
    expect(summary).toMatchObject({
      ended: 'stopped',
      counts: { calls_attempted: 3, calls_failed: 0 },
      rates: { connection_success: null },
    });
  });

  it('refuses a second run beside the first', async ({ expect }) => {
    await withAgent({}, async (url) => {
      await withEngine(async (engine) => {
        const run = await engine.start(await planFor(url, []), {});
        await expect(engine.start(await planFor(url, []), {})).rejects.toThrow(/A run is in progress/);
        run.abort();
        await run.finished;
      });
    });
  });
});
