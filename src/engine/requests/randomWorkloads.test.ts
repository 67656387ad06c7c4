/** Whatever users do, whatever becomes of their requests, and whenever they are stopped: nothing is lost, and nothing left. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LoadProfile } from '#contract/scenario/load';
import { eventually } from '../../../test/fixtures/eventually.ts';
import type { RunPlan } from '../plan.ts';
import type { PlanJourney, PlanRequestUsers, PlanStep } from '../requestPlan.ts';
import { FreeRun } from './testing/freeRun.ts';
import { getStep, groupOf, httpUsers, planOf, stageOf } from './testing/plans.ts';

const workloads = 300;
const realWorkloads = 60;
const atOnce = 150;
const nowhere = 'http://127.0.0.1:1';

const ms = (most: number) => fc.integer({ min: 0, max: most });
const span = (most: number) =>
  fc.tuple(ms(most), ms(most)).map(([from, more]) => ({ from, to: from + more }));
const few = <T>(of: fc.Arbitrary<T>, min = 0, max = 2) => fc.array(of, { minLength: min, maxLength: max });

type AnyStep = Pick<PlanStep, 'onFailure' | 'pauseAfter' | 'timeoutMs' | 'retries'> & { unset: boolean };

const anyStep: fc.Arbitrary<AnyStep> = fc.record({
  onFailure: fc.constantFrom('end', 'continue'),
  pauseAfter: fc.option(span(3)),
  timeoutMs: fc.integer({ min: 2, max: 15 }),
  retries: fc.record({
    attempts: fc.integer({ min: 0, max: 2 }),
    backoff: ms(6),
    on: fc.constant(['connect', 'reset', 'timeout', 503, 'UNAVAILABLE']),
  }),
  unset: fc.constantFrom(false, false, false, true),
});

const anyGroup = fc.record({
  repeat: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })).map(([from, more]) => ({ from, to: from + more })),
  probability: fc.constantFrom(0.5, 1),
  steps: few(anyStep, 1, 3),
}); // prettier-ignore

const anyUsers = fc.record({
  kind: fc.constantFrom('http', 'grpc'),
  onStart: few(anyGroup, 0, 1),
  onStop: few(anyGroup, 0, 1),
  tasks: few(few(anyGroup, 1), 1),
  wait: span(4),
  iterations: fc.option(fc.integer({ min: 1, max: 4 })),
});

const gracefulStopMs = ms(30);
const stages = few(fc.record({ target: fc.integer({ min: 0, max: 6 }), durationMs: ms(25) }), 1, 3);
const anyProfile: fc.Arbitrary<LoadProfile> = fc.oneof(
  fc.record({
    kind: fc.constant('users'),
    startUsers: fc.integer({ min: 0, max: 5 }),
    stages,
    gracefulStopMs,
  }),
  fc.record({
    kind: fc.constant('arrivals'),
    startRate: fc.integer({ min: 0, max: 800 }),
    stages: few(fc.record({ target: fc.integer({ min: 0, max: 800 }), durationMs: ms(25) }), 1, 3),
    maxUsers: fc.integer({ min: 1, max: 5 }),
    gracefulStopMs,
  }),
  fc.record({
    kind: fc.constant('iterations'),
    users: fc.integer({ min: 1, max: 5 }),
    iterations: fc.integer({ min: 1, max: 12 }),
    shared: fc.boolean(),
    maxDurationMs: fc.integer({ min: 1, max: 60 }),
    gracefulStopMs,
  }),
);

const anyWorkload = fc.record({
  seed: fc.integer({ min: 0 }),
  users: few(anyUsers, 1, 3),
  profile: anyProfile,
  /** Of the set-up, for so many rows; null: there is none. */
  setUp: fc.option(fc.record({ users: anyUsers, rows: fc.integer({ min: 1, max: 6 }), parallel: fc.integer({ min: 1, max: 3 }) })),
  setUpIs: fc.constantFrom('stopped', 'cut off'),
  setUpMayTakeMs: ms(40),
  ends: fc.constantFrom('by itself', 'stopped', 'cut off'),
  stopAfterMs: ms(40),
}); // prettier-ignore
type AnyWorkload = typeof anyWorkload extends fc.Arbitrary<infer T> ? T : never;
type AnyUsers = AnyWorkload['users'][number];

/** Every request is unlike any other, so that each can be told apart where it arrives. */
function usersOf({ kind, iterations, wait, ...made }: AnyUsers, url = nowhere): PlanRequestUsers {
  const stepOf = ({ unset, ...step }: AnyStep): PlanStep => {
    const key = unset ? '${nobody.gives.this}' : '${uuid}';
    const http = getStep(`/${key}`, step);
    if (kind === 'http') return http;
    const rpc = {
      rpc: 'a.B/C', message: key, messages: [], messageIntervalMs: 0, audio: null, firstAudio: null, token: null, metadata: {},
    }; // prettier-ignore
    return { ...http, http: null, rpc };
  };
  const groupsOf = (groups: AnyUsers['onStart']) =>
    groups.map(({ steps, ...group }) => groupOf(steps.map(stepOf), group));
  const journey: PlanJourney = {
    onStart: groupsOf(made.onStart),
    onStop: groupsOf(made.onStop),
    tasks: made.tasks.map((groups, i) => ({ name: `task ${i}`, weight: 1 + i, groups: groupsOf(groups) })),
    wait,
    variables: {},
    feeds: [],
  };
  const users = httpUsers({ url, journey, iterationsPerUser: iterations });
  return kind === 'http'
    ? users
    : { ...users, kind, http: null, grpc: { descriptors: new Uint8Array(), metadata: {}, channels: 'own' } };
}

