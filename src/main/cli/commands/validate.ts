/** `crosstalk validate`: what is wrong with files of scenarios and environments, without running them. */
import { basename, dirname, extname, resolve } from 'node:path';
import type { ScenarioProblem } from '#contract/api/scenarios';
import { checkEnvironment } from '../../environments/file.ts';
import { formatProblem, validateScenario } from '../../scenarios/index.ts';
import { readScenarioText } from '../../scenarios/source.ts';
import { workspaceCache } from '../application.ts';
import { printJson, type CliContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { printable } from '../terminal/text.ts';
import type { ValidateCommandOptions } from './validate.options.ts';

/** Environments lie in folders of this name, beside scenarios or in the workspace. */
function isEnvironment(file: string): boolean {
  return basename(dirname(resolve(file))) === 'environments';
}

async function ofEnvironment(file: string): Promise<ScenarioProblem[]> {
  const text = await readScenarioText(file);
  if (!text.ok) return [{ file, line: null, column: null, path: '', message: text.error.message }];
  return (await checkEnvironment(file, text.value, basename(file, extname(file)))).problems;
}

interface Found {
  problems: ScenarioProblem[];
  warnings: ScenarioProblem[];
}

async function foundIn(file: string, context: CliContext): Promise<Found> {
  if (isEnvironment(file)) return { problems: await ofEnvironment(file), warnings: [] };
  const checked = await validateScenario(file, { workspaceCache: workspaceCache(context) });
  if (checked.ok) return checked.value;
  const { message } = checked.error;
  return { problems: [{ file, line: null, column: null, path: '', message }], warnings: [] };
}

/** Lists every problem and warning of every file; ends with 2 when there is a problem. */
export async function validate(
  files: readonly string[],
  options: ValidateCommandOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const results: ({ file: string; valid: boolean } & Pick<Found, 'problems'> & Partial<Found>)[] = [];
  for (const file of files) {
    const { problems, warnings } = await foundIn(file, context);
    const more = warnings.length === 0 ? {} : { warnings };
    results.push({ file, valid: problems.length === 0, problems, ...more });
    if (options.json === true) continue;
    for (const problem of problems) terminal.out(`${printable(formatProblem(problem))}\n`);
    for (const warning of warnings) terminal.out(`Warning: ${printable(formatProblem(warning))}\n`);
    if (problems.length === 0) terminal.say(`${terminal.sayStyle.green('✓')} ${printable(file)} is valid.`);
  }
  if (options.json === true) printJson(terminal, results);
  return results.every((result) => result.valid) ? exitCodes.passed : exitCodes.usage;
}
