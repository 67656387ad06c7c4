import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestHistory } from '../../history/testing.ts';
import { unwatched, type ReportSource } from '../source.ts';
import { recordedSource, seconds, ttfaOf, Written } from '../testingRun.ts';
import { writeLocust } from './files.ts';
import { Tally } from './tally.ts';

const test = new TestHistory();
let source: ReportSource;
const files = {
  stats: new Written(),
  history: new Written(),
  failures: new Written(),
  exceptions: new Written(),
};
const fixture = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../../../test/fixtures/results', name), 'utf8');
const headOf = (text: string) => text.slice(0, text.indexOf('\r\n'));

type Row = Record<string, string>;
const rowsOf = (text: string): Row[] => parse(text, { columns: true, record_delimiter: '\r\n' });

beforeAll(async () => {
  source = await recordedSource(await test.open({ recorder: { finalMs: 60_000 } }));
  await writeLocust(source, files, unwatched);
});
afterAll(() => test.remove());

describe('the CSV files of Locust', () => {
  it('have the columns of a real run, line for line', () => {
    expect(headOf(files.stats.text)).toBe(headOf(fixture('deb2121_stats.csv')));
    expect(headOf(files.history.text)).toBe(headOf(fixture('deb2121_stats_history.csv')));
    expect(headOf(files.exceptions.text)).toBe(headOf(fixture('deb2121_exceptions.csv')));
    expect(headOf(files.failures.text)).toBe(
      `${headOf(fixture('deb2121_failures.csv'))},First Seen,Last Seen`,
    );
    for (const { text } of Object.values(files)) {
      expect(text.endsWith('\r\n')).toBe(true);
      expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    }
  });

  it('have the requests of a pack by name, sorted, and Aggregated last without a type', () => {
    const rows = rowsOf(files.stats.text);
    expect(rows.map((row) => row.Name)).toEqual([
      'connect', 'dropped', 'frame_lateness', 'greeting', 'ttfa', 'ttfb', 'turn', 'turn_success', 'Aggregated',
    ]); // prettier-ignore
    expect(rows.map((row) => row.Type)).toEqual([...Array<string>(8).fill('voice'), '']);
    const count = (column: string) => (row: Row) => Number(row[column]);
    const all = rows.at(-1) ?? {};
    for (const column of ['Request Count', 'Failure Count'])
      expect(Number(all[column])).toBe(
        rows
          .slice(0, -1)
          .map(count(column))
          .reduce((a, b) => a + b),
      );
  });

  it('count what was measured, with failures of their own', () => {
    const [ttfa] = rowsOf(files.stats.text).filter((row) => row.Name === 'ttfa');
    const values = Array.from({ length: seconds }, (_, i) => ttfaOf(i + 1));
    expect(ttfa).toMatchObject({ 'Request Count': String(seconds), 'Failure Count': '1' });
    expect(Number(ttfa?.['Average Response Time'])).toBeCloseTo(values.reduce((a, b) => a + b) / seconds, 6);
    expect(Number(ttfa?.['Min Response Time'])).toBe(values[0]);
    expect(Number(ttfa?.['Max Response Time'])).toBe(values.at(-1));
    expect(Number(ttfa?.['100%'])).toBe(Math.round(values.at(-1) ?? 0));
    expect(Number(ttfa?.['50%'])).toBe(Math.round(values[15] ?? 0));
    const [connect] = rowsOf(files.stats.text).filter((row) => row.Name === 'connect');
    // The refused one counts and fails, and makes no connection look fast.
    expect(connect).toMatchObject({
      'Request Count': '3',
      'Failure Count': '1',
      'Min Response Time': '11.75',
    });
  });

  it('have a block of rows each second, ending with the totals', () => {
    const rows = rowsOf(files.history.text);
    const all = rows.filter((row) => row.Name === 'Aggregated');
    const stamps = all.map((row) => Number(row.Timestamp));
    expect(stamps).toEqual(stamps.map((_, i) => (stamps[0] ?? 0) + i));
    const last = all.at(-1);
    const stats = rowsOf(files.stats.text).at(-1);
    expect(last?.['Total Request Count']).toBe(stats?.['Request Count']);
    expect(last?.['Total Failure Count']).toBe(stats?.['Failure Count']);
    expect(last?.['Total Median Response Time']).toBe(stats?.['Median Response Time']);
    expect(rows.at(-1)?.Name).toBe('Aggregated');
    expect(rows[0]?.['Requests/s']).toMatch(/^\d+\.\d{6}$/);
    expect(all[1]?.['User Count']).toBe('2');
    const window = rows.findLast((row) => row.Name === 'ttfa' && row['Requests/s'] === '1.000000');
    // Ten values lie in the window; the greatest of them is its last.
    expect(Number(window?.['100%'])).toBeGreaterThan(Number(window?.['50%']));
  });

  it('name each failure with when it was first and last seen', () => {
    const rows = rowsOf(files.failures.text);
    const found = rows.map((row) => `${row.Name}: ${row.Error} ${row.Occurrences}`).sort();
    expect(found).toEqual([
      'connect: refused 1',
      'dropped: dropped_1006 1',
      'ttfa: first_byte_timeout 1',
      'ttfb: first_byte_timeout 1',
      'turn: first_byte_timeout 1',
      'turn_success: first_byte_timeout 1',
    ]);
    for (const row of rows) expect(row['First Seen']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });
});

describe('a tally', () => {
  it('gives the percentiles and the median Locust gives', () => {
    const tally = new Tally();
    for (const ms of [40, 10, 30, 20]) tally.add(ms, false);
    tally.add(null, true);
    expect(tally.median).toBe(20);
    expect(tally.percentiles()?.[0]).toBe(30);
    expect(tally.percentiles()?.at(-1)).toBe(40);
    expect([tally.requests, tally.failures, tally.average]).toEqual([5, 1, 25]);
    expect(new Tally().percentiles()).toBeNull();
  });
});