function planFor({ users, profile, setUp }: AnyWorkload, url?: string): RunPlan {
  const rows = Array.from({ length: setUp?.rows ?? 0 }, (_, i) => ({ i }));
  const feeds = [{ name: 'row', rows, order: 'sequential' as const }];
  const setUps = setUp === null ? [] : [usersOf(setUp.users, url)];
  return planOf(
    users.map((one) => usersOf(one, url)),
    {
      profile,
      stages: setUps.map((one) =>
        stageOf(
          { ...one, journey: { ...one.journey, onStart: [], onStop: [], feeds } },
          { forEach: 'row', parallel: setUp?.parallel ?? 1 },
        ),
      ),
    },
  );
}

async function goThroughSetUp(run: FreeRun, { setUp, setUpIs, setUpMayTakeMs }: AnyWorkload) {
  if (setUp === null) return;
  const through = run.setUp();
  await Promise.race([through, sleep(setUpMayTakeMs)]);
  if (setUpIs === 'stopped') run.workload.stopStage();
  else run.workload.cutStage();
  await through;
}

/** `url`: of a real server; left out: services of its own. */
async function play(workload: AnyWorkload, url?: string): Promise<FreeRun> {
  const run = new FreeRun(planFor(workload, url), workload.seed, url === undefined);
  await goThroughSetUp(run, workload);
  const loads = run.begin();
  // Users without an end of their own are stopped in any case.
  await sleep(workload.stopAfterMs);
  run.report();
  if (workload.ends !== 'cut off') {
    if (workload.ends === 'stopped') run.stop();
    await eventually(() => expect(loads.state).toBe('over'));
    run.report();
    expect(run.workload.users, 'users that are there after the load').toBe(0);
    expect(run.gone.toSorted(), 'users that were told to be gone').toEqual(run.placed.toSorted());
    const { asked = 0, started = 0, dropped = 0 } = loads.arrivals() ?? {};
    expect(started + dropped, 'arrivals').toBe(asked);
  }
  run.end();
  return run;
}

/** `arrived`: whether it is known which requests did. */
function account(run: FreeRun, arrived: boolean): void {
  const { records, services } = run;
  const filled = records.filter(({ error }) => error !== 'variable_unset');
  // Each request by how often it was sent: what was sent twice was counted once, with a retry.
  const counted = filled.map(({ retries }) => 1 + retries).toSorted();
  if (arrived) expect(counted, 'requests as they were counted and as they arrived').toEqual([...services.sent.values()].toSorted());
  const { ok = 0, failed = 0, timeout = 0, cut = 0 } = run.outcomes();
  expect(ok + failed + timeout + cut).toBe(records.length);
  const { count, ok: measuredOk, failed: measuredFailed } = run.measured.total;
  expect([count, measuredOk, measuredFailed]).toEqual([ok + failed + timeout, ok, failed + timeout]);
  expect(run.workload.users, 'users at the end').toBe(0);
  expect(services.late, 'requests of sessions that were closed').toBe(0);
} // prettier-ignore

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

/** Goes through some workloads, many at once; one that fails is told whole. */
async function playAll(all: readonly AnyWorkload[], url?: string): Promise<FreeRun[]> {
  const runs: FreeRun[] = [];
  const one = async (workload: AnyWorkload): Promise<void> => {
    try {
      const run = await play(workload, url);
      account(run, url === undefined);
      runs.push(run);
    } catch (error) {
      const why = error instanceof Error ? error.message : '';
      throw new Error(`${why}\n${JSON.stringify(workload)}`, { cause: error });
    }
  };
  for (let i = 0; i < all.length; i += atOnce) await Promise.all(all.slice(i, i + atOnce).map(one));
  return runs;
}

test('of every request it is known how it ended, and nothing is left behind', async () => {
  const before = timers();
  const runs = await playAll(fc.sample(anyWorkload, workloads));
  expect(runs.flatMap(({ records }) => records).length).toBeGreaterThan(workloads);
  await eventually(() => expect(runs.filter(({ services }) => services.open !== 0)).toEqual([]));
  await eventually(() => expect(timers()).toBeLessThanOrEqual(before));
}, 60_000);

test('no socket to a real server stays open', async () => {
  const before = timers();
  let asked = 0;
  const server = createServer((request, response) => {
    switch (asked++ % 6) {
      case 0:
        return request.socket.destroy();
      case 1:
        return response.write('never more than this');
      case 2:
        return response.writeHead(503).end();
      default:
        return response.end('{}');
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = () => new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : null;
  const overHttp = anyWorkload.map((workload) => ({
    ...workload,
    users: workload.users.map((users) => ({ ...users, kind: 'http' as const })),
    setUp: workload.setUp && { ...workload.setUp, users: { ...workload.setUp.users, kind: 'http' as const } },
  }));
  try {
    const runs = await playAll(fc.sample(overHttp, realWorkloads), `http://127.0.0.1:${port}`);
    expect(asked).toBeGreaterThan(realWorkloads);
    expect(runs).toHaveLength(realWorkloads);
    await eventually(async () => expect(await sockets()).toBe(0));
  } finally {
    server.closeAllConnections();
    server.close();
  }
  await eventually(() => expect(timers()).toBeLessThanOrEqual(before));
}, 60_000);
