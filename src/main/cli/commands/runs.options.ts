import type { Command } from 'commander';
import { metricNames, statistics } from '#contract/metrics';
import type { Perform } from '../perform.ts';
import { addOutputOptions, type OutputPaths } from './outputs.options.ts';
import { days, oneOf, repeated, whole, words } from '../values.ts';
import type { RunsEditOptions, RunsPruneOptions } from './runs.keep.ts';
import type { RunsImportOptions } from './runs.import.ts';
import type { RunsCompareOptions, RunsTrendOptions } from './runs.compare.ts';

export interface RunsListOptions {
  limit: number;
  json?: boolean;
}
export interface RunsShowOptions {
  json?: boolean;
}

const moreExamples = `
  $ crosstalk runs edit 01k4 --baseline
  $ crosstalk runs compare 01k4 latest
  $ crosstalk runs import calls_stats.csv calls_stats_history.csv
  $ crosstalk runs prune --older-than 30d --dry-run`;

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
  $ crosstalk runs export latest --html report.html --turns turns.csv
  $ crosstalk runs export 01k4 --csv calls
  $ crosstalk runs export 01k4 --archive calls.crosstalk.zip     crosstalk runs import takes it in elsewhere`;

const compareExamples = `
Examples:
  $ crosstalk runs compare 01k4 latest
  $ crosstalk runs compare 01k4 01k5 latest --markdown comparison.md
  $ crosstalk runs compare latest --periods cold,warm     stretches of one run: its scenario names them under "periods"
  $ crosstalk runs compare latest --periods               all of them, beside the first

The first is the baseline. A run has regressed when a headline metric (ttfa p95, barge_in p95, turn_success,
connection_success; request p95 and request_success where requests are made) is worse by more than noise (95 %) and by enough to matter; see docs/comparing.md.`;

const trendExamples = `
Examples:
  $ crosstalk runs trend "Insurance inquiry"
  $ crosstalk runs trend "Insurance inquiry" --env staging --metric barge_in --stat p50 --last 50`;

const importExamples = `
Examples:
  $ crosstalk runs import calls_stats.csv calls_stats_history.csv calls_failures.csv calls_exceptions.csv
  $ crosstalk runs import results.zip --scenario "Insurance inquiry" --env staging
  $ crosstalk runs import points.json.gz --json

What the files do not contain is said on stderr; see docs/importing-results.md.`;

const deleteExamples = `
Examples:
  $ crosstalk runs delete 01k4`;

const restoreExamples = `
Examples:
  $ crosstalk runs restore 20261121-083012-7f3a`;

const editExamples = `
Examples:
  $ crosstalk runs edit latest --name "After the upgrade" --tag gpu --star
  $ crosstalk runs edit 01k4 --baseline`;

const pruneExamples = `
Examples:
  $ crosstalk runs prune --older-than 30d --keep 100 --dry-run
  $ crosstalk runs prune --keep 500 --yes

With both --older-than and --keep a run goes only when it is older and not among the newest.`;

const backupExamples = `
Examples:
  $ crosstalk runs backup
  $ crosstalk runs backup /mnt/backups/crosstalk.db`;

/** `crosstalk runs list|show|export|delete` */
export function addRunsCommand(program: Command, perform: Perform): void {
  const runs = program
    .command('runs')
    .description('the runs kept on this machine')
    .addHelpText('after', listExamples + showExamples.replace('\nExamples:', '') + moreExamples);
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
  addOutputOptions(
    runs
      .command('export')
      .description('write what a run kept to files')
      .argument('<run>', 'its id, the beginning of it, or "latest"'),
  )
    .addHelpText('after', exportExamples)
    .action((run: string, options: OutputPaths) =>
      perform(async (context) => (await import('./runs.export.ts')).exportRun(run, options, context)),
    );
  runs
    .command('compare')
    .description('put runs, or periods of one, side by side; a regression exits with 99')
    .argument('<run...>', 'the baseline first, then the others: ids, their beginnings, or "latest"')
    .option(
      '--periods [names]',
      'the periods of one run instead, the first the baseline, like cold,warm; all of them',
    )
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
    .command('edit')
    .description('rename a run, star it, write a note or tags, make it the baseline')
    .argument('<run>', 'its id, the beginning of it, or "latest"')
    .option('--name <text>', 'its name', words)
    .option('--note <text>', 'a note, instead of the one it has; "" removes it')
    .option('--tag <text>', 'a further tag; may be given again', repeated)
    .option('--untag <text>', 'takes a tag off; may be given again', repeated)
    .option('--star', 'star it: it is never pruned')
    .option('--unstar', 'take its star off')
    .option('--baseline', 'make it the baseline of its scenario and environment')
    .option('--no-baseline', 'it is no baseline any more')
    .addHelpText('after', editExamples)
    .action((run: string, options: RunsEditOptions) =>
      perform(async (context) => (await import('./runs.keep.ts')).editRun(run, options, context)),
    );
  runs
    .command('delete')
    .description('remove a run; within a week it can be restored')
    .argument('<run>', 'its id or the beginning of it')
    .addHelpText('after', deleteExamples)
    .action((run: string) =>
      perform(async (context) => (await import('./runs.keep.ts')).deleteRun(run, context)),
    );
  runs
    .command('restore')
    .description('bring a deleted run back')
    .argument('<run>', 'its whole id')
    .addHelpText('after', restoreExamples)
    .action((run: string) =>
      perform(async (context) => (await import('./runs.keep.ts')).restoreRun(run, context)),
    );
  runs
    .command('prune')
    .description('remove old runs for good, with their recordings; starred ones and baselines stay')
    .option('--older-than <age>', 'those that began before so many days or weeks (30d, 4w)', days)
    .option('--keep <n>', 'but never the newest so many', whole(1, 100_000))
    .option('--dry-run', 'only show what would go')
    .option('--yes', 'remove without asking')
    .option('--json', 'print what goes as JSON')
    .addHelpText('after', pruneExamples)
    .action((options: RunsPruneOptions) =>
      perform(async (context) => (await import('./runs.keep.ts')).prune(options, context)),
    );
  runs
    .command('backup')
    .description('copy the history into a file, also while a run goes on')
    .argument('[file]', 'a file that is not there yet, or a folder; otherwise beside the history')
    .addHelpText('after', backupExamples)
    .action((file: string | undefined) =>
      perform(async (context) => (await import('./runs.keep.ts')).backupRuns(file, context)),
    );
  runs
    .command('import')
    .description(
      'take results of Locust, Azure Load Testing, JMeter or k6, or an export of Crosstalk, into the history',
    )
    .argument('<file...>', 'the files of one run')
    .option('--name <text>', 'what the run is called', words)
    .option('--scenario <name>', 'the scenario it counts to', words)
    .option('--env <name>', 'the environment it counts to', words)
    .option('--json', 'print the run, and what the files do not contain, as JSON')
    .addHelpText('after', importExamples)
    .action((files: string[], options: RunsImportOptions) =>
      perform(async (context) => (await import('./runs.import.ts')).importRuns(files, options, context)),
    );
}
