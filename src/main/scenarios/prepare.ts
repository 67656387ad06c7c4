/** Everything before a run: the scenario read, overridden, checked, and all its speech at hand. */
import { randomInt } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { fail, ok, type Result } from '#contract/errors';
import type { RunNeed } from '#contract/machine';
import type { ScenarioFile } from '#contract/scenario/file';
import { practiceEnvironment } from '#contract/scenario/file';
import { plannedMs } from '#contract/scenario/load';
import { valueAt } from '#contract/scenario/shape';
import type { RunPlan } from '#engine/plan';
import { ClipCache } from '../audio/cache.ts';
import { createSpeaker } from '../audio/speaker.ts';
import type { Voices } from '../audio/voices/voice.ts';
import { createVoices } from '../audio/voices/voices.ts';
import { bundled } from '../entries.ts';
import type { ProcessHost } from '../processes/host.ts';
import { checkScenario, placeProblem } from './check.ts';
import { keptYaml } from './kept.ts';
import { runNeed } from './need.ts';
import { environmentVariableSteps } from './overrides/environmentVariables.ts';
import { flagSteps, type Flags } from './overrides/flags.ts';
import { applyOverrides } from './overrides/override.ts';
import { assemblePlan } from './plan.ts';
import { problemsError } from './problems.ts';
import { parseScenarioText, readScenarioText, valueOf } from './source.ts';
import { gatherSpeech, type ScenarioSpeech } from './speech.ts';
import { environmentLabel, resolveTargets, targetProblems } from './targets.ts';

const seeds = 2 ** 32;
const mostWorkers = 256;

/** What a run changes of its scenario. Precedence: flags, `set`, environment variables, file. */
export interface RunOverrides extends Flags {
  /** Engine threads. */
  workers?: number;
  /** Share of calls that are recorded, 0–1. */
  record?: number | undefined;
  /** Those of the original tool apply, and `${env:…}` and `${secret:…}` are filled in from them; null: the former are left alone and the latter come from this process. */
  environmentVariables: Record<string, string | undefined> | null;
  /** Folder where newly spoken clips are kept. */
  workspaceCache: string;
  processes: ProcessHost;
  /** Who speaks what has no clip yet; left out: voices of its own, closed again. */
  voices?: Voices;
  /** Gives up speaking; the answer is then the error `cancelled`. */
  signal?: AbortSignal;
  /** What takes a moment, in words. */
  onProgress?: (text: string) => void;
}

/** A scenario that can run. Clips are loaded; secrets are not filled in before `buildPlan`. */
export interface PreparedRun {
  file: ScenarioFile;
  name: string;
  /** The scenario as it will run, secrets masked or as placeholders. */
  yaml: string;
  environment: string;
  /** The practice agent must be started, and its URL given to `buildPlan`. */
  needsPractice: boolean;
  seed: number;
  /** Every override in words, secrets masked. */
  applied: string[];
  plannedMs: number;
  /** What it needs of the machine. */
  need: RunNeed;
  /** Fills in placeholders. Errors: `placeholder_unset`, `invalid_url`, `ca_missing`, `practice_not_running`. */
  buildPlan(options: { runId: string; practiceUrl: string | null }): Promise<Result<RunPlan>>;
}

/** Folders that are searched for the speech of a scenario, in order. */
export function cacheFolders(file: ScenarioFile, folder: string, workspaceCache: string | null): string[] {
  const own =
    file.audio.cache === undefined ? join(folder, 'audio_cache') : resolve(folder, file.audio.cache);
  return [own, bundled('audio_cache'), ...(workspaceCache === null ? [] : [workspaceCache])];
}

async function speakMissing(
  file: ScenarioFile,
  folder: string,
  overrides: RunOverrides,
): Promise<ScenarioSpeech> {
  const { workspaceCache, onProgress, signal } = overrides;
  const cache = new ClipCache(cacheFolders(file, folder, workspaceCache));
  const voices = overrides.voices ?? createVoices({ processes: overrides.processes });
  const speak = createSpeaker({
    voices,
    cache,
    folder: workspaceCache,
    onProgress,
    onUnkept: (error) =>
      onProgress?.(`The clip could not be kept in ${workspaceCache}: ${error.detail ?? error.message}`),
  });
  try {
    return await gatherSpeech(file, { folder, cache, speak, signal });
  } finally {
    if (overrides.voices === undefined) await voices.close();
  }
}

/**
 * Reads a scenario and makes it ready to run. Nothing is started but voices, when words have no clip yet.
 * Errors are `invalid_input` for everything the operator can put right: the first problem in `message`, all in `detail`.
 */
export async function prepareRun(path: string, overrides: RunOverrides): Promise<Result<PreparedRun>> {
  const text = await readScenarioText(path);
  if (!text.ok) return text;
  const parsed = parseScenarioText(path, text.value);
  if ('problems' in parsed) return problemsError(parsed.problems);
  const { source } = parsed;

  const current = (): unknown => {
    const read = valueOf(source);
    return 'value' in read ? read.value : undefined;
  };
  if (
    overrides.workers !== undefined &&
    !(Number.isInteger(overrides.workers) && overrides.workers >= 1 && overrides.workers <= mostWorkers)
  ) {
    return fail(
      'invalid_input',
      'invalid_workers',
      `--workers must be a whole number from 1 to ${mostWorkers}.`,
    );
  }
  const steps = [...environmentVariableSteps(overrides.environmentVariables ?? {}), ...flagSteps(overrides)];
  const applied = applyOverrides(source, steps, current);
  if (!applied.ok) return applied;

  const checked = checkScenario(source, applied.value);
  if ('problems' in checked) return problemsError(checked.problems);
  const { file } = checked;
  const folder = dirname(resolve(path));
  const written = valueAt(current(), ['environment']);
  const unreachable = await targetProblems(file, written, folder);
  const speech = unreachable.length > 0 ? null : await speakMissing(file, folder, overrides);
  if (speech?.failure) return { ok: false, error: speech.failure };
  const problems = [...unreachable, ...(speech?.problems ?? [])];
  if (!speech || problems.length > 0) {
    return problemsError(problems.map((problem) => placeProblem(source, problem, applied.value)));
  }

  const seed = file.seed ?? randomInt(seeds);
  const environment = environmentLabel(file);
  const workers = overrides.workers ?? null;
  const variables = overrides.environmentVariables ?? process.env;
  const words = applied.value.map(({ text: said }) => said);
  if (overrides.workers !== undefined) words.push(`--workers → engine threads = ${overrides.workers}`);
  const record = overrides.record ?? 0;
  if (record > 0) words.push(`--record → recorded calls = ${Number((record * 100).toFixed(4))} %`);
  return ok({
    file,
    name: file.name,
    yaml: keptYaml(source, applied.value.length > 0),
    environment,
    needsPractice: file.environment === practiceEnvironment,
    seed,
    applied: words,
    plannedMs: plannedMs(file),
    need: runNeed(file, workers, variables),
    async buildPlan({ runId, practiceUrl }) {
      const targets = await resolveTargets(file, folder, practiceUrl, variables);
      if (!targets.ok) return targets;
      return ok(
        assemblePlan({
          runId,
          file,
          speech,
          targets: targets.value,
          environment,
          seed,
          workers,
          record,
          applied: words,
        }),
      );
    },
  });
}
