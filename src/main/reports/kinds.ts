/** Every kind of report: which files it is, and how they are written. */
import type { ReportKind } from '#contract/api/reports';
import { archiveSuffix } from '#contract/exported';
import type { RunDetail } from '#contract/run';
import { baselineCases } from '../comparing/baselineReport.ts';
import { writeArchive } from './archive.ts';
import { writeHtml } from './html/page.ts';
import { writeJson } from './json.ts';
import { junitReport } from './junit.ts';
import { k6Summary } from './k6.ts';
import { locustSuffixes, writeLocust } from './locust/files.ts';
import { markdownOf } from './markdownOf.ts';
import { maskedDetail } from './masked.ts';
import { requestsCsvHeader, requestsCsvLines } from './requestsCsv.ts';
import { checkGivenUp, summaryOf, type ReportSink, type ReportSource, type ReportWork } from './source.ts';
import { summaryJson } from './summaryJson.ts';
import { turnsCsvHeader, turnsCsvLines } from './turnsCsv.ts';

export interface ReportFile {
  /** What follows the run's name in the file's name. */
  suffix: string;
  mime: string;
}

export interface ReportWriter {
  files: readonly ReportFile[];
  /** Writes all of them; `sinks` in the order of `files`. Fails by throwing a `CrosstalkError`. */
  write(source: ReportSource, sinks: readonly ReportSink[], work: ReportWork): Promise<void>;
}

const nowhere: ReportSink = { write: () => {} };

/** A kind that is one file. */
function single(
  suffix: string,
  mime: string,
  write: (source: ReportSource, sink: ReportSink, work: ReportWork) => Promise<void> | void,
): ReportWriter {
  return {
    files: [{ suffix, mime }],
    async write(source, [sink = nowhere], work) {
      checkGivenUp(work);
      await write(source, sink, work);
      work.progress(1);
    },
  };
}

/** The run's summary with whatever looks like a secret masked. */
const summaryFor = (source: ReportSource, what: string) =>
  summaryOf({ ...source, detail: maskedDetail(source.detail) }, what);

async function writeTurns(source: ReportSource, sink: ReportSink, work: ReportWork): Promise<void> {
  const { turns: total } = await source.totals();
  sink.write(turnsCsvHeader());
  let written = 0;
  for await (const turns of source.turns()) {
    checkGivenUp(work);
    sink.write(turnsCsvLines(turns, source.detail.clock));
    work.progress((written += turns.length) / Math.max(1, total));
  }
}

async function writeRequests(source: ReportSource, sink: ReportSink, work: ReportWork): Promise<void> {
  const [{ requests: total }, about] = [await source.totals(), await source.aboutRequests()];
  sink.write(requestsCsvHeader());
  const of = { steps: about?.steps ?? [], clock: source.detail.clock };
  let written = 0;
  for await (const requests of source.requests()) {
    checkGivenUp(work);
    sink.write(requestsCsvLines(requests, of));
    work.progress((written += requests.length) / Math.max(1, total));
  }
}

const csv = 'text/csv;charset=utf-8';
const json = 'application/json';

export const reportWriters: Record<ReportKind, ReportWriter> = {
  html: single('.html', 'text/html;charset=utf-8', (source, sink, work) => writeHtml(source, sink, work)),
  locust_csv: {
    files: [
      { suffix: locustSuffixes.stats, mime: csv },
      { suffix: locustSuffixes.history, mime: csv },
      { suffix: locustSuffixes.failures, mime: csv },
      { suffix: locustSuffixes.exceptions, mime: csv },
    ],
    write: (source, [stats = nowhere, history = nowhere, failures = nowhere, exceptions = nowhere], work) =>
      writeLocust(source, { stats, history, failures, exceptions }, work),
  },
  turns_csv: single('_turns.csv', csv, writeTurns),
  requests_csv: single('_requests.csv', csv, writeRequests),
  summary: single('_summary.json', json, (source, sink) =>
    sink.write(summaryJson(summaryFor(source, 'The summary'), source.compared)),
  ),
  json: single('.json', json, writeJson),
  archive: single(archiveSuffix, 'application/zip', writeArchive),
  k6: single('_k6.json', json, async (source, sink) => {
    const summary = summaryFor(source, "k6's summary");
    sink.write(k6Summary(summary, await source.histograms(), await source.samples()));
  }),
  junit: single('_junit.xml', 'application/xml', (source, sink) =>
    sink.write(
      junitReport(
        summaryFor(source, 'The JUnit report'),
        source.compared == null ? [] : baselineCases(source.compared),
      ),
    ),
  ),
  markdown: single('.md', 'text/markdown;charset=utf-8', async (source, sink) =>
    sink.write(await markdownOf(source, summaryFor(source, 'The Markdown report'))),
  ),
};

const longestName = 60;

/** What the files of a run are called before their suffix: `insurance-inquiry_2026-11-21_10-00-00`. */
export function fileBase({ row }: RunDetail): string {
  const words = (row.name === '' ? row.scenario : row.name)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, longestName)
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
  const date = new Date(row.startedAt);
  const when = Number.isNaN(date.getTime())
    ? row.id
    : date.toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '-');
  return `${words === '' ? 'run' : words}_${when}`;
}
