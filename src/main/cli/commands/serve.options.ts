import type { Command } from 'commander';
import type { Perform } from '../perform.ts';
import { whole } from '../values.ts';

export interface ServeCommandOptions {
  port?: number;
  /** False with `--no-open`. */
  open: boolean;
}

const examples = `
Examples:
  $ crosstalk serve
  $ crosstalk serve --port 8090 --no-open        on a machine reached by ssh -L 8090:localhost:8090

The interface is reachable from this machine only. The printed URL works once; press Enter for a fresh one.`;

/** `crosstalk serve` */
export function addServeCommand(program: Command, perform: Perform): void {
  program
    .command('serve')
    .description('the interface in a browser, on this machine only')
    .option('--port <n>', 'the port (default: a free one)', whole(0, 65_535))
    .option('--no-open', 'do not open the browser')
    .addHelpText('after', examples)
    .action((options: ServeCommandOptions) =>
      perform(async (context) => (await import('./serve.ts')).serve(options, context)),
    );
}
