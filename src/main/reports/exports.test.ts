import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportKinds } from '#contract/api/reports';
import { ArchivedRun, archivedRecords, ExportedHistograms, ExportedRun } from '#contract/exported';
import { KeptRequest, RequestRecord } from '#contract/requests';
import { CallRecord, ErrorRecord, Sample, TurnRecord } from '#contract/run';
import { RunSeries } from '#contract/series';
import { TestHistory } from '../history/testing.ts';
import { addStepSummary, annotationData, annotationProperty, githubAnnotations } from './annotations.ts';
import { writeHtml } from './html/page.ts';
import { fileBase, reportWriters } from './kinds.ts';
import { unwatched, type ReportSource } from './source.ts';
import { exampleSummary } from './testing.ts';
import { hidden, recordedSource, seconds, Written } from './testingRun.ts';

const test = new TestHistory();
let source: ReportSource;
beforeAll(async () => {
  source = await recordedSource(await test.open({ recorder: { finalMs: 60_000 } }));
});
afterAll(() => test.remove());

const program = { script: 'document.title += 1;', style: 'body { margin: 0 }' };

async function htmlOf(of: ReportSource): Promise<string> {
  const written = new Written();
  await writeHtml(of, written, unwatched, program);
  return written.text;
}

async function written(kind: keyof typeof reportWriters): Promise<Written> {
  const out = new Written();
  const { files, write } = reportWriters[kind];
  await write(
    source,
    files.map(() => out),
    unwatched,
  );
  return out;
}

describe('what leaves', () => {
  it.each(reportKinds.filter((kind) => kind !== 'html'))('%s holds no secret', async (kind) => {
    const { text, bytes } = await written(kind);
    const all =
      kind === 'archive'
        ? Object.values(unzipSync(bytes))
            .map((part) => Buffer.from(part).toString())
            .join()
        : text;
    expect(all.length).toBeGreaterThan(20);
    for (const secret of hidden) expect(all).not.toContain(secret);
  });

  it('is named by the run and its day', () => {
    expect(fileBase(source.detail)).toMatch(
      /^script-img-src-x-onerror-alert-1-quoted-more_2026-11-21_08-30-12$/,
    );
    const row = { ...source.detail.row, name: '../..', startedAt: 'nonsense', id: 'r1' };
    expect(fileBase({ ...source.detail, row })).toBe('run_r1');
  });
});

describe('full JSON', () => {
  it('is what its schema says', async () => {
    const run = ExportedRun.parse(JSON.parse((await written('json')).text));
    expect(run.samples).toHaveLength(seconds);
    expect(run.detail.summary?.verdict).toBe('fail');
    expect(run.histograms).toEqual(await source.histograms());
    expect(run.breakdowns.turn.map((row) => row.key)).toEqual(['1', '2', '3']);
    expect(run.errors[0]?.kind).toBe('first_byte_timeout');
  });
});

describe('archive', () => {
  it('holds every record, and says how many', async () => {
    const files = unzipSync((await written('archive')).bytes);
    const text = (name: string) => Buffer.from(files[name] ?? []).toString('utf8');
    const lines = (name: string): unknown[] =>
      text(name)
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as unknown);
    expect(Object.keys(files)[0]).toBe('run.json');
    const run = ArchivedRun.parse(JSON.parse(text('run.json')));
    expect(run.contains).toEqual({
      samples: seconds,
      turns: seconds,
      calls: 3,
      errors: 1,
      series: 0,
      requests: 0,
      kept: 0,
    });
    ExportedHistograms.parse(JSON.parse(text('histograms.json')));
    const schemas = {
      samples: Sample,
      turns: TurnRecord,
      calls: CallRecord,
      errors: ErrorRecord,
      series: RunSeries,
      requests: RequestRecord,
      kept: KeptRequest,
    };
    for (const [kind, name] of Object.entries(archivedRecords)) {
      if (!(name in files)) {
        // Only a run with http or grpc users has files of them.
        expect(['requests', 'kept']).toContain(kind);
        continue;
      }
      const records = lines(name);
      expect(records).toHaveLength(run.contains[kind as keyof typeof archivedRecords]);
      for (const record of records) schemas[kind as keyof typeof archivedRecords].parse(record);
    }
    expect(lines('turns.ndjson').map((turn) => TurnRecord.parse(turn).ttfa)).toEqual(
      (await source.slowest(100)).map((turn) => turn.ttfa).reverse(),
    );
  });

  it('is given up when it is asked to', async () => {
    const controller = new AbortController();
    const work = { signal: controller.signal, progress: () => controller.abort() };
    await expect(reportWriters.archive.write(source, [new Written()], work)).rejects.toMatchObject({
      error: { code: 'cancelled' },
    });
  });
});

