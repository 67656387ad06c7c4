import type { Command } from 'commander';
import { metricNames, statistics } from '#contract/metrics';
import { addLaterCommand } from '../later.ts';
import type { Perform } from '../perform.ts';
import { oneOf, whole, words } from '../values.ts';
import type { RunsCompareOptions, RunsTrendOptions } from './runs.compare.ts';

export interface RunsListOptions {
  limit: number;
  json?: boolean;
}
export interface RunsShowOptions {
  json?: boolean;
}
export interface RunsExportOptions {
  turns: string;
}

const listExamples = `
Examples:
  $ crosstalk runs list
  $ crosstalk runs list --limit 5 --json`;

const showExamples = `
Examples:
  $ crosstalk runs show latest
  $ crosstalk runs show 01k4 --json        a part of the id is enough when only one run begins with it`;

const exportExamples = `
Examples:
  $ crosstalk runs export latest --turns turns.csv`;

const compareExamples = `
Examples:
  $ crosstalk runs compare 01k4 latest
  $ crosstalk runs compare 01k4 01k5 latest --markdown comparison.md

The first is the baseline. A run has regressed when a headline metric (ttfa p95, barge_in p95, turn_success,
connection_success) is worse by more than noise (95 %) and by enough to matter; see docs/comparing.md.`;

const trendExamples = `
Examples:
  $ crosstalk runs trend "Insurance inquiry"
  $ crosstalk runs trend "Insurance inquiry" --env staging --metric barge_in --stat p50 --last 50`;

const deleteExamples = `
Examples:
  $ crosstalk runs delete 01k4`;

/** `crosstalk runs list|show|export|delete` */
export function addRunsCommand(program: Command, perform: Perform): void {
  const runs = program
    .command('runs')
    .description('the runs kept on this machine')
    .addHelpText('after', listExamples + showExamples.replace('\nExamples:', ''));
  runs
    .command('list')
    .description('the newest runs')
    .option('--limit <n>', 'at most this many', whole(1, 10_000), 20)
    .option('--json', 'print them as JSON')
    .addHelpText('after', listExamples)
    .action((options: RunsListOptions) =>
      perform(async (context) => (await import('./runs.ts')).listRuns(options, context)),
    );
  runs
    .command('show')
    .description('the result of one run')
    .argument('<run>', 'its id, the beginning of it, or "latest"')
    .option('--json', 'print everything about it as JSON')
    .addHelpText('after', showExamples)
    .action((run: string, options: RunsShowOptions) =>
      perform(async (context) => (await import('./runs.ts')).showRun(run, options, context)),
    );
  runs
    .command('export')
    .description('write what a run kept to a file')
    .argument('<run>', 'its id, the beginning of it, or "latest"')
    .requiredOption('--turns <file.csv>', 'every turn')
    .addHelpText('after', exportExamples)
    .action((run: string, options: RunsExportOptions) =>
      perform(async (context) => (await import('./runs.ts')).exportRun(run, options, context)),
    );
  runs
    .command('compare')
    .description('put runs side by side; a regression exits with 99')
    .argument('<run...>', 'the baseline first, then the others: ids, their beginnings, or "latest"')
    .option('--json', 'print the comparison as JSON')
    .option('--markdown <file.md>', 'write it as Markdown')
    .addHelpText('after', compareExamples)
    .action((ids: string[], options: RunsCompareOptions) =>
      perform(async (context) => (await import('./runs.compare.ts')).compareKept(ids, options, context)),
    );
  runs
    .command('trend')
    .description('one metric over the last runs of a scenario')
    .argument('<scenario>', "the scenario's name")
    .option('--env <name>', 'only against this environment', words)
    .option('--metric <name>', 'which metric', oneOf(metricNames), 'ttfa')
    .option('--stat <name>', 'which statistic of a latency', oneOf(statistics), 'p95')
    .option('--last <n>', 'at most so many runs of each environment', whole(2, 500), 20)
    .option('--json', 'print it as JSON')
    .addHelpText('after', trendExamples)
    .action((scenario: string, options: RunsTrendOptions) =>
      perform(async (context) => (await import('./runs.compare.ts')).showTrend(scenario, options, context)),
    );
  runs
    .command('delete')
    .description('remove a run and everything kept of it')
    .argument('<run>', 'its id or the beginning of it')
    .addHelpText('after', deleteExamples)
    .action((run: string) => perform(async (context) => (await import('./runs.ts')).deleteRun(run, context)));
  for (const name of ['import']) addLaterCommand(runs, name, perform);
}
