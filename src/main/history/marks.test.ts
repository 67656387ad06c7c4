import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { History } from './history.ts';
import { aBatch, anOutcome, aRun, aSummary, TestHistory, value } from './testing.ts';

let home: TestHistory;
let history: History;
let changes: (string | null)[];
beforeEach(async () => {
  home = new TestHistory({ recorder: {} });
  history = await home.open();
  changes = [];
  history.onChange((runId) => changes.push(runId));
});
afterEach(() => home.remove());

const withP95 = (id: string, p95: number) => {
  const { metrics } = aSummary(id);
  return anOutcome(id, { metrics: { ...metrics, ttfa: { ...metrics.ttfa, p95 } } });
};

async function finished(id: string, p95: number, more: Parameters<typeof aRun>[1] = {}): Promise<void> {
  history.createRun(aRun(id, more));
  history.append(id, aBatch(1));
  value(await history.finishRun(id, withP95(id, p95)));
}

describe('what is said about a run', () => {
  it('is kept with it; what an edit leaves out stays', async () => {
    await finished('r1', 900);
    changes.length = 0;
    expect(value(await history.edit('r1', { name: 'Friday', note: 'New GPU', starred: true }))).toMatchObject(
      {
        name: 'Friday',
        starred: true,
        noted: true,
        tags: ['nightly'],
      },
    );
    expect(value(await history.edit('r1', { tags: ['a', 'b', 'a'], note: '' }))).toMatchObject({
      name: 'Friday',
      starred: true,
      noted: false,
      tags: ['a', 'b'],
    });
    expect(value(await history.get('r1')).note).toBe('');
    expect(changes).toEqual(['r1', 'r1']);
    expect(await history.edit('nobody', { starred: true })).toMatchObject({
      error: { code: 'run_not_found' },
    });
  });

  it('can be said while it goes on, and survives its end', async () => {
    history.createRun(aRun('r1'));
    history.append('r1', aBatch(1));
    value(await history.edit('r1', { name: 'Renamed', starred: true }));
    value(await history.finishRun('r1', anOutcome('r1')));
    expect(value(await history.row('r1'))).toMatchObject({
      name: 'Renamed',
      starred: true,
      state: 'finished',
    });
  });

  it('has markers in order of time, each with a number of its own', async () => {
    await finished('r1', 900);
    const late = value(await history.addMarker('r1', { t: 20, text: 'restart', kind: 'operator' }));
    const early = value(await history.addMarker('r1', { t: 5, text: 'deploy', kind: 'operator' }));
    expect([late.id, early.id]).toEqual([1, 2]);
    expect(value(await history.get('r1')).markers).toEqual([early, late]);
    value(await history.removeMarker('r1', 2));
    expect(value(await history.get('r1')).markers).toEqual([late]);
    expect(await history.removeMarker('r1', 2)).toMatchObject({ error: { code: 'marker_not_found' } });
  });
});

describe('a baseline', () => {
  it('is one per scenario and environment, and every other run shows its difference to it', async () => {
    await finished('base', 900);
    await finished('next', 1100);
    await finished('elsewhere', 500, { environment: 'staging' });
    const base = value(await history.setBaseline('base', true));
    expect(base).toMatchObject({ isBaseline: true, delta: null });
    expect(value(await history.baselineOf('Insurance inquiry', 'practice'))).toBe('base');
    const delta = { baselineId: 'base', ttfaP95: 200, requestP95: null, verdict: null, sentence: null };
    expect(value(await history.row('next')).delta).toEqual(delta);
    expect(value(await history.row('elsewhere')).delta).toBeNull();

    const found = { baselineId: 'base', verdict: 'regressed', sentence: 'slower' } as const;
    value(await history.setComparison('next', found));
    expect(value(await history.row('next')).delta).toEqual({
      ...delta,
      verdict: 'regressed',
      sentence: 'slower',
    });

    changes.length = 0;
    value(await history.setBaseline('elsewhere', true));
    value(await history.setBaseline('next', true));
    expect(changes).toContain(null);
    expect(value(await history.baselineOf('Insurance inquiry', 'practice'))).toBe('next');
    expect(value(await history.row('base'))).toMatchObject({
      isBaseline: false,
      delta: { baselineId: 'next', ttfaP95: -200 },
    });
    value(await history.setBaseline('base', true));
    expect(value(await history.setBaseline('base', false))).toMatchObject({ isBaseline: false });
    // What was found against another baseline is not said of this one.
    await finished('third', 1000);
    value(await history.setBaseline('third', true));
    expect(value(await history.row('next')).delta).toMatchObject({ verdict: null, ttfaP95: 100 });
    expect(await history.baselineOf('Insurance inquiry', 'nowhere')).toEqual({ ok: true, value: null });
  });

  it('that is deleted is none until it is restored', async () => {
    await finished('base', 900);
    await finished('next', 1100);
    value(await history.setBaseline('base', true));
    value(await history.remove('base'));
    expect(value(await history.row('next')).delta).toBeNull();
    expect(value(await history.baselineOf('Insurance inquiry', 'practice'))).toBeNull();
    expect(value(await history.restore('base')).isBaseline).toBe(true);
    expect(value(await history.row('next')).delta?.ttfaP95).toBe(200);
  });

  it('does not go on', async () => {
    history.createRun(aRun('r1'));
    history.append('r1', aBatch(1));
    expect(await history.setBaseline('r1', true)).toMatchObject({ error: { code: 'run_in_progress' } });
  });
});

describe('series beside a run', () => {
  const cpu = { id: 1, group: 'process', of: 'agent', name: 'cpu', unit: 'cores' } as const;
  const gauge = {
    id: 2,
    group: 'prometheus',
    of: 'http://user:hunter2@127.0.0.1:9090/metrics',
    name: 'queue',
    unit: 'none',
  } as const;

  it('come back in order of time, without secrets', async () => {
    history.createRun(aRun('r1'));
    history.appendSeries('r1', [cpu, gauge], [{ id: 1, t: 0, value: 0.5 }]);
    history.appendSeries(
      'r1',
      [{ ...gauge, problem: 'refused' }],
      [
        { id: 1, t: 1.0004, value: null },
        { id: 1, t: 1, value: 9 },
      ],
    );
    value(await history.finishRun('r1', anOutcome('r1')));
    expect(value(await history.series('r1'))).toEqual([
      { ...cpu, problem: null, t: [0, 1], values: [0.5, null] },
      { ...gauge, of: 'http://user:***@127.0.0.1:9090/metrics', problem: 'refused', t: [], values: [] },
    ]);
  });

  it('are bounded while they cannot be written: the oldest values go, and are counted', async () => {
    await history.close();
    const keeping = await home.open({
      maxPages: 1,
      recorder: { keptValues: 2, itemsAtOnce: 1, retryMs: 10, finalMs: 20 },
    });
    keeping.createRun(aRun('r2'));
    for (let t = 0; t < 4; t++) keeping.appendSeries('r2', t === 0 ? [cpu] : [], [{ id: 1, t, value: t }]);
    expect(await keeping.finishRun('r2', anOutcome('r2'))).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('2 sampled values of this run are lost') as string },
    });
  });
});

it('an environment is kept as it was, without its secrets', async () => {
  history.createRun(aRun('r1', { environmentYaml: 'name: staging\nheaders:\n  X-Api-Key: abcdef123\n' }));
  value(await history.finishRun('r1', anOutcome('r1')));
  expect(value(await history.get('r1')).environmentYaml).toBe(
    'name: staging\nheaders:\n  X-Api-Key: "***"\n',
  );
});
