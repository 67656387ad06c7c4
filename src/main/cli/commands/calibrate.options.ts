import type { Command } from 'commander';
import type { Perform } from '../perform.ts';
import { whole } from '../values.ts';

export interface CalibrateCommandOptions {
  workers?: number;
  seconds?: number;
  json?: boolean;
}

const examples = `
Examples:
  $ crosstalk calibrate
  $ crosstalk calibrate --seconds 20 --json

More and more calls are made to the practice agent on this machine (it takes cores of its own, which a remote agent
would not) until frames leave late. The result is kept; a run that asks for more is announced as such, one that asks for
more than twice as much is refused. Close other programs first. Ctrl-C cancels and leaves the last result as it was.`;

/** `crosstalk calibrate` */
export function addCalibrateCommand(program: Command, perform: Perform): void {
  program
    .command('calibrate')
    .description('find out how many calls this machine carries (about two minutes)')
    .option('--workers <n>', 'threads of the load generator (default: half of the cores)', whole(1, 256))
    .option('--seconds <n>', 'how long each number of calls is measured (default: 8)', whole(2, 120))
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples)
    .action((options: CalibrateCommandOptions) =>
      perform(async (context) => (await import('./calibrate.ts')).calibrate(options, context)),
    );
}
