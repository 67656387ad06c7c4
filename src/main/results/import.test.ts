import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ImportOutcome } from '#contract/api/results';
import type { Result } from '#contract/errors';
import type { RunDetail } from '#contract/run';
import { openHistory, type History } from '../history/history.ts';
import type { Reading, ResultFile } from './files.ts';
import { keepResults, lookAt } from './importResults.ts';

const samples = join(import.meta.dirname, '../../../test/fixtures/results');
let folder: string;
let history: History;

beforeAll(async () => {
  history = value(await openHistory({ file: ':memory:' }));
});
afterAll(() => history.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-results-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const sample = (name: string): ResultFile => {
  const path = join(samples, name);
  return { name, path, bytes: statSync(path).size };
};

function made(name: string, content: string | Uint8Array): ResultFile {
  const path = join(folder, name.replaceAll('/', '-'));
  writeFileSync(path, content);
  return { name: basename(name), path, bytes: statSync(path).size };
}

const reading = (more: Partial<Reading> = {}): Reading => ({
  signal: new AbortController().signal,
  onProgress: () => undefined,
  folder,
  ...more,
});

async function importFiles(files: ResultFile[], more: Partial<Reading> = {}): Promise<Result<ImportOutcome>> {
  const looked = await lookAt(files, reading(more));
  if (!looked.ok) return looked;
  return keepResults(files, looked.value, {
    history,
    naming: {},
    context: { door: 'cli', files: files.map(({ name }) => name), now: new Date('2026-11-21T12:00:00Z') },
    reading: reading(more),
  });
}

async function imported(...files: ResultFile[]): Promise<{ outcome: ImportOutcome; detail: RunDetail }> {
  const outcome = value(await importFiles(files));
  return { outcome, detail: value(await history.get(outcome.row.id)) };
}

async function refusal(...files: ResultFile[]): Promise<string> {
  const result = await importFiles(files);
  return result.ok ? 'imported' : result.error.message;
}

const requestOf = (detail: RunDetail, name: string) =>
  detail.summary?.requests?.find((request) => request.name === name);

describe('Locust', () => {
  const four = (prefix: string) =>
    ['stats', 'stats_history', 'failures', 'exceptions'].map((kind) => sample(`${prefix}_${kind}.csv`));

  it('four CSV files of one run become a run with its requests, errors, users and course', async () => {
    const { outcome, detail } = await imported(...four('deb2121'));
    expect(outcome).toMatchObject({
      kind: 'locust_csv',
      row: {
        name: 'deb2121',
        source: 'locust',
        verdict: 'fail',
        peakCalls: 6,
        errors: 134,
        startedAt: '2026-11-21T03:24:53.000Z',
        durationMs: 18_000,
      },
    });
    expect(requestOf(detail, '/ok')).toMatchObject({
      type: 'GET', count: 228, failures: 0, coarse: true,
      latency: { p50: 38, p95: 63, p99_9: 210, max: 206.2700330000098, stddev: null },
    }); // prettier-ignore
    expect(detail.summary?.counts.errors).toMatchObject({ '/bad: http_500': 48, 'turn: TimeoutError': 22 });
    // These are not the requests of a pack: they are nobody's ttfb.
    expect(detail.summary?.metrics.ttfb.count).toBe(0);
    expect(detail.imported?.missing.join(' ')).toContain('no single requests or turns');
    expect(outcome.notes.join(' ')).toContain('The last second of deb2121_stats_history.csv is cut off');
    const series = value(await history.series(outcome.row.id));
    expect(series.find(({ of, name }) => of === 'Aggregated' && name === 'p95')?.t).toHaveLength(19);
    expect(value(await history.samples(outcome.row.id)).map(({ active }) => active)).toContain(3);
    const errors = value(await history.errors(outcome.row.id));
    expect(errors[0]).toMatchObject({
      count: 48,
      example: expect.stringContaining('500 Server Error') as string,
    });
  });

  it('what a master wrote has its quotes taken off and its hole jumped over', async () => {
    const { outcome } = await imported(...four('deb2121_master'));
    const errors = value(await history.errors(outcome.row.id));
    expect(errors.map(({ example }) => example)).toContain("WSS turn: TimeoutError('no first audio')");
    // Whether Locust kept its schedule is not in its files.
    expect(outcome.row).toMatchObject({ peakCalls: 9, durationMs: 20_000, trusted: null });
    expect(outcome.notes.join(' ')).toContain('before the statistics were reset');
  });

  it('what was downloaded from its web page works without its history, and says what that lacks', async () => {
    const { outcome, detail } = await imported(
      ...['requests', 'failures', 'exceptions'].map((kind) => sample(`web_${kind}.csv`)),
    );
    expect(outcome.row.name).toBe('web');
    expect(outcome.missing[0]).toContain('When the run started is not in these files');
    expect(requestOf(detail, 'connect')?.failures).toBe(10);
    expect(detail.summary?.duration_s).toBeCloseTo(8.78, 1);
  });

  it('files of two runs are refused, and so is what its web page asks for', async () => {
    expect(await refusal(...four('deb2121'), ...four('deb2121_master'))).toContain('these are two runs');
    for (const name of readdirSync(samples).filter((file) => file.endsWith('.json')))
      expect(await refusal(sample(name))).toMatch(new RegExp(`^${name} is .*Understood are:`));
  });

  it('requests of a pack are metrics; columns are found by name and those that are lacking stay empty', async () => {
    const header =
      'Name,Type,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Requests/s,50%,95%\r\n';
    const rows = [
      'ttfa,voice,100,2,900,910.5,400,3000,5,900,1400',
      'connect,voice,20,1,12,12,9,30,1,12,19',
      'turn_success,voice,100,4,3000,3000,2000,9000,5,3000,4000',
      'frame_lateness,voice,20,0,2,2,1,14,1,2,12',
      'Aggregated,,240,7,900,910,1,9000,12,900,3000',
    ];
    const { outcome, detail } = await imported(made('pack_stats.csv', header + rows.join('\r\n') + '\r\n'));
    expect(detail.summary?.metrics.ttfa).toMatchObject({ count: 100, p50: 900, p95: 1400, p99: null });
    expect(detail.summary?.rates).toMatchObject({ turn_success: 0.96, connection_success: 0.95 });
    expect(outcome.row).toMatchObject({ ttfaP95: 1400, trusted: false });
    expect(outcome.missing.join(' ')).toContain('75 %, 90 %, 99 % and 99.9 % were not asked for');
  });

  it('--json gives the percentiles of its histogram', async () => {
    const entry = { name: 'ttfa', method: 'voice', start_time: 1_795_231_493.5, last_request_timestamp: 1_795_231_503.5, num_requests: 100, num_none_requests: 0, num_failures: 0, total_response_time: 50_000, max_response_time: 998, min_response_time: 12, total_content_length: 0, response_times: { 100: 50, 500: 45, 990: 5 }, num_reqs_per_sec: { 1795231494: 60, 1795231495: 40 }, num_fail_per_sec: {} }; // prettier-ignore
    const { outcome, detail } = await imported(made('run.json', JSON.stringify([entry])));
    expect(outcome).toMatchObject({ kind: 'locust_json', row: { verdict: 'pass', durationMs: 10_000 } });
    const { ttfa } = detail.summary?.metrics ?? {};
    expect(ttfa).toMatchObject({ count: 100, min: 12, max: 998, mean: 500 });
    expect(ttfa?.p50).toBeCloseTo(100, 0);
    expect(ttfa?.p99).toBeCloseTo(990, -1);
    expect(Object.keys(value(await history.histograms(outcome.row.id)))).toEqual(['ttfa']);
  });
});

const jtlHead =
  'timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes,sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect';
const at = Date.UTC(2026, 10, 21, 8);
const jtl = (label: string, count: number, threads: number, failEvery = 0) =>
  [jtlHead, ...Array.from({ length: count }, (_, n) => {
    const failed = failEvery > 0 && n % failEvery === 0;
    return `${at + n * 100},${100 + n},${label},${failed ? 503 : 200},"a, b\nc",t,text,${!failed},,1,1,${threads},${threads},,1,0,1`;
  })].join('\n'); // prettier-ignore

describe('Azure Load Testing and JMeter', () => {
  it('engines are put together: requests counted, users added up, percentiles over all values', async () => {
    const zip = zipSync({
      'engine1_results.csv': strToU8(jtl('Homepage', 100, 5)),
      'engine2_results.csv': strToU8(jtl('Homepage', 100, 7, 10)),
      'notes.md': strToU8('# nothing'),
    });
    const { outcome, detail } = await imported(made('results.zip', zip));
    expect(outcome).toMatchObject({
      kind: 'azure_zip',
      row: { source: 'azure', verdict: 'fail', peakCalls: 12, errors: 10 },
    });
    expect(requestOf(detail, 'Homepage')).toMatchObject({ count: 200, failures: 10, coarse: false });
    expect(requestOf(detail, 'Homepage')?.latency.p50).toBeCloseTo(149, 0);
    expect(detail.summary?.counts.errors).toEqual({ 'Homepage: http_503': 10 });
    expect(outcome.notes.join(' ')).toContain('notes.md in the archive is something else');
    expect(outcome.row.startedAt).toBe('2026-11-21T08:00:00.000Z');
  });

  it('a bare file with a row that was cut keeps the others', async () => {
    const { outcome, detail } = await imported(made('engine.csv', `${jtl('A', 10, 1)}\n${at},5,"cut of`));
    expect(requestOf(detail, 'A')?.count).toBe(10);
    expect(outcome.notes.join(' ')).toContain('The last row of engine.csv is cut off');
  });

  it('an archive that would unpack to too much is refused before it is unpacked', async () => {
    const bomb = made('bomb.zip', zipSync({ 'a.csv': new Uint8Array(3_000_000) }));
    const result = await importFiles([bomb], { mostBytes: 1_000_000 });
    expect(result.ok ? '' : result.error.message).toBe(
      'bomb.zip would unpack to 3 MB in 1 file; at most 1 MB are imported at once.',
    );
  });
});

describe('k6', () => {
  const trend = { avg: 120, min: 50, med: 110, max: 400, 'p(90)': 200, 'p(95)': 250 };

  it('--summary-export has its inverted thresholds turned round', async () => {
    const summary = {
      metrics: {
        http_req_duration: { ...trend, thresholds: { 'p(95)<500': false, 'avg<100': true } },
        ttfa: { ...trend, thresholds: { 'p(95)<200': true } },
        http_reqs: { count: 300, rate: 10 },
        http_req_failed: { value: 0.01, passes: 3, fails: 297 },
      },
      root_group: {
        checks: { ok: { name: 'ok', path: '::ok', id: '1', passes: 290, fails: 10 } },
        groups: {},
      },
    };
    const { outcome, detail } = await imported(made('summary.json', JSON.stringify(summary)));
    expect(outcome).toMatchObject({ kind: 'k6_summary', row: { verdict: 'fail', durationMs: 30_000 } });
    expect(detail.summary?.verdict_reasons).toEqual([
      'the threshold http_req_duration avg<100 of k6 was crossed',
    ]);
    expect(detail.summary?.thresholds).toMatchObject([
      { metric: 'ttfa', stat: 'p95', value: 250, status: 'fail' },
    ]);
    expect(requestOf(detail, 'http_req_duration')).toMatchObject({
      count: 300,
      failures: 3,
      latency: { p95: 250, p99: null },
    });
    expect(requestOf(detail, 'ok')).toMatchObject({ type: 'check', failures: 10 });
  });

  it('handleSummary and the machine-readable shape say what they are', async () => {
    const handled = {
      state: { testRunDurationMs: 5000 },
      metrics: {
        http_req_duration: {
          type: 'trend',
          contains: 'time',
          values: trend,
          thresholds: { 'p(95)<500': { ok: true } },
        },
      },
    };
    const machine = {
      version: '1.0.0',
      metadata: { generatedAt: '2026-11-21T10:00:10Z', k6Version: '2.2.0' },
      config: { duration: 10, script: 'voice.js' },
      results: {
        metrics: [
          { name: 'iteration_duration', type: 'trend', contains: 'time', values: trend },
          { name: 'iterations', type: 'counter', contains: 'default', values: { count: 7 } },
        ],
        checks: { results: [] },
      },
    };
    const one = await imported(made('handled.json', JSON.stringify(handled)));
    expect(one.outcome.row).toMatchObject({ verdict: 'pass', durationMs: 5000 });
    const two = await imported(made('machine.json', JSON.stringify(machine)));
    expect(two.outcome.row).toMatchObject({
      name: 'voice.js',
      startedAt: '2026-11-21T10:00:00.000Z',
      durationMs: 10_000,
    });
    expect(requestOf(two.detail, 'iteration_duration')?.count).toBe(7);
  });

  it('NDJSON, packed, is judged by its thresholds', async () => {
    const point = (metric: string, second: number, amount: number, tags = {}) =>
      JSON.stringify({
        metric,
        type: 'Point',
        data: { time: new Date(at + second * 1000).toISOString(), value: amount, tags },
      });
    const lines = [
      JSON.stringify({ type: 'Metric', data: { name: 'http_req_duration', type: 'trend', contains: 'time', thresholds: ['p(95)<150'], submetrics: null }, metric: 'http_req_duration' }),
      JSON.stringify({ type: 'Metric', data: { name: 'http_req_failed', type: 'rate', contains: 'default' }, metric: 'http_req_failed' }),
      JSON.stringify({ type: 'Metric', data: { name: 'vus', type: 'gauge', contains: 'default' }, metric: 'vus' }),
      ...Array.from({ length: 20 }, (_, n) => point('http_req_duration', n, 100 + n * 10, { name: '/chat', method: 'POST', expected_response: String(n !== 3) })),
      point('http_req_failed', 3, 1, { name: '/chat', method: 'POST', status: '503' }),
      point('vus', 1, 4),
      '{"metric":"vus","type":"Po',
    ]; // prettier-ignore
    const { outcome, detail } = await imported(made('points.json.gz', gzipSync(lines.join('\n'))));
    expect(outcome).toMatchObject({ kind: 'k6_ndjson', row: { verdict: 'fail', peakCalls: 4 } });
    expect(detail.summary?.verdict_reasons).toEqual([
      'the threshold http_req_duration p(95)<150 of k6 does not hold',
    ]);
    expect(requestOf(detail, '/chat')).toMatchObject({ type: 'POST', count: 20, failures: 1 });
    expect(detail.summary?.counts.errors).toEqual({ '/chat: http_503': 1 });
    expect(outcome.notes.join(' ')).toContain('is cut off');
  });
});

describe('whatever is given', () => {
  it.each([
    ['empty.csv', '', 'an empty file'],
    ['page.html', '<!doctype html><p>', 'a web page'],
    ['table.csv', 'a;b;c;d;e\n1;2;3;4;5', 'not separated by commas'],
    ['x.json', '{"a": 1}', 'JSON of something else'],
    ['cut.json', '{"metrics": {', 'cut off'],
    ['own.csv', 'a,b,c\n1,2,3', 'CSV with the columns a, b, c'],
  ])('%s is answered with one sentence that says what it is', async (name, content, words) => {
    const message = await refusal(made(name, content));
    expect(message).toContain(`${name} is `);
    expect(message).toContain(words);
    expect(message).toContain('Understood are:');
  });

  it('nothing makes it fall over', async () => {
    const headers = ['Type,Name,Request Count,Failure Count,50%,95%', 'Timestamp,User Count,Type,Name,Requests/s,50%,Total Request Count', jtlHead, 'Method,Name,Error,Occurrences', '[{"num_requests": 1, "name": "a", ', '{"metrics":{"vus":', 'PK\u0003\u0004', '{"type":"Metric","data":{"type":"trend"}}']; // prettier-ignore
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer().map(String),
      fc.constantFrom('N/A', '"', '1e999', '-1', 'Aggregated', 'voice', 'ttfa', `${at}`, '\r\n', '\u0000'),
    );
    const rows = fc.array(
      fc.array(cell, { maxLength: 18 }).map((cells) => cells.join(',')),
      { maxLength: 8 },
    );
    let n = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...headers), rows, async (head, lines) => {
        const result = await importFiles([made(`any-${n++}`, [head, ...lines].join('\n'))]);
        if (!result.ok) {
          expect(result.error.code).not.toBe('import_failed');
          expect(result.error.message).toMatch(/\.$/);
        }
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});
