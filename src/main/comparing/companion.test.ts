import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Publish } from '#contract/api/index';
import type { RunDetail } from '#contract/run';
import { eventually } from '../../../test/fixtures/eventually.ts';
import { anOutcome, aRun, TestHistory, value } from '../history/testing.ts';
import type { History } from '../history/history.ts';
import { compareWhenMarked, compareWithBaseline } from './companion.ts';
import { createComparisonHandlers } from './handlers.ts';
import { measured, someAnswers } from './testing.ts';

let store: TestHistory;
let history: History;
let changed: (string | null)[];
const publish: Publish = (domain, name, payload) => {
  if (domain === 'runs' && name === 'changed') changed.push((payload as { runId: string | null }).runId);
};

beforeEach(async () => {
  store = new TestHistory({ lockWaitMs: 5000, recorder: {} });
  history = await store.open();
  changed = [];
});
afterEach(() => store.remove());

const place = { scenario: 'Insurance inquiry', environment: 'staging' };

async function keep(id: string, day: number, medianMs: number, environment = 'staging'): Promise<void> {
  history.createRun(aRun(id, { ...place, environment, startedAt: Date.UTC(2026, 10, day) }));
  const { summary, histograms } = measured({
    id,
    values: { ttfa: someAnswers(day, 200, medianMs) },
    summary: {
      environment,
      thresholds: [
        { metric: 'ttfa', stat: 'p95', condition: 'below', target: 1000, acceptable: 1500, value: 900, status: 'pass' },
        { metric: 'ttfa', stat: 'p95', condition: 'below', target: 1, acceptable: 2, value: 900, status: 'fail', where: { turn: 1 } },
      ],
    },
  }); // prettier-ignore
  const outcome = { ...anOutcome(id), summary, histograms };
  value(await history.finishRun(id, outcome));
}

const deltaOf = async (id: string): Promise<RunDetail['row']['delta']> =>
  value(await history.get(id)).row.delta;

it('a run is compared with the marked baseline, and everyone is told', async () => {
  await keep('A', 1, 600);
  await keep('B', 2, 900);
  value(await history.setBaseline('A', true));
  const found = value(await compareWithBaseline({ history, publish }, { runId: 'B', ...place }));
  expect(found).toMatchObject({ baselineId: 'A', verdict: 'regressed' });
  expect(await deltaOf('B')).toMatchObject({
    baselineId: 'A',
    verdict: 'regressed',
    sentence: found?.sentence,
  });
  expect(changed).toContain('B');
});

it('a run without a baseline, and the baseline itself, are compared with nothing', async () => {
  await keep('A', 1, 600);
  expect(value(await compareWithBaseline({ history, publish }, { runId: 'A', ...place }))).toBeNull();
  value(await history.setBaseline('A', true));
  expect(value(await compareWithBaseline({ history, publish }, { runId: 'A', ...place }))).toBeNull();
});

it('runs that were there are compared when a baseline is marked, those of other environments are not', async () => {
  await keep('A', 1, 600);
  await keep('B', 2, 900);
  await keep('C', 3, 600, 'production');
  const close = compareWhenMarked({ history, publish });
  value(await history.setBaseline('A', true));
  await eventually(async () => expect(await deltaOf('B')).toMatchObject({ verdict: 'regressed' }));
  expect(await deltaOf('C')).toBeNull();
  await close();
});

it('a trend has the values of each environment, oldest first, with the limits of the newest run as a whole', async () => {
  await keep('A', 1, 600);
  await keep('B', 2, 900);
  await keep('C', 3, 600, 'production');
  value(await history.setBaseline('A', true));
  const { trend, compare } = createComparisonHandlers({ history });
  const found = value(await trend({ scenario: place.scenario, metric: 'ttfa', stat: 'p95', last: 50 }));
  const staging = found.environments.find(({ environment }) => environment === 'staging');
  expect(staging?.points.map(({ row }) => row.id)).toEqual(['A', 'B']);
  expect(staging).toMatchObject({
    baselineId: 'A',
    thresholds: [{ target: 1000, acceptable: 1500, condition: 'below' }],
  });
  expect(found.environments).toHaveLength(2);
  const only = value(
    await trend({
      scenario: place.scenario,
      environment: 'production',
      metric: 'turn_success',
      stat: 'rate',
      last: 1,
    }),
  );
  expect(only.environments.map(({ points }) => points.map((point) => point.value))).toEqual([[1]]);

  const side = value(await compare({ runIds: ['A', 'B', 'A'] }));
  expect(side.runs.map(({ row, verdict }) => [row.id, verdict])).toEqual([
    ['A', null],
    ['B', 'regressed'],
  ]);
  expect(await compare({ runIds: ['A', 'nothing'] })).toMatchObject({
    ok: false,
    error: { kind: 'not_found' },
  });
});
