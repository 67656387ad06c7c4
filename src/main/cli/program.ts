/** The commands and their options, and how a command line becomes an exit code. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { z } from 'zod';
import { CrosstalkError } from '#contract/errors';
import { bundled } from '../entries.ts';
import { addAudioCommand } from './commands/audio.options.ts';
import { addCalibrateCommand } from './commands/calibrate.options.ts';
import { addCheckCommand } from './commands/check.options.ts';
import { addEnvironmentsCommand } from './commands/environments.options.ts';
import { addPackCommand } from './commands/pack.options.ts';
import { addPracticeCommand } from './commands/practice.options.ts';
import { addRunCommand } from './commands/run.options.ts';
import { addRunsCommand } from './commands/runs.options.ts';
import { addScenarioCommand } from './commands/scenario.options.ts';
import { addServeCommand } from './commands/serve.options.ts';
import { addValidateCommand } from './commands/validate.options.ts';
import { sayError, type CliContext, type CommandAction } from './context.ts';
import { exitCodes } from './exit.ts';
import type { Perform } from './perform.ts';
import { describeBug } from './unexpected.ts';

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(bundled('package.json'), 'utf8'));
  return z.object({ version: z.string() }).parse(manifest).version;
}

const overview = `
Examples:
  $ crosstalk run resources/scenarios/practice.yaml      a first run against the built-in agent; needs no configuration
  $ crosstalk check wss://agent.example.com/api/v1/media/stream
  $ crosstalk run calls.yaml --users 50 --duration 5m --junit report.xml
  $ crosstalk runs show latest
  $ crosstalk audio generate calls.yaml
  $ crosstalk scenario new smoke                         a scenario of your own, from a preset

Exit codes:
  0 passed · 99 the verdict is fail · 98 the numbers cannot be trusted · 2 bad usage or an invalid file
  3 refused: by the guard, for lack of the name of a production environment, or because it does not fit onto this machine
  130 aborted by a second Ctrl-C · 1 anything else

CROSSTALK_HOME moves the workspace and the history to another folder.`;

/** All commands. What a command line asks for is handed to `perform`, not done yet. */
export function createProgram(context: CliContext, perform: Perform): Command {
  const { terminal } = context;
  const program = new Command('crosstalk')
    .description('Places many calls to a real-time voice agent and measures how it answers.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', overview)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.say(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, `${terminal.sayStyle.red('Error:')} `)),
    });
  addRunCommand(program, perform);
  addCheckCommand(program, perform);
  addValidateCommand(program, perform);
  addPracticeCommand(program, perform);
  addCalibrateCommand(program, perform);
  addServeCommand(program, perform);
  addRunsCommand(program, perform);
  addAudioCommand(program, perform);
  addPackCommand(program, perform);
  addEnvironmentsCommand(program, perform);
  addScenarioCommand(program, perform);
  return program;
}

/** Understands a command line (without the program's name), does what it asks for and gives the process's exit code. */
export async function runCli(argv: readonly string[], context: CliContext): Promise<number> {
  const asked: CommandAction[] = [];
  try {
    await createProgram(context, (action) => asked.push(action)).parseAsync(argv, { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CrosstalkError && thrown.error.kind === 'invalid_input')
      return sayError(context.terminal, thrown.error);
    if (!(thrown instanceof CommanderError)) return bug(thrown, argv, context);
    return thrown.exitCode === 0 ? exitCodes.passed : exitCodes.usage;
  }
  try {
    let code: number = exitCodes.passed;
    for (const action of asked) code = await action(context);
    return code;
  } catch (thrown) {
    context.terminal.show([]);
    if (thrown instanceof CrosstalkError && thrown.error.kind !== 'internal')
      return sayError(context.terminal, thrown.error);
    return bug(thrown instanceof CrosstalkError ? thrown.error : thrown, argv, context);
  }
}

function bug(thrown: unknown, argv: readonly string[], context: CliContext): number {
  context.terminal.say(
    `${context.terminal.sayStyle.red('Error:')} ${describeBug(thrown, argv, context.env)}`,
  );
  return exitCodes.unexpected;
}
