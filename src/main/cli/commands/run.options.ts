import type { Command } from 'commander';
import { refusals, type Refusal } from '#contract/machine';
import type { Perform } from '../perform.ts';
import { addOutputOptions, type OutputPaths } from './outputs.options.ts';
import { duration, forced, positive, repeated, setting, share, targetUrl, whole, words } from '../values.ts';

/** The options of `run` as they were understood. */
export interface RunCommandOptions extends OutputPaths {
  env?: string;
  url?: Record<string, string>;
  users?: number;
  spawnRate?: number;
  duration?: number;
  set?: string[];
  seed?: number;
  workers?: number;
  /** Share of calls that are recorded, 0–1. */
  record?: number;
  once?: boolean;
  /** What is watched beside what the environment says. */
  watch?: string[];
  /** `URL` or `FORMAT=URL`; holds a secret. */
  webhook?: string;
  ignoreEnv?: boolean;
  force?: Refusal[];
  /** The name of a production environment. */
  confirm?: string;
  name?: string;
  tag?: string[];
  /** The run or the file that it is compared with. */
  baseline?: string;
  /** False with `--no-history`. */
  history: boolean;
  quiet?: boolean;
  json?: boolean;
}

const examples = `
Examples:
  $ crosstalk run calls.yaml
  $ crosstalk run calls.yaml --url wss://staging.example.com/api/v1/media/stream --users 20 --spawn-rate 5 --duration 2m
  $ crosstalk run calls.yaml --set users[0].turns_per_call=2 --set 'thresholds[0].target=1500ms'
  $ crosstalk run calls.yaml --env staging --once
  $ crosstalk run calls.yaml --env production --users 200 --confirm production
  $ crosstalk run calls.yaml --record 10%
  $ crosstalk run calls.yaml --watch process=python --watch 'http://127.0.0.1:9090/metrics#process_resident_memory_bytes'
  $ crosstalk run calls.yaml --baseline baseline --junit junit.xml
  $ crosstalk run calls.yaml --html report.html --csv calls --archive calls.crosstalk.zip
  $ crosstalk run calls.yaml --no-history --quiet --json > summary.json

Flags outweigh --set, which outweighs the environment variables of the original tool (WS_URL, TURNS_PER_USER …), which
outweigh the file. What was applied is named and kept with the run. Ctrl-C stops gracefully, a second one aborts.
At a terminal keys change the users while it runs: w +1, W +10, s −1, S −10, p gives them back to the load profile.
Recorded calls are WAV files, the caller left and the agent right as it was heard, with a log of every message: about 4 MB a minute each; runs show says where.
Files are opened before the run begins; docs/exports.md says what is in each. Within GitHub Actions what failed becomes annotations, and the result the job's summary.
--env names a file environments/NAME.yaml beside the scenario, or in the workspace; practice is the built-in agent.
A run is refused with exit code 3 when it does not fit onto this machine, or when the guard of its environment does not say what it must;
--force limits, --force calibration or --force guard runs it all the same. Many calls against production need --confirm NAME.`;

/** `crosstalk run SCENARIO.yaml` */
export function addRunCommand(program: Command, perform: Perform): void {
  const command = program
    .command('run')
    .description('run a scenario here and exit by its verdict')
    .argument('<scenario.yaml>', 'the scenario file')
    .option('--env <name>', 'the environment to aim at', words)
    .option(
      '--url <url>',
      "where to call: a URL, or NAME=URL for one of the environment's targets (repeatable)",
      targetUrl,
    )
    .option('--users <n>', 'how many callers at once', whole(1, 100_000))
    .option('--spawn-rate <r>', 'callers started per second', positive)
    .option('--duration <time>', 'how long, like 30s or 5m', duration)
    .option('--set <path=value>', 'any value of the scenario by its path, read as YAML (repeatable)', setting)
    .option(
      '--once',
      'one call of every kind of caller, recorded, instead of the load; thresholds are not judged',
    )
    .option('--seed <n>', 'drives every random choice', whole(0, 2 ** 32 - 1))
    .option('--workers <n>', 'threads of the load generator (default: by cores)', whole(1, 256))
    .option('--record <share>', 'keep audio and messages of a share of the calls, like 10% or 0.1', share)
    .option(
      '--watch <what>',
      'sample it with the run: process=NAME, port=N, pid=N, or URL#series,series of a Prometheus endpoint (repeatable)',
      repeated,
    )
    .option(
      '--webhook <url>',
      'tell the end of the run there: URL, or json=URL, teams=URL, slack=URL (else CROSSTALK_WEBHOOK)',
      words,
    )
    .option('--ignore-env', 'leave the environment variables of the original tool alone')
    .option('--force <what>', `run in spite of that refusal: ${refusals.join(', ')} (repeatable)`, forced)
    .option(
      '--confirm <name>',
      'the name of the environment, where it is production and many calls are placed',
      words,
    )
    .option('--name <text>', 'a name for the run', words)
    .option('--tag <text>', 'a tag for the run (repeatable)', repeated)
    .option(
      '--baseline <run|file>',
      'compare with a run (its id, "latest", or "baseline": the marked one) or a file; a regression fails',
      words,
    )
    .option('--no-history', 'do not keep the run')
    .option('--quiet', 'no progress, only the result')
    .option('--json', 'print the summary as JSON instead of the result')
    .addHelpText('after', examples)
    .action((scenario: string, options: RunCommandOptions) =>
      perform(async (context) => (await import('./run.ts')).run(scenario, options, context)),
    );
  addOutputOptions(command);
}
