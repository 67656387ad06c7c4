/** The application behind every door: its parts put together, and an answer to every call of the contract. */
import { join } from 'node:path';
import type { OpenedScenario, ScenarioEntry } from '#contract/api/scenarios';
import type { ApiHandlers, EventChannel, Publish } from '#contract/api/index';
import type { StartRunInput } from '#contract/api/runs';
import { fail, ok, type AppError, type Result } from '#contract/errors';
import type { RunOrigin } from '#contract/run';
import { createEngine } from '#engine/engine';
import type { Engine } from '#engine/run';
import type { Voices } from './audio/voices/voice.ts';
import type { Capabilities } from './capabilities.ts';
import { entry } from './entries.ts';
import type { SecretReader } from './environments/values.ts';
import { openHistory, type History } from './history/history.ts';
import { unavailableHistory } from './history/unavailable.ts';
import type { CrosstalkHome } from './home.ts';
import { openCalibration } from './machine/calibrationFile.ts';
import { createMachineHandlers } from './machine/handlers.ts';
import { thisMachine, type MachineReader } from './machine/reader.ts';
import { MachineService } from './machine/service.ts';
import { launchPractice } from './practice/launcher.ts';
import type { Webhook } from './notifications/address.ts';
import type { ProcessHost } from './processes/host.ts';
import { createPreparation } from './preparation.ts';
import { createRecordingHandlers } from './recordings/handlers.ts';
import { recordingsIn } from './recordings/store.ts';
import { createRunHandlers, type ScreenOverrides } from './runs/handlers.ts';
import { programVersion } from './runs/origin.ts';
import { RunService } from './runs/service.ts';
import {
  listScenarios,
  practiceScenario,
  prepareRun,
  readScenario,
  type PreparedRun,
} from './scenarios/index.ts';
import { openSettings, type SettingsStore } from './settings/settings.ts';
import { createServiceHandlers } from './services/handlers.ts';
import { createReviewing, type Reviewing } from './reviewing.ts';
import { createStudio, type Studio } from './studio.ts';
import { openWorkspace } from './workspace/workspace.ts';

export interface ApplicationOptions {
  door: RunOrigin['door'];
  home: CrosstalkHome;
  capabilities: Capabilities;
  processes: ProcessHost;
  /** Told of the end of every run instead of the webhook that is kept in the settings. */
  webhook?: Webhook | null;
}

/** Where scenarios come from. */
export interface ScenarioSource {
  list(): Promise<Result<ScenarioEntry[]>>;
  /** Only what is listed can be read. */
  read(path: string): Promise<Result<OpenedScenario>>;
  prepare(path: string, overrides: ScreenOverrides): Promise<Result<PreparedRun>>;
}

/** Parts that a test may replace. */
export interface ApplicationParts {
  engine: Engine;
  launchPractice: typeof launchPractice;
  scenarios: ScenarioSource;
  machine: MachineReader;
}

export type EventListener = (channel: EventChannel, payload: unknown) => void;

export interface Application {
  handlers: ApiHandlers;
  runs: RunService;
  machine: MachineService;
  studio: Studio;
  history: History;
  settings: SettingsStore;
  /** What the operator should know, at this moment. */
  readonly notices: readonly string[];
  /** Whether runs go into the history's file, now or as soon as it can be written. */
  keepsRuns: boolean;
  /** Told of every event until the returned function is called. */
  subscribe(listener: EventListener): () => void;
  /** Ends runs within a bound, writes what is still to be written, ends every worker. May be called again. */
  close(): Promise<void>;
}

