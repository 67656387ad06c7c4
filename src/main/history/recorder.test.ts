import { describe, expect, it } from 'vitest';
import { eventually } from '../../../test/fixtures/eventually.ts';
import { fail, ok, type Result } from '#contract/errors';
import type { WriteItem } from './database/messages.ts';
import { recorderDefaults, RunRecorder, type WriteItems } from './recorder.ts';
import { aBatch, anOutcome, aRun } from './testing.ts';

const fine = ok({ refused: 0, reason: null });
const full = fail('unavailable', 'SQLITE_FULL', 'the disk is full');
const options = { ...recorderDefaults, retryMs: 1, finalMs: 200, lastMs: 200 };

function recorder(write: WriteItems, more: Partial<typeof options> = {}) {
  const notices: string[] = [];
  return {
    notices,
    recorder: new RunRecorder(aRun('r1'), write, (n) => notices.push(n), { ...options, ...more }),
  };
}

const kinds = (items: WriteItem[]) => items.map((item) => (item.kind === 'batch' ? item.n : item.kind));

describe('RunRecorder', () => {
  it('writes in order, many at once when it is behind', async () => {
    const written: WriteItem[][] = [];
    let release: (() => void) | undefined;
    const { recorder: run } = recorder(async (_id, items) => {
      written.push(items);
      if (written.length === 1) await new Promise<void>((resolve) => (release = resolve));
      return fine;
    });
    for (let t = 1; t <= 25; t++) run.append(aBatch(t));
    expect(written.map(kinds)).toEqual([['create']]);
    release?.();
    expect(await run.finish(anOutcome('r1'))).toEqual(ok(undefined));
    expect(written.flatMap(kinds)).toEqual([
      'create',
      ...Array.from({ length: 25 }, (_, i) => i + 1),
      'finish',
    ]);
    expect(written.map((items) => items.length)).toEqual([1, 20, 6]);
  });

  it('drops the oldest turns beyond what it keeps, never the figures of a second, the beginning or the end of the run', async () => {
    let answer: Result<{ refused: number; reason: null }> = full;
    const written: WriteItem[] = [];
    const { recorder: run, notices } = recorder(
      async (_id, items) => {
        if (answer.ok) written.push(...items);
        return answer;
      },
      { keptRecords: 3, itemsAtOnce: 2, retryMs: 50 },
    );
    await eventually(() => expect(notices).toHaveLength(1));
    for (let t = 1; t <= 10; t++) run.append(aBatch(t));
    answer = fine;
    const result = await run.finish(anOutcome('r1'));
    const seconds = Array.from({ length: 10 }, (_, i) => i + 1);
    expect(kinds(written).filter((kind) => kind !== 'notice')).toEqual(['create', ...seconds, 'finish']);
    const batches = written.filter((item) => item.kind === 'batch');
    expect(batches.map(({ batch }) => batch.sample)).toEqual(seconds.map((t) => aBatch(t).sample));
    // The first two items may be on their way at any moment and stay as they are.
    expect(batches.filter(({ batch }) => batch.turns.length > 0).map(({ n }) => n)).toEqual([1, 9, 10]);
    expect(notices.slice(1)).toEqual([
      'History still cannot be written: the oldest turns, calls, errors and requests are dropped from here on; the figures of each second are kept.',
      'History is written again; 7 turns, calls and errors could not be kept.',
    ]);
    expect(result).toMatchObject({ ok: false, error: { code: 'history_incomplete' } });
  });

  it('drops whole seconds only beyond a bound of their own', async () => {
    const { recorder: run } = recorder(() => Promise.resolve(full), {
      keptSeconds: 4,
      itemsAtOnce: 1,
      lastMs: 1,
    });
    for (let t = 1; t <= 10; t++) run.append(aBatch(t));
    const { items, trouble } = await run.close();
    expect(kinds(items).filter((kind) => kind !== 'notice')).toEqual(['create', 7, 8, 9, 10]);
    expect(trouble).toMatchObject({ code: 'SQLITE_FULL' });
  });

  it('gives up an item that can never be written and goes on with the others', async () => {
    const written: WriteItem[] = [];
    let hold: (() => void) | undefined;
    const { recorder: run, notices } = recorder(async (_id, items) => {
      if (items[0]?.kind === 'create') await new Promise<void>((resolve) => (hold = resolve));
      if (items.some((item) => item.kind === 'batch' && item.n === 2))
        return fail('internal', 'SQLITE_TOOBIG', 'too big');
      written.push(...items);
      return fine;
    });
    for (let t = 1; t <= 3; t++) run.append(aBatch(t));
    hold?.();
    expect(await run.finish(anOutcome('r1'))).toMatchObject({ ok: false });
    expect(kinds(written)).toEqual(['create', 1, 3, 'finish']);
    expect(notices).toEqual(['History cannot record a part of this run: too big']);
  });

  it('does not wait longer than it may for a database that does not answer', async () => {
    const { recorder: run } = recorder(() => new Promise(() => {}), { finalMs: 1, lastMs: 1 });
    run.append(aBatch(1));
    expect(await run.finish(anOutcome('r1'))).toMatchObject({
      ok: false,
      error: { code: 'history_incomplete' },
    });
    expect(kinds((await run.close()).items)).toEqual(['create', 1, 'finish']);
  });
});
