import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../test/fixtures/eventually.ts';
import { openHistory, type History } from './history.ts';
import { aBatch, anOutcome, aRun, TestHistory, value } from './testing.ts';

// Opening waits five seconds for a lock.
vi.setConfig({ testTimeout: 30_000 });

let home: TestHistory;
beforeEach(() => {
  home = new TestHistory({ keepTrying: true });
});
afterEach(() => home.remove());

const seconds = Array.from({ length: 30 }, (_, i) => i + 1);

function record(history: History): void {
  history.createRun(aRun('r1'));
  for (const t of seconds) history.append('r1', aBatch(t));
}

async function expectWhole(history: History): Promise<void> {
  await eventually(async () => expect(value(await history.get('r1')).row.state).toBe('finished'));
  expect(value(await history.samples('r1')).map((sample) => sample.t)).toEqual(seconds);
  expect(value(await history.turns({ runId: 'r1', order: 'time', offset: 0, limit: 1 })).total).toBe(30);
}

/** An empty file, locked as by a program that does not use the database the way Crosstalk does. */
function lockedFile(): InstanceType<typeof SQLite> {
  const other = new SQLite(home.file);
  other.exec('CREATE TABLE theirs (x TEXT); DROP TABLE theirs; BEGIN EXCLUSIVE');
  return other;
}

describe('a history that is locked when it is opened', () => {
  it('keeps what runs record and writes it once it can', async () => {
    const other = lockedFile();
    const history = await home.open();
    expect(history.notices()).toEqual([
      `The history ${home.file} cannot be opened: another program holds the database locked. Crosstalk keeps trying; runs are kept in memory until then.`,
    ]);
    record(history);
    expect(await history.finishRun('r1', anOutcome('r1'))).toMatchObject({ error: { kind: 'unavailable' } });
    expect(await history.list({ limit: 1 })).toMatchObject({
      error: {
        code: 'SQLITE_BUSY',
        message:
          'The history cannot be read at the moment: another program holds the database locked. Try again once that has passed.',
      },
    });
    const changes: (string | null)[] = [];
    history.onChange((runId) => changes.push(runId));
    other.exec('ROLLBACK');
    other.close();
    await eventually(() => expect(changes).toContain('r1'));
    expect(history.notices()).toEqual([]);
    await expectWhole(history);
    expect(home.notices).toEqual([
      'History cannot be written: another program holds the database locked; kept in memory, retrying.',
      'History is written again; nothing was lost.',
    ]);
  });

  it('has the run at the next start when the lock outlasts the program', async () => {
    const other = lockedFile();
    const history = await home.open();
    record(history);
    await history.finishRun('r1', anOutcome('r1'));
    expect(await history.close()).toEqual({ ok: true, value: undefined });
    expect(home.waiting()).toHaveLength(1);
    other.exec('ROLLBACK');
    other.close();
    await expectWhole(await home.open());
    expect(home.waiting()).toEqual([]);
  });

  it('is refused at once to those who only want to read', async () => {
    const other = lockedFile();
    expect(await openHistory({ file: home.file })).toMatchObject({
      ok: false,
      error: { cause: { code: 'SQLITE_BUSY' } },
    });
    other.exec('ROLLBACK');
    other.close();
  });
});

it('a history that another program is writing to opens all the same', async () => {
  await (await home.open()).close();
  const other = new SQLite(home.file);
  other.exec('BEGIN IMMEDIATE');
  const history = await home.open({ keepTrying: false });
  expect(await history.list({ limit: 1 })).toEqual({ ok: true, value: [] });
  other.exec('ROLLBACK');
  other.close();
});

describe('a disk that does not answer', () => {
  const workerEntry = fileURLToPath(new URL('./fixtures/stallingWorker.ts', import.meta.url));
  const stall = () => writeFileSync(`${home.file}.stalled`, '');
  const goOn = () => rmSync(`${home.file}.stalled`);

  it('holds nothing up, and gets everything once it is back', async () => {
    const history = await home.open({ workerEntry, answerMs: 100 });
    stall();
    record(history);
    await eventually(() => expect(home.notices).toHaveLength(1));
    expect(home.notices[0]).toBe(
      'History cannot be written: the database has not answered for 0.1 s (the disk may be stalled); kept in memory, retrying.',
    );
    expect(await history.list({ limit: 1 })).toMatchObject({ error: { code: 'database_stalled' } });
    expect(await history.finishRun('r1', anOutcome('r1'))).toMatchObject({ ok: false });
    goOn();
    await expectWhole(history);
    await eventually(() => expect(home.notices.at(-1)).toBe('History is written again; nothing was lost.'));
  });

  it('does not keep the program from ending, and the run waits for the next start', async () => {
    const history = await home.open({ workerEntry, answerMs: 100 });
    stall();
    record(history);
    await history.finishRun('r1', anOutcome('r1'));
    expect(await history.close()).toEqual({ ok: true, value: undefined });
    expect(home.waiting()).toHaveLength(1);
    goOn();
    await expectWhole(await home.open());
  });

  it('may be silent from the start', async () => {
    stall();
    const history = await home.open({ workerEntry, answerMs: 100, bootMs: 100 });
    expect(history.notices()[0]).toContain('it did not open within 0.1 s (the disk may be stalled)');
    record(history);
    expect(await history.finishRun('r1', anOutcome('r1'))).toMatchObject({ ok: false });
    goOn();
    await expectWhole(history);
    expect(history.notices()).toEqual([]);
  });
});
