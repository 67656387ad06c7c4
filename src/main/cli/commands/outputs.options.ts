/** The options that write files of a run, the same while it is made and when it is exported. */
import type { Command } from 'commander';
import type { ReportKind } from '#contract/api/reports';
import { words } from '../values.ts';

/** Paths as they were given; `csv` is the beginning of four. */
export interface OutputPaths {
  html?: string;
  markdown?: string;
  junit?: string;
  summary?: string;
  jsonFile?: string;
  turns?: string;
  requests?: string;
  csv?: string;
  k6Summary?: string;
  archive?: string;
}

interface OutputOption {
  name: keyof OutputPaths;
  flag: string;
  argument: string;
  kind: ReportKind;
  about: string;
}

export const outputOptions: readonly OutputOption[] = [
  {
    name: 'html',
    flag: '--html',
    argument: '<file.html>',
    kind: 'html',
    about: 'write a report with charts, one file that needs no network',
  },
  {
    name: 'summary',
    flag: '--summary',
    argument: '<file.json>',
    kind: 'summary',
    about: 'write the summary',
  },
  {
    name: 'jsonFile',
    flag: '--json-file',
    argument: '<file.json>',
    kind: 'json',
    about: 'write the summary with full histograms, every second and breakdowns',
  },
  { name: 'turns', flag: '--turns', argument: '<file.csv>', kind: 'turns_csv', about: 'write every turn' },
  {
    name: 'requests',
    flag: '--requests',
    argument: '<file.csv>',
    kind: 'requests_csv',
    about: 'write every request of http and grpc users',
  },
  {
    name: 'csv',
    flag: '--csv',
    argument: '<prefix>',
    kind: 'locust_csv',
    about: "write Locust's four CSV files: PREFIX_stats.csv, _stats_history, _failures, _exceptions",
  },
  {
    name: 'k6Summary',
    flag: '--k6-summary',
    argument: '<file.json>',
    kind: 'k6',
    about: "write the summary in the shape of k6's --summary-export",
  },
  { name: 'junit', flag: '--junit', argument: '<file.xml>', kind: 'junit', about: 'write a JUnit report' },
  {
    name: 'markdown',
    flag: '--markdown',
    argument: '<file.md>',
    kind: 'markdown',
    about: 'write a Markdown report',
  },
  {
    name: 'archive',
    flag: '--archive',
    argument: '<file.crosstalk.zip>',
    kind: 'archive',
    about: 'write all there is of the run, to be imported again elsewhere',
  },
];

/** Adds them to a command. */
export function addOutputOptions(command: Command): Command {
  for (const { flag, argument, about } of outputOptions) command.option(`${flag} ${argument}`, about, words);
  return command;
}

/** Whether any of them was given. */
export function asksForOutput(paths: OutputPaths): boolean {
  return outputOptions.some(({ name }) => paths[name] !== undefined);
}
