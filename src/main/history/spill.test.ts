import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/fixtures/eventually.ts';
import type { History } from './history.ts';
import { aBatch, anError, anOutcome, aRun, aTurn, TestHistory, value } from './testing.ts';

let home: TestHistory;
beforeEach(() => {
  home = new TestHistory();
});
afterEach(() => home.remove());

const secret = 'GET wss://h/x?token=s3cret failed';
const page = { offset: 0, limit: 100 } as const;

/** A run whose database is locked from its third second until after the program has ended. */
async function runLockedOut(): Promise<string> {
  const history = await home.open();
  const other = new SQLite(home.file);
  history.createRun(aRun('r1'));
  for (let t = 1; t <= 2; t++) history.append('r1', aBatch(t));
  await eventually(async () => expect(value(await history.samples('r1'))).toHaveLength(2));
  other.exec('BEGIN EXCLUSIVE');
  for (let t = 3; t <= 30; t++)
    history.append('r1', aBatch(t, { errors: [anError({ at: t, message: secret })] }));
  expect(await history.finishRun('r1', anOutcome('r1'))).toMatchObject({ ok: false });
  expect(await history.close()).toEqual({ ok: true, value: undefined });
  other.exec('ROLLBACK');
  other.close();
  const [name] = home.waiting();
  return join(home.folder, name ?? 'none');
}

async function expectWhole(history: History): Promise<void> {
  expect(value(await history.get('r1'))).toMatchObject({
    row: { state: 'finished', verdict: 'pass' },
    summary: anOutcome('r1').summary,
  });
  expect(value(await history.samples('r1')).map((sample) => sample.t)).toEqual(
    Array.from({ length: 30 }, (_, i) => i + 1),
  );
  const { turns, total } = value(await history.turns({ runId: 'r1', order: 'time', ...page }));
  expect(total).toBe(30);
  expect(turns.map((turn) => turn.turn)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  expect(value(await history.errors('r1'))).toMatchObject([{ count: 28 }]);
}

describe('what could not be written until the program ended', () => {
  it('waits in a file beside the database and is taken in at the next start', async () => {
    const spill = await runLockedOut();
    expect(home.notices.at(-1)).toBe(
      `What is not yet in the history of this run waits in ${spill}; Crosstalk takes it in when it starts next.`,
    );
    if (process.platform !== 'win32') expect(statSync(spill).mode & 0o777).toBe(0o600);
    expect(readFileSync(spill, 'utf8')).not.toContain('s3cret');

    const next = await home.open();
    expect(home.waiting()).toEqual([]);
    expect(next.notices()).toEqual([]);
    await expectWhole(next);
  });

  it('is taken in once, even if the file is found again', async () => {
    const spill = await runLockedOut();
    const text = readFileSync(spill);
    await (await home.open()).close();
    writeFileSync(spill, text);
    const again = await home.open();
    await expectWhole(again);
    expect(home.waiting()).toEqual([]);
  });

  it('is a whole run where the disk was full from its first second on', async () => {
    const first = await home.open();
    first.createRun(aRun('old'));
    for (let t = 1; t <= 20; t++)
      first.append('old', aBatch(t, { turns: [aTurn({ error: `${t} ${'x'.repeat(20_000)}` })] }));
    await eventually(async () => expect(value(await first.samples('old'))).toHaveLength(20));
    await first.close();
    const full = await home.open({ maxPages: Math.ceil(statSync(home.file).size / 4096) });
    full.createRun(aRun('r1', { scenarioYaml: `# ${'x'.repeat(50_000)}\n` }));
    for (let t = 1; t <= 30; t++)
      full.append('r1', aBatch(t, { errors: t > 2 ? [anError({ message: secret })] : [] }));
    expect(await full.finishRun('r1', anOutcome('r1'))).toMatchObject({
      error: {
        message: expect.stringContaining('the disk is full; 30 s of this run are still kept') as string,
      },
    });
    expect(await full.close()).toMatchObject({ ok: true });
    await expectWhole(await home.open());
    expect(home.waiting()).toEqual([]);
  });

  it('counts as cut off where the end of the run is not in it', async () => {
    const history = await home.open();
    const other = new SQLite(home.file);
    other.exec('BEGIN EXCLUSIVE');
    history.createRun(aRun('r1'));
    history.append('r1', aBatch(1));
    await history.close();
    other.exec('ROLLBACK');
    other.close();
    const next = await home.open();
    expect(value(await next.get('r1')).row.state).toBe('cut_off');
    expect(value(await next.samples('r1'))).toHaveLength(1);
  });

  it('is lost, and said to be, where no file can be written either', async () => {
    const history = await home.open();
    const other = new SQLite(home.file);
    other.exec('BEGIN EXCLUSIVE');
    history.createRun(aRun('r1'));
    for (let t = 1; t <= 15; t++) history.append('r1', aBatch(t, { turns: [aTurn(), aTurn({ turn: 2 })] }));
    await eventually(() => expect(home.notices).toHaveLength(1));
    renameSync(home.folder, `${home.folder}-away`);
    const closed = await history.close();
    renameSync(`${home.folder}-away`, home.folder);
    expect(closed).toMatchObject({ ok: false, error: { code: 'history_incomplete' } });
    expect(closed.ok ? '' : closed.error.message).toContain(
      '15 s with 30 turns, calls and errors of run r1 are lost',
    );
    other.exec('ROLLBACK');
    other.close();
  });
});

describe('a file that cannot be taken in', () => {
  it.each([
    [
      'a line is broken',
      (text: string) => text.replace('{"kind":"batch","n":5', '{"kind":"batch","n":'),
      'line 4',
    ],
    [
      'the end is missing',
      (text: string) => text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1),
      '29 of its 30 parts',
    ],
    ['the beginning is missing', () => '', 'line 1'],
    ['it is something else', () => 'unwritten thoughts\n', 'line 1'],
  ])('is named and kept aside when %s', async (_how, spoil, why) => {
    const spill = await runLockedOut();
    writeFileSync(spill, spoil(readFileSync(spill, 'utf8')));
    const next = await home.open();
    expect(next.notices()).toHaveLength(1);
    expect(next.notices()[0]).toContain(
      `${spill}, which holds what a run could not write when Crosstalk ended,`,
    );
    expect(next.notices()[0]).toContain(why);
    expect(next.notices()[0]).toContain(`it is kept as ${spill}.broken.`);
    expect(existsSync(`${spill}.broken`)).toBe(true);
    expect(value(await next.samples('r1')), 'all of it or nothing').toHaveLength(2);
    await next.close();
    expect((await home.open()).notices(), 'said once').toEqual([]);
  });

  it('waits for a newer version that knows it', async () => {
    const spill = await runLockedOut();
    writeFileSync(spill, readFileSync(spill, 'utf8').replace('"version":3', '"version":4'));
    const next = await home.open();
    expect(next.notices()[0]).toContain('written by a newer version of Crosstalk');
    expect(existsSync(spill)).toBe(true);
  });

  it('waits for the next start when the database is locked', async () => {
    const spill = await runLockedOut();
    const other = new SQLite(home.file);
    other.exec('BEGIN EXCLUSIVE');
    const locked = await home.open();
    expect(locked.notices()[0]).toContain(
      'waits for the next start: another program holds the database locked.',
    );
    expect(existsSync(spill)).toBe(true);
    await locked.close();
    other.exec('ROLLBACK');
    other.close();
    await expectWhole(await home.open());
  });
});
