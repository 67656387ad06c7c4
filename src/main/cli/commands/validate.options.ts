import type { Command } from 'commander';
import type { Perform } from '../perform.ts';

export interface ValidateCommandOptions {
  json?: boolean;
}

const examples = `
Examples:
  $ crosstalk validate calls.yaml
  $ crosstalk validate scenarios/*.yaml --json
  $ crosstalk validate environments/*.yaml          files in a folder of this name are environments

Every problem is one line: file:line:column: message. Exits with 2 when there is any.`;

/** `crosstalk validate SCENARIO.yaml …` */
export function addValidateCommand(program: Command, perform: Perform): void {
  program
    .command('validate')
    .description('check files of scenarios and environments without running them')
    .argument('<scenario.yaml...>', 'scenario files, or environments in a folder of that name')
    .option('--json', 'print the problems as JSON')
    .addHelpText('after', examples)
    .action((files: string[], options: ValidateCommandOptions) =>
      perform(async (context) => (await import('./validate.ts')).validate(files, options, context)),
    );
}
