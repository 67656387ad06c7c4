import { dirname, resolve } from 'node:path';
import type { ScenarioProblem } from '#contract/api/scenarios';
import { ok, type Result } from '#contract/errors';
import type { ScenarioFile } from '#contract/scenario/file';
import { valueAt } from '#contract/scenario/shape';
import { ClipCache } from '../audio/cache.ts';
import { checkScenario, placeProblem } from './check.ts';
import { cacheFolders } from './prepare.ts';
import { parseScenarioText, readScenarioText, valueOf } from './source.ts';
import { gatherSpeech } from './speech.ts';
import { targetProblems } from './targets.ts';

/** `file` is null when its shape or rules are wrong; problems of its clips leave it readable. */
export interface ValidatedScenario {
  file: ScenarioFile | null;
  problems: ScenarioProblem[];
}

export interface ValidateOptions {
  /** Folder of the workspace's clips, searched like the scenario's own. */
  workspaceCache?: string | null;
  /** `contents` reads every clip; `shape` looks at the file alone (for lists). */
  depth?: 'contents' | 'shape';
}

/** Checks a scenario file with everything it refers to; nothing is spoken or started. An error only when it cannot be read. */
export async function validateScenario(
  path: string,
  options: ValidateOptions = {},
): Promise<Result<ValidatedScenario>> {
  const text = await readScenarioText(path);
  return text.ok ? ok(await validateScenarioText(path, text.value, options)) : text;
}

/** The same for a text that is, or will be, at `path`. */
export async function validateScenarioText(
  path: string,
  text: string,
  options: ValidateOptions = {},
): Promise<ValidatedScenario> {
  const parsed = parseScenarioText(path, text);
  if ('problems' in parsed) return { file: null, problems: parsed.problems };
  const { source } = parsed;
  const checked = checkScenario(source);
  if ('problems' in checked) return { file: null, problems: checked.problems };
  const { file } = checked;
  if (options.depth === 'shape') return { file, problems: [] };
  const folder = dirname(resolve(path));
  const read = valueOf(source);
  const written = valueAt('value' in read ? read.value : undefined, ['environment']);
  const cache = new ClipCache(cacheFolders(file, folder, options.workspaceCache ?? null));
  const speech = await gatherSpeech(file, { folder, cache, speak: null });
  const found = [...(await targetProblems(file, written, folder)), ...speech.problems];
  return { file, problems: found.map((problem) => placeProblem(source, problem)) };
}
