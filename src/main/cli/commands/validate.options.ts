import type { Command } from 'commander';
import type { Perform } from '../perform.ts';

export interface ValidateCommandOptions {
  json?: boolean;
}

const examples = `
Examples:
  $ crosstalk validate calls.yaml
  $ crosstalk validate scenarios/*.yaml --json

Every problem is one line: file:line:column: message. Exits with 2 when there is any.`;

/** `crosstalk validate SCENARIO.yaml …` */
export function addValidateCommand(program: Command, perform: Perform): void {
  program
    .command('validate')
    .description('check scenario files without running them')
    .argument('<scenario.yaml...>', 'scenario files')
    .option('--json', 'print the problems as JSON')
    .addHelpText('after', examples)
    .action((files: string[], options: ValidateCommandOptions) =>
      perform(async (context) => (await import('./validate.ts')).validate(files, options, context)),
    );
}
