import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measured, someAnswers } from '../../comparing/testing.ts';
import { openHistory } from '../../history/history.ts';
import { anOutcome, aRun, value } from '../../history/testing.ts';
import { speak } from '../testing.ts';

let home: string;
const period = (name: string, fromS: number, toS: number) => ({ name, from: fromS * 1000, to: toS * 1000 });
const answers = (medianMs: number, count = 500) =>
  measured({ id: 'x', values: { request: someAnswers(1, count, medianMs) } }).histograms.request ?? '';

async function keep(
  id: string,
  periods: ReturnType<typeof period>[],
  histograms: Record<string, string>,
): Promise<void> {
  const history = value(await openHistory({ file: join(home, 'crosstalk.db') }));
  history.createRun(aRun(id, { periods }));
  value(await history.finishRun(id, { ...anOutcome(id), histograms }));
  await history.close();
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'crosstalk-periods-'));
  await keep('cached', [period('cold', 0, 3), period('warm', 5, 58), period('after the TTL', 60, 64)], {
    'request|period=cold': answers(750),
    'request|period=warm': answers(4),
  });
  await keep('one', [period('cold', 0, 3)], { 'request|period=cold': answers(750) });
  await keep('none', [], {});
  await keep('quiet', [period('cold', 0, 3), period('warm', 5, 58)], {});
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const compare = (...argv: string[]) => speak(['runs', 'compare', ...argv], { CROSSTALK_HOME: home });

describe('crosstalk runs compare --periods', () => {
  it('puts the periods that are named side by side, the first the baseline', async () => {
    const { code, out } = await compare('cached', '--periods', 'cold,warm');
    expect(code).toBe(0);
    expect(out).toMatch(/^Baseline {2}cold cached cold {2}/);
    expect(out).toMatch(/✓ improved {2}warm cached warm\n {2}request p95 −/);
    expect(out).toMatch(/baseline +this period +difference/);
  });

  it('ends with 99 where a later one is worse, and takes those that have requests when none is named', async () => {
    expect((await compare('cached', '--periods', 'warm, cold')).code).toBe(99);
    const { code, out } = await compare('cached', '--periods');
    expect(code).toBe(0);
    expect(out).not.toContain('TTL');
  });

  it('prints them as JSON like any comparison', async () => {
    const { out } = await compare('cached', '--periods', 'cold,warm', '--json');
    const printed: unknown = JSON.parse(out);
    expect(printed).toMatchObject({
      runs: [
        { row: { name: 'cold' }, verdict: null },
        { row: { name: 'warm' }, verdict: 'improved' },
      ],
      rows: expect.arrayContaining([expect.objectContaining({ metric: 'request', stat: 'p95' })]) as unknown,
    });
  });

  it.each([
    [['cached', '--periods', 'cold,wram'], 'Run cached has no period "wram"; did you mean "warm"?'],
    [['cached', '--periods', 'cold,x'], 'Run cached has no period "x"; it has "cold", "warm", "after the TTL".'],
    [['cached', '--periods', 'cold'], '--periods needs two names or more, like cold,warm.'],
    [['cached', '--periods', 'cold,after the TTL'], 'No request of run cached began in period "after the TTL", so there is nothing to compare.'],
    [['one', '--periods'], 'Run one has one period alone, "cold": a comparison needs two or more.'],
    [['none', '--periods'], 'Run none has no periods: "periods" of its scenario names stretches of a run, like { name: cold, from: 0s, to: 60s }.'],
    [['quiet', '--periods'], 'No request of run quiet began in the periods "cold", "warm", so there is nothing to compare.'],
    [['cached', 'one', '--periods'], '--periods compares the periods of one run: name one run.'],
  ])('%j', async (argv, sentence) => {
    const { code, out, err } = await compare(...argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`Error: ${sentence}\n`);
  }); // prettier-ignore
});