/** Starts the application. A history that cannot be used is no reason not to: runs work, and the list says why it is empty. */
export async function createApplication(
  options: ApplicationOptions,
  parts: Partial<ApplicationParts> = {},
): Promise<Result<Application>> {
  const { door, home, capabilities, processes } = options;
  const listeners = new Set<EventListener>();
  const publish: Publish = (domain, name, payload) => {
    const channel = `${domain}.${String(name)}` as EventChannel;
    for (const listener of listeners) {
      try {
        listener(channel, payload);
      } catch {
        // A screen that fails to take an event in must not take the run down.
      }
    }
  };

  const settings = openSettings(home.settings);
  settings.onChange((changed) => publish('settings', 'changed', changed));
  const workspace = openWorkspace({ home, settings });
  const { history, problem } = await openHistoryOrMemory(home.database);
  const calibration = openCalibration(home.calibration);
  const notices = () => {
    const one = [
      settings.notice,
      workspace.notice,
      calibration.notice,
      problem?.message,
      preparation.notice(),
    ];
    const all = [...one.filter((notice) => notice != null), ...history.notices(), ...studio.notices()];
    // Voices and environments keep their secrets in the same file.
    return [...new Set(all)];
  };
  const recordings = keepsNothing(home) ? null : recordingsIn(home.folder);
  const engine = parts.engine ?? createEngine({ workerEntry: entry('engine-worker') });
  const scenarios =
    parts.scenarios ??
    scenariosOf(
      () => workspace.folder,
      processes,
      () => studio.voices,
      () => preparation.secrets,
    );
  const launch = parts.launchPractice ?? launchPractice;
  const machine: MachineService = new MachineService({
    engine,
    processes,
    launchPractice: launch,
    prepare: () => prepareCalibration(workspace.folder, processes),
    reader: parts.machine ?? thisMachine,
    store: calibration,
    preventSleep: () => capabilities.preventSleep(),
    runGoingOn: () => runs.goingOn() ?? preparation.checking(),
    publish: (state) => publish('machine', 'progress', state),
    programVersion: programVersion(),
  });
  const runs = new RunService({
    engine,
    history,
    processes,
    capabilities,
    door,
    publish,
    launchPractice: launch,
    recordings,
    machine,
    companions: () => reviewing.companions,
  });

  const shared = { home, settings, capabilities, processes, publish, env: process.env };
  const studio = createStudio({ ...shared, workspace: workspace.folder });
  workspace.onChange((folder) => {
    void studio.useWorkspace(folder);
    publish('scenarios', 'changed', { path: null });
    publish('environments', 'changed', {});
    publish('conversations', 'changed', {});
    publish('clips', 'changed', { folder: join(folder, 'audio_cache') });
  });
  const preparation = createPreparation({
    ...shared,
    workspace,
    goingOn: () => runs.goingOn() ?? machine.goingOn() ?? studio.goingOn(),
    measuring: () => runs.goingOn() ?? machine.goingOn(),
    voices: () => studio.voices,
    machine: () => machine.report(),
  });
  const checking = () => preparation.checking();
  const runHandlers = createRunHandlers({
    runs,
    history,
    historyProblem: problem,
    recordings,
    prepare: (path, overrides) => scenarios.prepare(path, overrides),
    machine,
    practiceScenario: practiceScenario(),
  });

  const start = unlessChecking(checking, (input: StartRunInput) => runHandlers.start(input));
  const reviewing: Reviewing = createReviewing({
    home,
    settings,
    capabilities,
    publish,
    history,
    recordings,
    runs: () => runs,
    workspace: () => workspace.folder,
    start,
    secrets: preparation.secrets,
    webhook: options.webhook ?? null,
  });

  const handlers: ApiHandlers = {
    ...studio.handlers,
    ...preparation.handlers,
    ...reviewing.handlers,
    services: createServiceHandlers({
      workspace: () => workspace.folder,
      sources: { env: process.env, secrets: preparation.secrets },
    }),
    app: {
      info: () =>
        ok({
          version: programVersion(),
          node: process.version,
          platform: `${process.platform} ${process.arch}`,
          workspace: workspace.folder,
          database: home.database,
          capabilities: capabilities.report(),
          notices: notices(),
        }),
      openExternal: ({ url }) => capabilities.openExternal(url),
      recorder: ({ open }) => {
        capabilities.allowMicrophone(open);
        return ok(undefined);
      },
    },
    machine: createMachineHandlers(machine),
    runs: {
      ...runHandlers,
      start,
      startPractice: unlessChecking(checking, (input) => runHandlers.startPractice(input)),
      ...createRecordingHandlers({
        store: recordings,
        history,
        liveRun: (runId) => runs.detail(runId),
      }),
    },
    // What a test puts in their place is listed and read too.
    scenarios: parts.scenarios
      ? {
          ...preparation.handlers.scenarios,
          list: () => scenarios.list(),
          read: ({ path }) => scenarios.read(path),
        }
      : preparation.handlers.scenarios,
    settings: {
      get: () => ok(settings.get()),
      update: (patch) => settings.update(patch),
    },
  };

  let closing: Promise<void> | null = null;
  const close = async () => {
    await reviewing.close();
    await preparation.close();
    await studio.close();
    await machine.close();
    await runs.close();
    await history.close();
    await engine.close();
  };
  return ok({
    handlers,
    runs,
    machine,
    studio,
    history,
    settings,
    get notices() {
      return notices();
    },
    keepsRuns: problem === null,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => (closing ??= close()),
  });
}

