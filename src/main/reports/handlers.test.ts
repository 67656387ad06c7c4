import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/fixtures/eventually.ts';
import { TestHistory, value } from '../history/testing.ts';
import { createReportHandlers, type ReportHandlers } from './handlers.ts';
import { recordRun } from './testingRun.ts';

let test: TestHistory;
let folder: string;
let reports: ReportHandlers;
let told: unknown[];

async function open(keepMs?: number): Promise<ReportHandlers> {
  const history = await test.open({ recorder: { finalMs: 60_000 } });
  await recordRun(history);
  return createReportHandlers({
    history,
    waiting: join(folder, 'waiting'),
    exports: () => join(folder, 'exports'),
    publish: (_domain, _event, payload) => told.push(payload),
    ...(keepMs === undefined ? {} : { keepMs }),
  });
}

const files = (of: string) =>
  readdirSync(of, { recursive: true, withFileTypes: true }).filter((f) => f.isFile());

beforeEach(() => {
  test = new TestHistory();
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-reports-'));
  told = [];
});
afterEach(async () => {
  reports.close();
  await test.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('reports', () => {
  it('are made, fetched in pieces and discarded', async () => {
    reports = await open();
    const { make, read, discard } = reports.handlers;
    const made = value(await make({ runId: 'run-1', kind: 'locust_csv' }));
    expect(made.map(({ name }) => name.replace(/^.*?_2026-11-21_08-30-12/, ''))).toEqual([
      '_stats.csv', '_stats_history.csv', '_failures.csv', '_exceptions.csv',
    ]); // prettier-ignore
    const waiting = files(join(folder, 'waiting'));
    expect(waiting).toHaveLength(4);
    for (const file of waiting)
      expect(statSync(join(file.parentPath, file.name)).mode & 0o077).toBe(
        process.platform === 'win32' ? 0o066 : 0,
      );
    const [stats] = made;
    const first = value(await read({ id: stats?.id ?? '', offset: 0 }));
    const text = Buffer.from(first.data, 'base64').toString();
    expect([text.length, first.next]).toEqual([stats?.bytes, null]);
    const rest = value(await read({ id: stats?.id ?? '', offset: 5 }));
    expect(Buffer.from(rest.data, 'base64').toString()).toBe(text.slice(5));
    expect(value(await read({ id: stats?.id ?? '', offset: 1_000_000 }))).toEqual({ data: '', next: null });
    await discard({ ids: made.map(({ id }) => id) });
    expect(files(join(folder, 'waiting'))).toEqual([]);
    expect(await read({ id: stats?.id ?? '', offset: 0 })).toMatchObject({
      ok: false,
      error: { code: 'report_gone' },
    });
    expect(told.at(-1)).toEqual({ runId: 'run-1', kind: 'locust_csv', state: 'finished', done: 1 });
  });

  it('are gone when nobody fetched them in time, and when the program ends', async () => {
    reports = await open(1);
    value(await reports.handlers.make({ runId: 'run-1', kind: 'summary' }));
    await eventually(() => expect(files(join(folder, 'waiting'))).toEqual([]));
    reports.close();
    expect(readdirSync(join(folder, 'waiting'))).toEqual([]);
  });

  it('are saved in a folder of the run within the workspace', async () => {
    reports = await open();
    const saved = value(await reports.handlers.save({ runId: 'run-1', kind: 'markdown' }));
    expect(saved.folder.startsWith(join(folder, 'exports'))).toBe(true);
    const again = value(await reports.handlers.save({ runId: 'run-1', kind: 'turns_csv' }));
    expect(again.folder).toBe(saved.folder);
    expect(readdirSync(saved.folder).sort()).toEqual([...saved.files, ...again.files].sort());
    expect(readFileSync(join(saved.folder, saved.files[0] ?? ''), 'utf8')).toContain('## ❌ fail');
  });

  it('that are cancelled leave nothing behind', async () => {
    reports = await open();
    const making = reports.handlers.save({ runId: 'run-1', kind: 'archive' });
    await reports.handlers.cancel({ runId: 'run-1', kind: 'archive' });
    expect(await making).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(existsSync(join(folder, 'exports')) ? files(join(folder, 'exports')) : []).toEqual([]);
    expect(told.at(-1)).toMatchObject({ state: 'cancelled' });
  });

  it('of a run that is not there say so', async () => {
    reports = await open();
    expect(await reports.handlers.make({ runId: 'nobody', kind: 'summary' })).toMatchObject({
      ok: false,
      error: { kind: 'not_found' },
    });
  });
});
