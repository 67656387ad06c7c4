import type { Command } from 'commander';
import { addPracticeOptions } from '../../practice/options.ts';
import type { Perform } from '../perform.ts';

const examples = `
Examples:
  $ crosstalk practice
  $ crosstalk practice --port 8765 --delay "lognormal 600ms 0.3" --fault drop=5%,code=1011 --log truth.jsonl
  $ crosstalk practice --sink                    accepts calls and answers nothing, to measure capacity
  $ crosstalk practice --profile live --service-fault error=2%,status=429 --service-fault stall=1s,every=20s

The first line on stdout is the address to call; the next two are those of its services over HTTP and gRPC. Ctrl-C ends it.`;

/** `crosstalk practice` */
export function addPracticeCommand(program: Command, perform: Perform): void {
  const command = program
    .command('practice')
    .description(
      'the practice agent: a voice agent on this machine with the services around it, to try things against',
    );
  addPracticeOptions(command)
    .option('--json', 'print the address as JSON')
    .addHelpText('after', examples)
    .action((options: Record<string, unknown>) =>
      perform(async (context) => (await import('./practice.ts')).practice(options, context)),
    );
}