describe("k6's summary", () => {
  it('has flat values and inverted thresholds', async () => {
    const found = JSON.parse((await written('k6')).text) as {
      metrics: Record<string, Record<string, unknown>>;
      root_group: unknown;
    };
    expect(found.metrics.ttfa).toMatchObject({ thresholds: { 'p(95)<=3000': true } });
    expect(Object.keys(found.metrics.ttfa ?? {})).toEqual(expect.arrayContaining(['avg', 'min', 'med', 'max', 'p(90)', 'p(95)'])); // prettier-ignore
    expect(found.metrics.turn_success).toEqual({ value: 0.9, passes: 9, fails: 1 });
    expect(found.metrics.calls_attempted).toEqual({ count: 3, rate: 0.1 });
    expect(found.metrics.vus).toEqual({ value: 0, min: 0, max: 2 });
    expect(found.root_group).toMatchObject({ name: '', path: '', groups: {}, checks: {} });
  });
});

describe('HTML', () => {
  it('is one file whose policy allows its own program and styles alone', async () => {
    const html = await htmlOf(source);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/
      .exec(html)?.[1]
      ?.replaceAll('&#39;', "'");
    const hash = (text: string) => createHash('sha256').update(text).digest('base64');
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      `script-src 'sha256-${hash(program.script)}'`,
      `style-src 'sha256-${hash(program.style)}'`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toMatch(/<(link|img|iframe|object)\b|\son\w+="|\sstyle="/);
    for (const secret of hidden) expect(html).not.toContain(secret);
  });

  it('shows hostile names as text, and its data can be read back', async () => {
    const html = await htmlOf(source);
    expect(html).toContain('&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;');
    const data = /<script type="application\/json" id="report-data">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
    const page = JSON.parse(data) as { t: number[]; charts: { name: string }[] };
    expect(page.t).toHaveLength(seconds);
    expect(page.charts.map((chart) => chart.name)).toEqual(
      expect.arrayContaining(['ttfa', 'calls', 'errors']),
    );
  });

  it('tells of a run without a summary what there is of it', async () => {
    const detail = {
      ...source.detail,
      summary: null,
      row: { ...source.detail.row, state: 'cut_off' as const },
    };
    const html = await htmlOf({ ...source, detail });
    expect(html).toContain('! Cut off');
    const summary = reportWriters.summary.write({ ...source, detail }, [new Written()], unwatched);
    await expect(summary).rejects.toMatchObject({ error: { code: 'no_summary' } });
  });
});

describe('annotations', () => {
  const failed = exampleSummary({
    scenario: 'a, b: 100 %',
    verdict: 'fail',
    trusted: false,
    untrusted_reasons: ['frames were late\nvery'],
    thresholds: [
      { metric: 'ttfa', stat: 'p95', condition: 'below', target: 2000, acceptable: 3000, value: 3500, status: 'fail' },
      { metric: 'turn_success', stat: 'rate', condition: 'above', target: 0.98, acceptable: 0.95, value: 0.96, status: 'warn' },
    ],
  }); // prettier-ignore

  it('escape what would end them', () => {
    expect(annotationData('50 %\r\nnext: a, b')).toBe('50 %25%0D%0Anext: a, b');
    expect(annotationProperty('50 %: a, b\n')).toBe('50 %25%3A a%2C b%0A');
  });

  it('tell of thresholds, trust and regression, errors first', () => {
    const delta = {
      baselineId: 'r0',
      ttfaP95: 100,
      requestP95: null,
      verdict: 'regressed' as const,
      sentence: 'ttfa p95 +100 ms',
    };
    const lines = githubAnnotations(failed, delta).trimEnd().split('\n');
    expect(lines).toEqual([
      '::error title=ttfa p95 failed::ttfa p95 was 3.50 s; required: below 2.00 s, acceptable 3.00 s (a, b: 100 %25 · practice)',
      '::error title=The numbers cannot be trusted::frames were late%0Avery (a, b: 100 %25 · practice)',
      '::error title=Slower than its baseline::ttfa p95 +100 ms (a, b: 100 %25 · practice, baseline r0)',
      expect.stringMatching(/^::warning title=turn_success missed its target::/),
    ]);
    expect(githubAnnotations(exampleSummary({}))).toBe('');
  });

  it('are at most ten, the last of which counts the rest', () => {
    const lines = githubAnnotations(
      exampleSummary({ verdict_reasons: Array.from({ length: 14 }, (_, i) => `reason ${i}`) }),
    )
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(10);
    expect(lines[9]).toContain('title=5 more::');
  });

  it("add the result to the job's summary, and no more than GitHub takes", () => {
    const folder = mkdtempSync(join(tmpdir(), 'crosstalk-summary-'));
    const GITHUB_STEP_SUMMARY = join(folder, 'summary.md');
    expect(addStepSummary('## one\n', { GITHUB_STEP_SUMMARY }).ok).toBe(true);
    expect(addStepSummary('## two\n', { GITHUB_STEP_SUMMARY }).ok).toBe(true);
    expect(readFileSync(GITHUB_STEP_SUMMARY, 'utf8')).toBe('## one\n\n## two\n');
    writeFileSync(GITHUB_STEP_SUMMARY, 'x'.repeat(1024 * 1024));
    expect(addStepSummary('## three\n', { GITHUB_STEP_SUMMARY })).toMatchObject({
      ok: false,
      error: { code: 'step_summary_full' },
    });
    rmSync(folder, { recursive: true, force: true });
  });
});
