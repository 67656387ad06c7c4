import { describe, expect, it, vi } from 'vitest';
import { fail, ok, type Result } from '#contract/errors';
import type { WriteItem } from './database/messages.ts';
import { recorderDefaults, RunRecorder, type WriteItems } from './recorder.ts';
import { aBatch, anOutcome, aRun } from './testing.ts';

/** Waits until it holds, however slow the machine is. */
const eventually = (holds: () => unknown) => vi.waitFor(holds, { timeout: 12_000, interval: 20 });

const fine = ok({ refused: 0, reason: null });
const full = fail('unavailable', 'SQLITE_FULL', 'the disk is full');
const options = { ...recorderDefaults, retryMs: 1, finalMs: 200 };

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

  it('drops the oldest seconds beyond what it keeps, never the beginning or the end of the run', async () => {
    let answer: Result<{ refused: number; reason: null }> = full;
    const written: WriteItem[] = [];
    const { recorder: run, notices } = recorder(
      async (_id, items) => {
        if (answer.ok) written.push(...items);
        return answer;
      },
      { keptBatches: 3, retryMs: 50 },
    );
    await eventually(() => expect(notices).toHaveLength(1));
    for (let t = 1; t <= 10; t++) run.append(aBatch(t));
    answer = fine;
    const result = await run.finish(anOutcome('r1'));
    expect(kinds(written)).toEqual(['create', 8, 9, 10, 'finish']);
    expect(notices[1]).toBe(
      'History is written again; 7 s with 7 turns, calls and errors could not be kept.',
    );
    expect(result).toMatchObject({ ok: false, error: { code: 'history_incomplete' } });
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
    const { recorder: run } = recorder(() => new Promise(() => {}), { finalMs: 1 });
    run.append(aBatch(1));
    expect(await run.finish(anOutcome('r1'))).toMatchObject({
      ok: false,
      error: { code: 'history_incomplete' },
    });
    expect(await run.giveUp()).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('1 s with 1 turns') as string },
    });
  });
});
