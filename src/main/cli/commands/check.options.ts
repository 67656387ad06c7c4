import type { Command } from 'commander';
import type { Perform } from '../perform.ts';
import { words } from '../values.ts';

export interface CheckCommandOptions {
  env?: string;
  ignoreEnv?: boolean;
  verbose?: boolean;
  log?: string;
  json?: boolean;
}

const examples = `
Examples:
  $ crosstalk check wss://agent.example.com/api/v1/media/stream
  $ crosstalk check calls.yaml --verbose
  $ crosstalk check calls.yaml --env staging --json
  $ crosstalk check --env staging --log frames.jsonl

Every step is timed; the first that fails is explained. Exits with 0 when all passed, otherwise with 99.
An agent that cannot be interrupted fails the check only of a scenario that interrupts.`;

/** `crosstalk check SCENARIO.yaml|URL` */
export function addCheckCommand(program: Command, perform: Perform): void {
  program
    .command('check')
    .description('diagnose a target step by step, from its address to an interrupted answer')
    .argument(
      '[scenario.yaml|url]',
      'a scenario (each of its targets is checked) or the address of an agent; may be left out with --env',
    )
    .option('--env <name>', "the environment in place of the scenario's, or by itself", words)
    .option('--ignore-env', 'leave the environment variables of the original tool alone')
    .option('--verbose', 'print everything that was found: addresses, certificates, headers, latencies')
    .option('--log <file.jsonl>', 'write every frame of the calls, one JSON line each', words)
    .option('--json', 'print the steps as JSON')
    .addHelpText('after', examples)
    .action((target: string | undefined, options: CheckCommandOptions) =>
      perform(async (context) => (await import('./check.ts')).check(target, options, context)),
    );
}
