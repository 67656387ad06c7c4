/** Everything before a run: the scenario read, overridden, checked, and all its speech at hand. */
import { randomInt } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { fail, ok, type Result } from '#contract/errors';
import type { RunNeed } from '#contract/machine';
import type { ScenarioFile } from '#contract/scenario/file';
import { practiceEnvironment } from '#contract/scenario/file';
import { loadsOf, plannedMs } from '#contract/scenario/load';
import { valueAt } from '#contract/scenario/shape';
import { maskUrl } from '#contract/secrets';
import type { RunPlan } from '#engine/plan';
import { ClipCache } from '../audio/cache.ts';
import { createSpeaker } from '../audio/speaker.ts';
import type { Voices } from '../audio/voices/voice.ts';
import { createVoices } from '../audio/voices/voices.ts';
import { bundled } from '../entries.ts';
import { aimAt, practiceAim, type RunAim } from '../environments/aim.ts';
import type { ResolvedEnvironment } from '../environments/resolve.ts';
import type { SecretReader, ValueSources } from '../environments/values.ts';
import type { ProcessHost } from '../processes/host.ts';
import { watchedResources, type WatchedResources } from '../resources/watched.ts';
import { readWatchFlags } from '../resources/watchFlags.ts';
import { checkScenario, placeProblem } from './check.ts';
import { keptEnvironmentYaml, keptYaml } from './kept.ts';
import { latencyProblems } from './latency.ts';
import { NamedEnvironment } from './namedEnvironment.ts';
import { addressesOf, runNeed } from './need.ts';
import { environmentVariableSteps } from './overrides/environmentVariables.ts';
import { flagSteps, type Flags } from './overrides/flags.ts';
import { applyOverrides, type AppliedOverride } from './overrides/override.ts';
import { assemblePlan } from './plan.ts';
import { problemsError } from './problems.ts';
import { parseScenarioText, readScenarioText, valueOf, type ScenarioSource } from './source.ts';
import { gatherRequests, type RequestContents } from './requests/contents.ts';
import { planRequests } from './requests/index.ts';
import { gatherSpeech, type ScenarioSpeech } from './speech.ts';
import {
  askersOf,
  environmentLabel,
  resolveTargets,
  targetProblems,
  type PracticeServices,
} from './targets.ts';
import { runWarnings } from './warnings.ts';

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
  /** What is watched beside what the environment says, as `--watch` has it. */
  watch?: readonly string[] | undefined;
  /** Secrets kept on this machine, for `${secret:…}` without a variable; left out: none. */
  secrets?: SecretReader | null | undefined;
  /** Folder whose environments may be named; left out: the one around `workspaceCache`. */
  workspace?: string | undefined;
  /** Only to be looked at: nothing is spoken, no clip is read, and `buildPlan` fails. */
  silent?: boolean | undefined;
  /** The scenario's text, when it is not what its file says; relative paths begin at the file all the same. */
  text?: string | undefined;
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

/** A scenario that can run. Clips are loaded; secrets are not filled in before `buildPlan` (but those of addresses). */
export interface PreparedRun {
  /** With the environment it names in place; `practice` stays a name. */
  file: ScenarioFile;
  name: string;
  /** The scenario as it will run, secrets masked or as placeholders. */
  yaml: string;
  /** The environment's name; of one written in place its host. */
  environment: string;
  /** The environment's file as it was, secrets masked; null: it stands in the scenario, or it is the practice agent. */
  environmentYaml: string | null;
  /** What must be known of where it is aimed. */
  aim: RunAim;
  /** The practice agent must be started, and its URL given to `buildPlan`. */
  needsPractice: boolean;
  seed: number;
  /** One call of every users entry, not the scenario's load. */
  once: boolean;
  /** Every override in words, secrets masked. */
  applied: string[];
  /** Without the graceful stop. */
  plannedMs: number;
  /** The longest of its loads. */
  gracefulStopMs: number;
  /** What is likely not meant, with its place: it can run all the same. */
  warnings: string[];
  /** What it needs of the machine. */
  need: RunNeed;
  /** What is watched beside it; null: nothing. */
  resources: WatchedResources | null;
  /**
   * Fills in placeholders, and asks grpc servers for their services where there are no .proto files. Errors:
   * `practice_not_running`, those of `connectTarget` and of `planRequests`.
   */
  buildPlan(options: {
    runId: string;
    practiceUrl: string | null;
    /** Where the practice agent's services are, for users of kind http and grpc. */
    practiceServices?: PracticeServices | null;
  }): Promise<Result<RunPlan>>;
}

/** Folders that are searched for the speech of a scenario, in order. */
export function cacheFolders(file: ScenarioFile, folder: string, workspaceCache: string | null): string[] {
  const own =
    file.audio.cache === undefined ? join(folder, 'audio_cache') : resolve(folder, file.audio.cache);
  return [own, bundled('audio_cache'), ...(workspaceCache === null ? [] : [workspaceCache])];
}

/** What a run says and sends. */
interface RunContents {
  speech: ScenarioSpeech;
  requests: RequestContents;
}

async function gather(file: ScenarioFile, folder: string, overrides: RunOverrides): Promise<RunContents> {
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
    const from = { folder, cache, speak, signal };
    const speech = await gatherSpeech(file, from);
    return { speech, requests: await gatherRequests(file, { ...from, looking: false }) };
  } finally {
    if (overrides.voices === undefined) await voices.close();
  }
}

/** The workspace of a run: the folder around its clips where none is named. */
export function workspaceOf(options: { workspace?: string | undefined; workspaceCache: string }): string {
  return options.workspace ?? dirname(options.workspaceCache);
}

