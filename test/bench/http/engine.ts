/** The same users as a run of the engine: their journey, the columns, the second's report, histograms, thresholds. */
import { createEngine } from '../../../src/engine/engine.ts';
import { loadOf, type RunPlan } from '../../../src/engine/plan.ts';
import { entry } from '../../../src/main/entries.ts';

const { url, users } = JSON.parse(process.argv[2] ?? '{}') as { url: string; users: number };
const { origin, pathname } = new URL(url);
const hour = 3_600_000;

const plan: RunPlan = {
  runId: 'http',
  scenario: 'http',
  environment: 'bench',
  seed: 1,
  audio: { sampleRate: 16_000, frameMs: 20, speechLevel: -45, audibleLevel: -50 },
  clips: [],
  users: [
    {
      kind: 'http',
      name: 'clients',
      weight: 1,
      iterationsPerUser: null,
      target: {
        url: origin,
        shownUrl: origin,
        protocol: 'acs',
        headers: {},
        tls: { verify: true, ca: null },
      },
      connectTimeoutMs: 10_000,
      http: {
        headers: {},
        cookies: true,
        version: '1.1',
        keepAlive: true,
        maxBodyBytes: 16 * 1024 * 1024,
        connections: 'own',
      },
      grpc: null,
      journey: {
        onStart: [],
        onStop: [],
        wait: { from: 0, to: 0 },
        variables: {},
        feeds: [],
        tasks: [
          {
            name: 'clients',
            weight: 1,
            groups: [
              {
                name: null,
                repeat: { from: 1, to: 1 },
                probability: 1,
                steps: [
                  {
                    id: 0,
                    checks: [],
                    extract: {},
                    retries: { attempts: 0, backoff: 500, on: [] },
                    onFailure: 'end',
                    pauseAfter: null,
                    timeoutMs: 60_000,
                    http: {
                      method: 'GET',
                      address: pathname,
                      query: {},
                      headers: {},
                      body: null,
                      stream: null,
                      redirects: 5,
                    },
                    rpc: null,
                  },
                ],
              },
            ],
          },
        ],
      },
    },
  ],
  loads: loadOf([0], {
    startUsers: users,
    stages: [{ target: users, durationMs: hour }],
    gracefulStopMs: 0,
  }),
  warmUpMs: 0,
  periods: [],
  thresholds: [],
  workers: 1,
  steps: [{ id: 0, name: 'GET clients', type: 'GET', user: 'clients', phase: null, group: null, checks: [] }],
  stages: [],
  secrets: [],
  applied: [],
};

const run = await createEngine({ workerEntry: entry('engine-worker') }).start(plan, {});
process.on('disconnect', () => run.abort());
await run.finished;
