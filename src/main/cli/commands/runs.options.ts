import type { Command } from 'commander';
import { addLaterCommand } from '../later.ts';
import type { Perform } from '../perform.ts';
import { whole } from '../values.ts';

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
    .command('delete')
    .description('remove a run and everything kept of it')
    .argument('<run>', 'its id or the beginning of it')
    .addHelpText('after', deleteExamples)
    .action((run: string) => perform(async (context) => (await import('./runs.ts')).deleteRun(run, context)));
  for (const name of ['compare', 'import']) addLaterCommand(runs, name, perform);
}
