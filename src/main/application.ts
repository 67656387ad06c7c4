/** The application behind every door: its parts put together, and an answer to every call of the contract. */
import { join } from 'node:path';
import type { ScenarioEntry } from '#contract/api/scenarios';
import type { ApiHandlers, EventChannel, Publish } from '#contract/api/index';
import { ok, type AppError, type Result } from '#contract/errors';
import type { RunOrigin } from '#contract/run';
import { createEngine } from '#engine/engine';
import type { Engine } from '#engine/run';
import type { Capabilities } from './capabilities.ts';
import { entry } from './entries.ts';
import { openHistory, type History } from './history/history.ts';
import { unavailableHistory } from './history/unavailable.ts';
import type { CrosstalkHome } from './home.ts';
import { launchPractice } from './practice/launcher.ts';
import type { ProcessHost } from './processes/host.ts';
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

export interface ApplicationOptions {
  door: RunOrigin['door'];
  home: CrosstalkHome;
  capabilities: Capabilities;
  processes: ProcessHost;
}

/** Where scenarios come from. */
export interface ScenarioSource {
  list(): Promise<Result<ScenarioEntry[]>>;
  /** Only what is listed can be read. */
  read(path: string): Promise<Result<{ path: string; yaml: string }>>;
  prepare(path: string, overrides: ScreenOverrides): Promise<Result<PreparedRun>>;
}

/** Parts that a test may replace. */
export interface ApplicationParts {
  engine: Engine;
  launchPractice: typeof launchPractice;
  scenarios: ScenarioSource;
}

export type EventListener = (channel: EventChannel, payload: unknown) => void;

export interface Application {
  handlers: ApiHandlers;
  runs: RunService;
  history: History;
  settings: SettingsStore;
  /** What the operator should know since the start. */
  notices: readonly string[];
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
  const { history, problem } = await openHistoryOrMemory(home.database);
  const notices = [settings.notice, problem?.message ?? null].filter((notice) => notice !== null);
  const engine = parts.engine ?? createEngine({ workerEntry: entry('engine-worker') });
  const scenarios = parts.scenarios ?? scenariosOf(home.workspace, processes);
  const runs = new RunService({
    engine,
    history,
    processes,
    capabilities,
    door,
    publish,
    launchPractice: parts.launchPractice ?? launchPractice,
  });

  const handlers: ApiHandlers = {
    app: {
      info: () =>
        ok({
          version: programVersion(),
          node: process.version,
          platform: `${process.platform} ${process.arch}`,
          workspace: home.workspace,
          database: home.database,
          capabilities: capabilities.report(),
          notices,
        }),
      openExternal: ({ url }) => capabilities.openExternal(url),
    },
    runs: createRunHandlers({
      runs,
      history,
      historyProblem: problem,
      prepare: (path, overrides) => scenarios.prepare(path, overrides),
      practiceScenario: practiceScenario(),
    }),
    scenarios: {
      list: () => scenarios.list(),
      read: ({ path }) => scenarios.read(path),
    },
    settings: {
      get: () => ok(settings.get()),
      update: (patch) => settings.update(patch),
    },
  };

  let closing: Promise<void> | null = null;
  const close = async () => {
    await runs.close();
    await history.close();
    await engine.close();
  };
  return ok({
    handlers,
    runs,
    history,
    settings,
    notices,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => (closing ??= close()),
  });
}

/** The history in its file; where that fails one in memory; where that fails too one that says why. */
async function openHistoryOrMemory(file: string): Promise<{ history: History; problem: AppError | null }> {
  const opened = await openHistory({ file });
  if (opened.ok) return { history: opened.value, problem: null };
  const memory = await openHistory({ file: ':memory:' });
  if (!memory.ok) return { history: unavailableHistory(opened.error), problem: opened.error };
  const message = `${opened.error.message} Runs still work; those of this session are kept in memory until Crosstalk ends.`;
  return { history: memory.value, problem: { ...opened.error, message } };
}

/** The bundled scenarios and those of the workspace. */
function scenariosOf(workspace: string, processes: ProcessHost): ScenarioSource {
  const read = (path: string) => readScenario(path, workspace);
  return {
    list: () => listScenarios(workspace),
    read,
    async prepare(path, overrides) {
      const listed = await read(path);
      if (!listed.ok) return listed;
      // Variables of the original tool are for its command line; a screen says itself what it overrides.
      return prepareRun(path, {
        ...overrides,
        environmentVariables: null,
        workspaceCache: join(workspace, 'audio_cache'),
        processes,
      });
    },
  };
}