/** A scenario with its overrides and its environment in place, and nothing wrong with them. */
interface ReadScenario {
  source: ScenarioSource;
  file: ScenarioFile;
  /** The environment that was named; null: in place, or the practice agent. */
  named: ResolvedEnvironment | null;
  applied: AppliedOverride[];
}

async function readForRun(path: string, overrides: RunOverrides): Promise<Result<ReadScenario>> {
  const text = overrides.text === undefined ? await readScenarioText(path) : ok(overrides.text);
  if (!text.ok) return text;
  const parsed = parseScenarioText(path, text.value);
  if ('problems' in parsed) return problemsError(parsed.problems);
  const { source } = parsed;
  const scenarioFolder = dirname(resolve(path));
  const environment = new NamedEnvironment(source, { scenarioFolder, workspace: workspaceOf(overrides) });
  const current = async (): Promise<unknown> => {
    await environment.place();
    const read = valueOf(source);
    return 'value' in read ? read.value : undefined;
  };
  const steps = [...environmentVariableSteps(overrides.environmentVariables ?? {}), ...flagSteps(overrides)];
  const applied = await applyOverrides(source, steps, current);
  if (!applied.ok) return applied;
  const written = valueAt(await current(), ['environment']);
  const named = environment.current;
  const origins = { applied: applied.value, named };
  const unknown = environment.problem;
  if (unknown !== null)
    return problemsError(Array.isArray(unknown) ? unknown : [placeProblem(source, unknown, origins)]);
  const checked = checkScenario(source, origins);
  if ('problems' in checked) return problemsError(checked.problems);
  const { file } = checked;
  const found = [
    ...(await targetProblems(file, written, named?.folder ?? scenarioFolder)),
    ...latencyProblems(file),
  ];
  if (found.length > 0) return problemsError(found.map((problem) => placeProblem(source, problem, origins)));
  return ok({ source, file, named, applied: applied.value });
}

/**
 * Reads a scenario and makes it ready to run. Nothing is started but voices, when words have no clip yet.
 * Errors are `invalid_input` for everything the operator can put right: the first problem in `message`, all in `detail`.
 */
export async function prepareRun(path: string, overrides: RunOverrides): Promise<Result<PreparedRun>> {
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
  const watch = readWatchFlags(overrides.watch ?? []);
  if (!watch.ok) return watch;
  const read = await readForRun(path, overrides);
  if (!read.ok) return read;
  const { source, file, named, applied } = read.value;
  const folder = dirname(resolve(path));
  const contents = overrides.silent === true ? null : await gather(file, folder, overrides);
  const failure = contents?.speech.failure ?? contents?.requests.failure ?? null;
  if (failure !== null) return { ok: false, error: failure };
  const wrong = contents === null ? [] : [...contents.speech.problems, ...contents.requests.problems];
  if (wrong.length > 0)
    return problemsError(wrong.map((problem) => placeProblem(source, problem, { applied, named })));

  const odd = contents?.requests.warnings ?? [];
  const seed = file.seed ?? randomInt(seeds);
  const environment = named?.name ?? environmentLabel(file);
  const workers = overrides.workers ?? null;
  const sources: ValueSources = {
    env: overrides.environmentVariables ?? process.env,
    secrets: overrides.secrets ?? null,
  };
  const environmentFolder = named?.folder ?? folder;
  const words = applied.map(({ text: said }) => said);
  if (overrides.workers !== undefined) words.push(`--workers → engine threads = ${overrides.workers}`);
  for (const flag of overrides.watch ?? []) words.push(`--watch → ${maskUrl(flag)}`);
  const record = overrides.once === true ? 1 : (overrides.record ?? 0);
  if (record > 0) words.push(`--record → recorded calls = ${Number((record * 100).toFixed(4))} %`);
  const used = [...new Set(askersOf(file).map(({ target }) => target))];
  return ok({
    file,
    name: file.name,
    yaml: keptYaml(source, applied.length > 0 || named !== null),
    environment,
    environmentYaml: named === null ? null : keptEnvironmentYaml(named.source),
    aim:
      typeof file.environment === 'string'
        ? practiceAim
        : aimAt(file.environment, { label: environment, folder: environmentFolder, sources, used }),
    needsPractice: file.environment === practiceEnvironment,
    seed,
    once: overrides.once === true,
    applied: words,
    plannedMs: plannedMs(file),
    gracefulStopMs: Math.max(0, ...loadsOf(file).map(({ profile }) => profile.gracefulStopMs)),
    // A single run-through is not judged.
    warnings: overrides.once === true ? [] : runWarnings(source, file, odd, { applied, named }),
    need: runNeed(file, workers, await addressesOf(file, sources)),
    resources: watchedResources(typeof file.environment === 'string' ? null : file.environment, watch.value, {
      folder: environmentFolder,
      sources,
    }),
    async buildPlan({ runId, practiceUrl, practiceServices = null }) {
      if (contents === null)
        return fail(
          'internal',
          'not_spoken',
          'This run was only looked at: it has no audio and cannot be started.',
        );
      const targets = await resolveTargets(file, {
        folder: environmentFolder,
        practiceUrl,
        practiceServices,
        sources,
      });
      if (!targets.ok) return targets;
      const requests = await planRequests({
        file,
        contents: contents.requests,
        folder,
        sources,
        targetOf: (requester) => targets.value.of(requester),
      });
      if (!requests.ok) return requests;
      return ok(
        assemblePlan({
          runId,
          file,
          speech: contents.speech,
          requests: requests.value,
          targets: targets.value,
          once: overrides.once === true,
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
