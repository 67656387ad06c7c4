import { describe, expect, it } from 'vitest';
import { ok } from '#contract/errors';
import { aStep } from '../history/requestTesting.ts';
import { unavailableHistory } from '../history/unavailable.ts';
import { createRequestHandlers } from './handlers.ts';

const gone = unavailableHistory({ kind: 'unavailable', code: 'gone', message: 'Gone.' });
const check = { step: 'clients', phase: null, name: 'status is 200', passed: 4, failed: 1 };

describe('what is asked about requests', () => {
  it('is answered by the engine while the run goes on', async () => {
    const asked: unknown[] = [];
    const live = {
      steps: [aStep(0)],
      summary: (by: string, period?: string) => {
        asked.push([by, period]);
        return [];
      },
      checks: () => [check],
    };
    const handlers = createRequestHandlers({ history: gone, runs: () => ({ requests: () => live }) });
    expect(await handlers.steps({ runId: 'r' })).toEqual(ok([aStep(0)]));
    expect(await handlers.summary({ runId: 'r', by: 'phase', period: 'cold' })).toEqual(ok([]));
    expect(asked).toEqual([['phase', 'cold']]);
    expect(await handlers.checks({ runId: 'r' })).toEqual(ok([check]));
    // Single requests are in the history alone, a second after they ended.
    expect(await handlers.get({ runId: 'r', id: 1 })).toMatchObject({ ok: false, error: { code: 'gone' } });
  });

  it('is answered by the history of any other run', async () => {
    const handlers = createRequestHandlers({
      history: {
        ...gone,
        requestPlan: () => Promise.resolve(ok({ steps: [{ ...aStep(3), stage: true }], periods: [] })),
        requestChecks: () => Promise.resolve(ok([check])),
      },
      runs: () => ({ requests: () => undefined }),
    });
    expect(await handlers.steps({ runId: 'r' })).toMatchObject(ok([aStep(3)]));
    expect(await handlers.checks({ runId: 'r' })).toEqual(ok([check]));
    expect(await handlers.summary({ runId: 'r', by: 'step' })).toMatchObject({ ok: false });
  });
});
