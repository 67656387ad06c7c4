import type { Command } from 'commander';
import type { Perform } from '../perform.ts';

/** The options of `environments …` as they were understood. */
export interface EnvironmentsCommandOptions {
  json?: boolean;
}

const checked = `
check asks its guard and looks at tokens and placeholders; no call is placed. It ends with 3 when the guard objects, with 2
when the file is not valid or a placeholder has no value.`;

const examples = `
Examples:
  $ crosstalk environments list
  $ crosstalk environments check staging
  $ crosstalk environments check staging --json

An environment is a file environments/NAME.yaml of the workspace: where calls go, with what headers and certificates.
${checked}`;

/** `crosstalk environments list|check NAME` */
export function addEnvironmentsCommand(program: Command, perform: Perform): void {
  const command = program
    .command('environments')
    .description('list environments, and ask whether one is ready')
    .addHelpText('after', examples);
  command
    .command('list')
    .description('the environments of the workspace')
    .option('--json', 'print them as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ crosstalk environments list\n  $ crosstalk environments list --json',
    )
    .action((options: EnvironmentsCommandOptions) =>
      perform(async (context) => (await import('./environments.ts')).listEnvironments(options, context)),
    );
  command
    .command('check')
    .description('ask the guard of one, and look at its tokens and placeholders')
    .argument('<name>', 'the environment')
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', `\nExamples:\n  $ crosstalk environments check staging\n${checked}`)
    .action((name: string, options: EnvironmentsCommandOptions) =>
      perform(async (context) =>
        (await import('./environments.ts')).checkEnvironment(name, options, context),
      ),
    );
}
