import type { Command } from 'commander';
import type { Perform } from '../perform.ts';
import { words } from '../values.ts';

export interface CheckCommandOptions {
  env?: string;
  ignoreEnv?: boolean;
  json?: boolean;
}

const examples = `
Examples:
  $ crosstalk check wss://agent.example.com/api/v1/media/stream
  $ crosstalk check calls.yaml
  $ crosstalk check calls.yaml --env staging --json

Every step is timed; the first that fails is explained. Exits with 0 when all passed, otherwise with 99.`;

/** `crosstalk check SCENARIO.yaml|URL` */
export function addCheckCommand(program: Command, perform: Perform): void {
  program
    .command('check')
    .description('diagnose a target step by step, from its address to one full turn with audio')
    .argument('<scenario.yaml|url>', 'a scenario (each of its targets is checked) or the address of an agent')
    .option('--env <name>', "the environment in place of the scenario's", words)
    .option('--ignore-env', 'leave the environment variables of the original tool alone')
    .option('--json', 'print the steps as JSON')
    .addHelpText('after', examples)
    .action((target: string, options: CheckCommandOptions) =>
      perform(async (context) => (await import('./check.ts')).check(target, options, context)),
    );
}
