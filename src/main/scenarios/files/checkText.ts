/** What is wrong with a scenario as it stands in an editor, saved or not, and what its load asks for. */
import { basename, dirname, join, resolve } from 'node:path';
import type { LoadForecast, ScenarioProblem } from '#contract/api/scenarios';
import { fail, ok, type Result } from '#contract/errors';
import { ClipCache } from '../../audio/cache.ts';
import { forecastLoad } from '../forecast/forecast.ts';
import type { KnownMachine } from '../forecast/machine.ts';
import { bundledScenarios, isScenarioName } from '../library.ts';
import { runNeed } from '../need.ts';
import { cacheFolders } from '../prepare.ts';
import { largestScenarioBytes } from '../source.ts';
import { validateScenarioText } from '../validate.ts';

export interface CheckTextRequest {
  /** Where it is or will be; null: a new file of the workspace. */
  path: string | null;
  yaml: string;
  /** Aimed at this environment instead of the scenario's own. */
  environment?: string | undefined;
}

export interface CheckTextParts {
  /** Absolute folder of the workspace. */
  workspace: string;
  machine: () => Promise<KnownMachine>;
}

export interface CheckedText {
  problems: ScenarioProblem[];
  /** What is likely not meant. */
  warnings: ScenarioProblem[];
  forecast: LoadForecast | null;
}

/** What problems of a text without a file are said to be in. */
const unsaved = 'new scenario';

/** Checks a text. The forecast is null while its shape or rules are wrong. Error: `unknown_scenario` for a path outside the workspace. */
export async function checkText(
  { path, yaml, environment }: CheckTextRequest,
  { workspace, machine }: CheckTextParts,
): Promise<Result<CheckedText>> {
  const where = path ?? join(resolve(workspace), `${unsaved}.yaml`);
  const folder = dirname(where);
  const known = folder === resolve(workspace) || folder === bundledScenarios();
  if (!known || !isScenarioName(basename(where)))
    return fail('not_found', 'unknown_scenario', `${where} is not among the scenarios of the workspace.`);
  const shown = path ?? unsaved;
  if (Buffer.byteLength(yaml) > largestScenarioBytes) {
    const message = 'this has more than 1 MB, the most a scenario may have';
    const problem = { file: shown, line: null, column: null, path: '', message };
    return ok({ problems: [problem], warnings: [], forecast: null });
  }
  const workspaceCache = join(workspace, 'audio_cache');
  const checked = await validateScenarioText(where, yaml, { workspaceCache, workspace, environment });
  const named = (one: ScenarioProblem) => (one.file === where ? { ...one, file: shown } : one);
  const [problems, warnings] = [checked.problems.map(named), checked.warnings.map(named)];
  if (checked.file === null) return ok({ problems, warnings, forecast: null });
  const aimed =
    checked.environment === null ? checked.file : { ...checked.file, environment: checked.environment };
  const forecast = await forecastLoad(aimed, {
    folder,
    cache: new ClipCache(cacheFolders(aimed, folder, workspaceCache)),
    need: runNeed(aimed, null),
    machine: await machine(),
  });
  return ok({ problems, warnings, forecast });
}
