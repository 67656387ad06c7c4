/** What an operator prepares before a run, put together: scenarios, environments, secrets, checks, and the workspace they lie in. */
import type { ApiHandlers, Publish } from '#contract/api/index';
import type { Capabilities } from './capabilities.ts';
import { createCheckHandlers } from './check/handlers.ts';
import { createEnvironmentHandlers } from './environments/handlers.ts';
import type { CrosstalkHome } from './home.ts';
import type { ProcessHost } from './processes/host.ts';
import { createScenarioHandlers } from './scenarios/handlers.ts';
import { createSecretHandlers } from './secrets/handlers.ts';
import type { SettingsStore } from './settings/settings.ts';
import { createWorkspaceHandlers } from './workspace/handlers.ts';

export interface PreparationOptions {
  home: CrosstalkHome;
  settings: SettingsStore;
  capabilities: Capabilities;
  processes: ProcessHost;
  publish: Publish;
  /** Where values of placeholders may stand. */
  env: Record<string, string | undefined>;
}

export interface Preparation {
  handlers: Pick<ApiHandlers, 'scenarios' | 'environments' | 'secrets' | 'checks' | 'workspace'>;
  /** Ends what is going on. */
  close(): Promise<void>;
}

export function createPreparation({ home, publish }: PreparationOptions): Preparation {
  return {
    handlers: {
      scenarios: createScenarioHandlers({ workspace: home.workspace, publish }),
      environments: createEnvironmentHandlers(),
      secrets: createSecretHandlers(),
      checks: createCheckHandlers(),
      workspace: createWorkspaceHandlers(),
    },
    close: () => Promise.resolve(),
  };
}
