/** `crosstalk environments`: what can be aimed at, and whether it is ready. */
import { entryOf, probeEnvironment } from '../../environments/handlers.ts';
import { createEnvironmentLibrary } from '../../environments/library.ts';
import type { ValueSources } from '../../environments/values.ts';
import { formatProblem } from '../../scenarios/index.ts';
import { workspaceFolder } from '../application.ts';
import { printJson, type CliContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { must } from '../must.ts';
import { keptSecrets } from '../secrets.ts';
import { printable } from '../terminal/text.ts';
import type { EnvironmentsCommandOptions } from './environments.options.ts';

function sourcesOf(context: CliContext): ValueSources {
  return { env: context.env, secrets: keptSecrets(context) };
}

/** Lists them; ends with 0 whatever is wrong with one. */
export async function listEnvironments(
  options: EnvironmentsCommandOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const workspace = workspaceFolder(context);
  const library = createEnvironmentLibrary({ workspace: () => workspace, onChange: () => undefined });
  const sources = sourcesOf(context);
  const entries = (await library.list()).map((found) => entryOf(found, sources));
  if (options.json === true) {
    printJson(terminal, entries);
    return exitCodes.passed;
  }
  if (entries.length === 0) terminal.say('There are no environments in the workspace yet.');
  for (const { name, targets, production, guarded, unverified, missing, problems } of entries) {
    const marks = [
      production === null ? '' : 'production',
      guarded ? 'guarded' : '',
      unverified ? 'certificate not verified' : '',
      missing.length === 0 ? '' : `missing ${missing.join(', ')}`,
    ].filter((mark) => mark !== '');
    const where = targets.map((target) => (targets.length > 1 ? `${target.name}=${target.url}` : target.url));
    terminal.out(
      printable([terminal.style.bold(name), ...where, ...marks.map((mark) => `· ${mark}`)].join('  ')) + '\n',
    );
    for (const problem of problems) terminal.out(`  ${printable(formatProblem(problem))}\n`);
  }
  return exitCodes.passed;
}

/** Asks the guard and says what else is to be known. */
export async function checkEnvironment(
  name: string,
  options: EnvironmentsCommandOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const probed = must(await probeEnvironment(name, workspaceFolder(context), sourcesOf(context)));
  const { guard, tokens, missing, warnings } = probed;
  const ends =
    guard?.passed === false ? exitCodes.refused : missing.length > 0 ? exitCodes.usage : exitCodes.passed;
  if (options.json === true) {
    printJson(terminal, { name, ...probed });
    return ends;
  }
  const line = (good: boolean, text: string) =>
    terminal.out(`${good ? terminal.style.green('✓') : terminal.style.red('✗')} ${printable(text)}\n`);
  if (guard === null) terminal.out('It has no guard.\n');
  else line(guard.passed, `Guard (${Math.round(guard.ms)} ms): ${guard.message}`);
  for (const { where, expiresAt, expired } of tokens)
    line(!expired, `The token of ${where} ${expired ? 'expired' : 'expires'} at ${expiresAt}.`);
  for (const placeholder of missing) line(false, `${placeholder} has no value on this machine.`);
  for (const warning of warnings) terminal.say(`${terminal.sayStyle.yellow('Note:')} ${printable(warning)}`);
  return ends;
}
