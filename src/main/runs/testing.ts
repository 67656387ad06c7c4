/** An engine, a scenario and a history that do what a test tells them. */
import { ok } from '#contract/errors';
import type { RunNeed } from '#contract/machine';
import { ScenarioFile } from '#contract/scenario/file';
import { loadOf, type RunPlan } from '#engine/plan';
import type { Engine, EngineRun, RunListener, RunOutcome } from '#engine/run';
import type { Capabilities } from '../capabilities.ts';
import { practiceAim } from '../environments/aim.ts';
import { anOutcome } from '../history/testing.ts';
import type { PreparedRun } from '../scenarios/index.ts';

/** A run of the fake engine: it ends when the test says so, or once it is stopped or aborted. */
export interface FakeRun extends EngineRun {
  readonly listener: RunListener;
  readonly asked: string[];
  end(outcome?: RunOutcome): void;
}

export interface FakeEngine extends Engine {
  readonly runs: FakeRun[];
  /** Newest run; throws when there is none. */
  current(): FakeRun;
  closed: boolean;
}

/** `obedient` false: runs go on although they are asked to stop. `failure`: what starting throws. */
export function fakeEngine(options: { obedient?: boolean; failure?: Error } = {}): FakeEngine {
  const runs: FakeRun[] = [];
  return {
    runs,
    closed: false,
    current() {
      const run = runs.at(-1);
      if (run === undefined) throw new Error('No run was started');
      return run;
    },
    start(plan, listener) {
      if (options.failure !== undefined) return Promise.reject(options.failure);
      // Sooner than the answer, as a real engine may.
      listener.onNotice?.('The engine warms up');
      const run = fakeRun(plan, listener, options.obedient ?? true);
      runs.push(run);
      return Promise.resolve(run);
    },
    close() {
      this.closed = true;
      return Promise.resolve();
    },
  };
}

function fakeRun(plan: RunPlan, listener: RunListener, obedient: boolean): FakeRun {
  const asked: string[] = [];
  let resolve: (outcome: RunOutcome) => void = () => {};
  const finished = new Promise<RunOutcome>((settle) => (resolve = settle));
  const end = (outcome = anOutcome(plan.runId)) => resolve(outcome);
  return {
    plan,
    listener,
    asked,
    clock: { baseNs: '1000', epochMs: Date.UTC(2026, 10, 21) },
    finished,
    end,
    stop() {
      asked.push('stop');
      if (obedient) end(anOutcome(plan.runId, { ended: 'stopped' }));
    },
    abort() {
      asked.push('abort');
      if (obedient) end(anOutcome(plan.runId, { ended: 'aborted' }));
    },
    requests: () => [],
    checks: () => [],
    standing: () => ({
      thresholds: [
        {
          metric: 'ttfa',
          stat: 'p95',
          condition: 'below',
          target: 2000,
          acceptable: 3000,
          value: 902,
          status: 'pass',
        },
      ],
      untrusted: [],
      users: { pinned: null, adjustable: true },
      breakingPoint: null,
    }),
    breakdown: () => [],
    setUsers(users) {
      asked.push(`users ${users}`);
      return !asked.includes('stop');
    },
    distrust: (reason) => void asked.push(`distrust ${reason}`),
  };
}

const yaml = {
  version: 1,
  name: 'Insurance inquiry',
  users: [{ kind: 'voice', conversations: [{ name: 'a', turns: [{ say: 'Hello' }] }] }],
  load: { users: 3, duration: '60s' },
  thresholds: [{ metric: 'ttfa', stat: 'p95', target: '2s', acceptable: '3s' }],
};

/** Three calls, which fit anywhere. */
export function aNeed(more: Partial<RunNeed> = {}): RunNeed {
  const calls = more.calls ?? 3;
  return {
    calls,
    workers: 1,
    framesPerSecond: 50 * calls,
    targets: [{ address: 'agent.test:80', shown: 'agent.test', calls, secure: false }],
    practice: false,
    ...more,
  };
}

export function aPreparedRun({
  record = 0,
  ...more
}: Partial<PreparedRun> & { record?: number | undefined } = {}): PreparedRun {
  const file = ScenarioFile.parse(yaml);
  return {
    file,
    name: file.name,
    yaml: JSON.stringify(yaml),
    environment: 'staging',
    environmentYaml: null,
    aim: practiceAim,
    once: false,
    gracefulStopMs: 30_000,
    needsPractice: false,
    seed: 7,
    applied: [],
    plannedMs: 60_000,
    warnings: [],
    need: aNeed(),
    resources: null,
    buildPlan: ({ runId, practiceUrl }) =>
      Promise.resolve(
        ok({
          runId,
          scenario: file.name,
          environment: practiceUrl ?? 'staging',
          seed: 7,
          audio: { sampleRate: 16_000, frameMs: 20, speechLevel: -45, audibleLevel: -50 },
          clips: [],
          users: [],
          loads: loadOf([], { startUsers: 3, stages: [], gracefulStopMs: 0 }),
          warmUpMs: 0,
          periods: [],
          thresholds: file.thresholds,
          steps: [],
          stages: [],
          secrets: [],
          workers: null,
          record,
          applied: [],
        }),
      ),
    ...more,
  };
}

/** What a run asks of its door: whether the machine may sleep. `awake` is told +1 and −1. */
export function fakeCapabilities(awake: (change: 1 | -1) => void = () => {}): Capabilities {
  const never = () => {
    throw new Error('A run does not ask for this');
  };
  return {
    report: never,
    openExternal: never,
    preventSleep() {
      awake(1);
      return () => awake(-1);
    },
    allowMicrophone: never,
    chooseFolder: never,
    keyStore: never,
    notify: never,
  };
}
