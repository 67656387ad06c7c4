import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ResultImportProgress } from '#contract/api/results';
import { openHistory, type History } from '../history/history.ts';
import { value } from '../history/testing.ts';
import { createResultHandlers, type ResultHandlers } from './handlers.ts';

const sample = readFileSync(join(import.meta.dirname, '../../../test/fixtures/results/deb2121_stats.csv'));
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
let folder: string;
let history: History;
let results: ResultHandlers;
let told: ResultImportProgress['state'][];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-handlers-'));
  history = value(await openHistory({ file: ':memory:' }));
  told = [];
  results = createResultHandlers({
    history,
    door: 'browser',
    folder,
    publish: (_domain, _name, payload) => {
      const progress = ResultImportProgress.safeParse(payload);
      if (progress.success) told.push(progress.data.state);
    },
  });
});
afterEach(async () => {
  await results.close();
  await history.close();
  rmSync(folder, { recursive: true });
});

it('a file in pieces becomes a run under the name it is given, and nothing is left lying', async () => {
  const { handlers } = results;
  const { id } = value(
    await handlers.begin({ files: [{ name: 'deb2121_stats.csv', bytes: sample.length }] }),
  );
  const [taken = ''] = readdirSync(folder);
  expect(statSync(join(folder, taken)).mode & 0o077).toBe(0);
  expect(statSync(join(folder, taken, 'file-0')).mode & 0o077).toBe(0);
  for (let at = 0; at < sample.length; at += 500)
    value(await handlers.add({ id, file: 0, data: base64(sample.subarray(at, at + 500)) }));
  expect(value(await handlers.look({ id }))).toMatchObject({ kind: 'locust_csv', name: 'deb2121' });
  const kept = value(await handlers.finish({ id, name: 'Mine', scenario: '', environment: 'staging' }));
  expect(kept.row).toMatchObject({ name: 'Mine', scenario: 'deb2121', environment: 'staging' });
  expect(readdirSync(folder)).toEqual([]);
  expect(told.at(-1)).toBe('finished');
  const again = await handlers.finish({ id });
  expect(again.ok ? '' : again.error.code).toBe('unknown_import');
});

it('what is wrong on the way is said', async () => {
  const { handlers } = results;
  const code = async (work: ReturnType<typeof handlers.begin>) => {
    const answer = await work;
    return answer.ok ? 'ok' : answer.error.code;
  };
  expect(await code(handlers.begin({ files: [{ name: 'a', bytes: 2_100_000_000 }] }))).toBe('too_large');
  const { id } = value(await handlers.begin({ files: [{ name: 'a.csv', bytes: 10 }] }));
  const add = async (file: number, data: string) => {
    const answer = await handlers.add({ id, file, data });
    return answer.ok ? 'ok' : answer.error.code;
  };
  expect(await add(1, base64(sample.subarray(0, 5)))).toBe('upload_broken');
  expect(await add(0, 'not base64 at all!')).toBe('upload_broken');
  expect(await add(0, base64(sample.subarray(0, 11)))).toBe('upload_broken');
  expect(await add(0, base64(sample.subarray(0, 5)))).toBe('ok');
  const looked = await handlers.look({ id });
  expect(looked.ok ? '' : looked.error.message).toContain('arrived only in part (5 B of 10 B)');
});

it('one that is cancelled leaves nothing behind', async () => {
  const { handlers } = results;
  const { id } = value(await handlers.begin({ files: [{ name: 'a.csv', bytes: 10 }] }));
  value(await handlers.cancel({ id }));
  expect(readdirSync(folder)).toEqual([]);
  value(await handlers.begin({ files: [{ name: 'a.csv', bytes: 10 }] }));
  await results.close();
  expect(readdirSync(folder)).toEqual([]);
  expect(value(await history.list({ limit: 10 }))).toEqual([]);
});
