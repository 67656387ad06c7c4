import type { Command } from 'commander';
import { packPurposes, type PackPurpose } from '#contract/api/packs';
import type { Perform } from '../perform.ts';
import { duration, oneOf, positive, repeated, whole, words } from '../values.ts';

export interface PackCommandOptions {
  out: string;
  for: PackPurpose;
  url?: string;
  users?: number;
  spawnRate?: number;
  duration?: number;
  engines?: number;
  maxTurns?: number;
  conversation?: string[];
  name?: string;
  json?: boolean;
}

const examples = `
Examples:
  $ crosstalk pack calls.yaml --out ./pack
  $ crosstalk pack calls.yaml --out pack.zip --for azure --url wss://agent.example.com/api/v1/media/stream
  $ crosstalk pack calls.yaml --out ./pack --users 200 --spawn-rate 5 --duration 15m --engines 4
  $ crosstalk pack calls.yaml --out ./pack --for locust && cd pack && locust --headless

A pack is one flat folder: locustfile.py, the clips, manifest.jsonl, pack.json, README.md and, for Azure Load Testing,
load-test.yaml. Missing clips are spoken first. It holds no secrets: what must be set where it runs is listed.
Only a pack that Crosstalk wrote itself, and that nobody has changed since, is overwritten. Ctrl-C leaves nothing behind.`;

/** `crosstalk pack SCENARIO.yaml --out DIR|FILE.zip` */
export function addPackCommand(program: Command, perform: Perform): void {
  program
    .command('pack')
    .description('write a scenario as a pack for Azure Load Testing or Locust')
    .argument('<scenario.yaml>', 'the scenario')
    .requiredOption('--out <dir|file.zip>', 'where it goes: a folder, or an archive', words)
    .option('--for <purpose>', `for what: ${packPurposes.join(' or ')}`, oneOf(packPurposes), 'azure')
    .option('--url <url>', "the agent's address; without it the scenario's own", words)
    .option('--users <n>', 'callers at once', whole(1, 100_000))
    .option('--spawn-rate <r>', 'callers started each second', positive)
    .option('--duration <time>', 'length of the run, like 15m', duration)
    .option('--engines <n>', "Azure's test engines (default: one for each 80 callers)", whole(1, 400))
    .option('--max-turns <n>', 'only the first turns of each conversation', whole(1, 10_000))
    .option('--conversation <name>', 'only this conversation; may be given again', repeated)
    .option('--name <name>', "what it is called; without it the scenario's name", words)
    .option('--json', 'print what was written as JSON')
    .addHelpText('after', examples)
    .action((scenario: string, options: PackCommandOptions) =>
      perform(async (context) => (await import('./pack.ts')).pack(scenario, options, context)),
    );
}
