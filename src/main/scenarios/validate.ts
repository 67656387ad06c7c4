import { dirname, resolve } from 'node:path';
import type { ScenarioProblem } from '#contract/api/scenarios';
import { ok, type Result } from '#contract/errors';
import type { ValueProblem } from '#contract/scenario/explain';
import type { Environment, ScenarioFile } from '#contract/scenario/file';
import { scenarioWarnings } from '#contract/scenario/rules';
import { valueAt } from '#contract/scenario/shape';
import { ClipCache } from '../audio/cache.ts';
import { checkScenario, inOrder, placeProblem } from './check.ts';
import { latencyProblems } from './latency.ts';
import { NamedEnvironment } from './namedEnvironment.ts';
import { cacheFolders } from './prepare.ts';
import { parseScenarioText, readScenarioText, valueOf, type ScenarioSource } from './source.ts';
import { gatherRequests } from './requests/contents.ts';
import { gatherSpeech } from './speech.ts';
import { targetProblems } from './targets.ts';

/** `file` is null when its shape or rules are wrong; problems of its clips and its environment leave it readable. */
export interface ValidatedScenario {
  /** Its environment as it is written: a name stays one. */
  file: ScenarioFile | null;
  /** What the environment says, named or in place; null: the practice agent, or one that cannot be used. */
  environment: Environment | null;
  problems: ScenarioProblem[];
  /** It can run in spite of these; empty while its shape or rules are wrong. */
  warnings: ScenarioProblem[];
}

export interface ValidateOptions {
  /** Folder of the workspace's clips, searched like the scenario's own. */
  workspaceCache?: string | null;
  /** Folder whose environments may be named; left out: the one around `workspaceCache`. */
  workspace?: string | null;
  /** Aimed at this one instead of the scenario's own. */
  environment?: string | undefined;
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
  if ('problems' in parsed) return { file: null, environment: null, problems: parsed.problems, warnings: [] };
  const { source } = parsed;
  const folder = dirname(resolve(path));
  const cacheFolder = options.workspaceCache ?? null;
  const workspace = options.workspace ?? (cacheFolder === null ? null : dirname(cacheFolder));
  if (options.environment !== undefined) source.document.set('environment', options.environment);
  const written = valueAt(plain(source), ['environment']);
  const places = new NamedEnvironment(source, { scenarioFolder: folder, workspace });
  await places.place();
  const named = places.current;
  const unknown = places.problem;
  const ofName = unknown === null ? [] : Array.isArray(unknown) ? unknown : [placeProblem(source, unknown)];
  const checked = checkScenario(source, { named });
  if ('problems' in checked)
    return { file: null, environment: null, problems: [...ofName, ...checked.problems], warnings: [] };
  const file = typeof written === 'string' ? { ...checked.file, environment: written.trim() } : checked.file;
  const inPlace = checked.file.environment;
  const environment = typeof inPlace === 'string' ? null : inPlace;
  if (options.depth === 'shape') return { file, environment, problems: ofName, warnings: [] };
  const cache = new ClipCache(cacheFolders(file, folder, cacheFolder));
  const from = { folder, cache, speak: null };
  const speech = await gatherSpeech(file, from);
  const requests = await gatherRequests(file, { ...from, looking: true });
  const found = [
    ...(await targetProblems(checked.file, valueAt(plain(source), ['environment']), named?.folder ?? folder)),
    // Which thresholds count is not known of an environment that was not found.
    ...(ofName.length > 0 ? [] : latencyProblems(checked.file)),
    ...speech.problems,
    ...requests.problems,
  ];
  const placed = (problem: ValueProblem) => placeProblem(source, problem, { named });
  const warnings = [...scenarioWarnings(checked.file), ...requests.warnings].map(placed).sort(inOrder);
  return { file, environment, problems: [...ofName, ...found.map(placed)], warnings };
}

function plain(source: ScenarioSource): unknown {
  const read = valueOf(source);
  return 'value' in read ? read.value : undefined;
}
