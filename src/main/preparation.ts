/** What an operator prepares before a run, put together: scenarios, environments, secrets, checks, and the workspace they lie in. */
import type { ApiHandlers, Publish } from '#contract/api/index';
import type { Voices } from './audio/voices/voice.ts';
import type { Capabilities } from './capabilities.ts';
import { createChecks } from './check/handlers.ts';
import { createEnvironmentHandlers } from './environments/handlers.ts';
import type { SecretReader } from './environments/values.ts';
import type { CrosstalkHome } from './home.ts';
import type { ProcessHost } from './processes/host.ts';
import type { KnownMachine } from './scenarios/forecast/machine.ts';
import { createScenarioHandlers } from './scenarios/handlers.ts';
import { listScenarios } from './scenarios/library.ts';
import { createSecretHandlers } from './secrets/handlers.ts';
import { openVault } from './secrets/vault.ts';
import type { SettingsStore } from './settings/settings.ts';
import { createWorkspaceHandlers } from './workspace/handlers.ts';
import type { Workspace } from './workspace/workspace.ts';

export interface PreparationOptions {
  home: CrosstalkHome;
  settings: SettingsStore;
  capabilities: Capabilities;
  processes: ProcessHost;
  publish: Publish;
  /** Whoever needs its folder asks again each time: another one may be chosen. */
  workspace: Workspace;
  /** What else goes on that uses the workspace, in words; null when nothing does. */
  goingOn: () => string | null;
  /** What of it a check would disturb. */
  measuring: () => string | null;
  /** Who speaks what a check has to say. */
  voices: () => Voices;
  /** What this machine is and was found to carry. */
  machine: () => Promise<KnownMachine>;
  /** Where values of placeholders may stand. */
  env: Record<string, string | undefined>;
}

export interface Preparation {
  handlers: Pick<ApiHandlers, 'scenarios' | 'environments' | 'secrets' | 'checks' | 'workspace'>;
  /** Secrets that environments name. */
  secrets: SecretReader;
  /** What the operator should know about how they were found, at this moment; null when all is well. */
  notice(): string | null;
  /** The check that goes on, in words; null when none does. */
  checking(): string | null;
  /** Ends what is going on. */
  close(): Promise<void>;
}

export function createPreparation(options: PreparationOptions): Preparation {
  const { capabilities, publish, workspace } = options;
  const busy = () => Promise.resolve(options.goingOn() ?? checks.goingOn());
  const listed = async () => {
    const scenarios = await listScenarios(workspace.folder);
    return scenarios.ok ? scenarios.value : [];
  };
  const scenarios = createScenarioHandlers({
    workspace: () => workspace.folder,
    publish,
    machine: options.machine,
    onMoved(from, to) {
      workspace.moved(from, to);
      // Recent ones are shown by their names and paths.
      void workspace
        .report({ scenarios: listed })
        .then((report) => publish('workspace', 'changed', report))
        .catch(() => undefined);
    },
  });
  const folder = () => workspace.folder;
  const vault = openVault({
    file: options.home.secrets,
    encryptedFile: options.home.encryptedSecrets,
    keyStore: capabilities.keyStore(),
  });
  const checks = createChecks({
    workspace: folder,
    processes: options.processes,
    voices: options.voices,
    secrets: vault,
    publish,
    busy: options.measuring,
  });
  const environments = createEnvironmentHandlers({
    workspace: folder,
    publish,
    sources: { env: options.env, secrets: vault },
  });
  return {
    secrets: vault,
    notice: () => vault.notice,
    checking: () => checks.goingOn(),
    handlers: {
      scenarios: scenarios.handlers,
      environments: environments.handlers,
      secrets: createSecretHandlers({ vault, workspace: folder, env: options.env, publish }),
      checks: checks.handlers,
      workspace: createWorkspaceHandlers({ workspace, capabilities, publish, busy, scenarios: listed }),
    },
    close() {
      scenarios.close();
      environments.close();
      return checks.close();
    },
  };
}
