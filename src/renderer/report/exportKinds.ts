/** What a run can be handed on as, and what each is for. */
import type { ReportKind } from '#contract/api/reports';

export interface ExportKind {
  kind: ReportKind;
  name: string;
  /** How its files are called at the end. */
  files: string;
  about: string;
  /** The option of `crosstalk runs export` that writes the same. */
  option: string;
}

/** For people to read. */
export const readableExports: readonly ExportKind[] = [
  {
    kind: 'html',
    name: 'HTML report',
    files: '.html',
    about: 'One file with verdict, charts and tables. Opens anywhere without a network, and prints well.',
    option: '--html report.html',
  },
  {
    kind: 'markdown',
    name: 'Markdown',
    files: '.md',
    about: 'The result as a comment of a pull request, or the summary of a job.',
    option: '--markdown report.md',
  },
];

/** For programs to read. */
export const dataExports: readonly ExportKind[] = [
  {
    kind: 'locust_csv',
    name: 'Locust CSV',
    files: '_stats.csv, _stats_history.csv, _failures.csv, _exceptions.csv',
    about: 'Four files with exactly the headers Locust writes, for what reads those today.',
    option: '--csv run',
  },
  {
    kind: 'turns_csv',
    name: 'Every turn',
    files: '.csv',
    about: 'A line per turn with its moments and latencies, for a spreadsheet or a notebook.',
    option: '--turns turns.csv',
  },
  {
    kind: 'requests_csv',
    name: 'Every request',
    files: '.csv',
    about: 'A line per request of http and grpc users with its times, for a spreadsheet or a notebook.',
    option: '--requests requests.csv',
  },
  {
    kind: 'junit',
    name: 'JUnit XML',
    files: '.xml',
    about: 'A test case per threshold, for the test page of a CI.',
    option: '--junit junit.xml',
  },
  {
    kind: 'summary',
    name: 'Summary',
    files: '.json',
    about: 'Key figures, thresholds and verdict: what a script asks about first.',
    option: '--summary summary.json',
  },
  {
    kind: 'json',
    name: 'Full JSON',
    files: '.json',
    about: 'The summary with full histograms, every second, series and breakdowns.',
    option: '--json-file run.json',
  },
  {
    kind: 'k6',
    name: 'k6 summary',
    files: '.json',
    about: 'The shape of k6’s --summary-export, for what reads k6 today.',
    option: '--k6-summary k6.json',
  },
  {
    kind: 'archive',
    name: 'Crosstalk archive',
    files: '.crosstalk.zip',
    about: 'All there is of the run but its recordings: can be imported again on another machine.',
    option: '--archive run.crosstalk.zip',
  },
];