/** A run beside a check would disturb it, and be disturbed. */
function unlessChecking<Input, Output>(
  checking: () => string | null,
  start: (input: Input) => Result<Output> | Promise<Result<Output>>,
): (input: Input) => Promise<Result<Output>> {
  return async (input) => {
    const check = checking();
    return check === null
      ? start(input)
      : fail(
          'conflict',
          'check_in_progress',
          `${check}: cancel it or let it end first, a run beside it would disturb its measurement.`,
        );
  };
}

/** The home of a run that leaves nothing behind. */
function keepsNothing(home: CrosstalkHome): boolean {
  return home.database === ':memory:';
}

/** The history in its file; where that fails one in memory; where that fails too one that says why. */
async function openHistoryOrMemory(file: string): Promise<{ history: History; problem: AppError | null }> {
  const opened = await openHistory({ file, keepTrying: true });
  if (opened.ok) return { history: opened.value, problem: null };
  const memory = await openHistory({ file: ':memory:' });
  if (!memory.ok) return { history: unavailableHistory(opened.error), problem: opened.error };
  const message = `${opened.error.message} Runs still work; those of this session are kept in memory until Crosstalk ends.`;
  return { history: memory.value, problem: { ...opened.error, message } };
}

/** Turns of a call during a calibration: more than any window has time for; a multiple of every conversation's own. */
const endlessTurns = 150;

/** The practice run whose calls do not end, so that at every moment all of them send. */
function prepareCalibration(workspace: string, processes: ProcessHost): Promise<Result<PreparedRun>> {
  return prepareRun(practiceScenario(), {
    set: [`users[0].turns_per_call=${endlessTurns}`],
    environmentVariables: null,
    workspaceCache: join(workspace, 'audio_cache'),
    processes,
  });
}

/** The bundled scenarios and those of the workspace. */
function scenariosOf(
  workspace: () => string,
  processes: ProcessHost,
  voices: () => Voices,
  secrets: () => SecretReader,
): ScenarioSource {
  const read = (path: string) => readScenario(path, workspace());
  return {
    list: () => listScenarios(workspace()),
    read,
    async prepare(path, overrides) {
      const listed = await read(path);
      if (!listed.ok) return listed;
      // Variables of the original tool are for its command line; a screen says itself what it overrides.
      return prepareRun(path, {
        ...overrides,
        environmentVariables: null,
        workspaceCache: join(workspace(), 'audio_cache'),
        processes,
        voices: voices(),
        secrets: secrets(),
        workspace: workspace(),
      });
    },
  };
}
