/** The application behind the commands that need all of it. */
import { join } from 'node:path';
import { createApplication, type Application } from '../application.ts';
import { crosstalkHome, homeFolder, homeIn, type CrosstalkHome } from '../home.ts';
import { createNodeCapabilities } from '../nodeCapabilities.ts';
import type { Webhook } from '../notifications/address.ts';
import { nodeProcessHost } from '../processes/nodeHost.ts';
import { openSettings } from '../settings/settings.ts';
import { openWorkspace } from '../workspace/workspace.ts';
import type { CliContext } from './context.ts';
import { must } from './must.ts';
import { printable } from './terminal/text.ts';

/** Folder of the operator's own clips. */
export function workspaceCache(context: CliContext): string {
  return join(workspaceFolder(context), 'audio_cache');
}

/** Folder of the operator's files: the one chosen in the settings, or the one in the program's own folder. Nothing is created. */
export function workspaceFolder(context: CliContext): string {
  const home = homeIn(homeFolder({ env: context.env }));
  return openWorkspace({ home, settings: openSettings(home.settings) }).folder;
}

export interface OpenedApplication {
  application: Application;
  /** Whether runs outlive this process. */
  keeps: boolean;
}

/** Nothing of a run is stored: its history lives in memory, and no folder is made. */
function homeInMemory(context: CliContext): CrosstalkHome {
  return { ...homeIn(homeFolder({ env: context.env })), database: ':memory:' };
}

function homeOf(context: CliContext, history: boolean): { home: CrosstalkHome; problem: string | null } {
  if (!history) return { home: homeInMemory(context), problem: null };
  const home = crosstalkHome({ env: context.env });
  if (home.ok) return { home: home.value, problem: null };
  return { home: homeInMemory(context), problem: `${home.error.message} The run goes on, but is not kept.` };
}

/** Opens the application for a run. Where the history cannot be had, that is said once and the run goes on without it. */
export async function openApplication(
  context: CliContext,
  options: { history: boolean; webhook?: Webhook | null },
): Promise<OpenedApplication> {
  const { home, problem } = homeOf(context, options.history);
  const application = must(
    await createApplication({
      door: 'cli',
      home,
      capabilities: createNodeCapabilities('cli'),
      processes: nodeProcessHost,
      webhook: options.webhook ?? null,
    }),
  );
  // Without a home its settings cannot be read either; that is no news.
  const notices = problem === null ? application.notices : [problem];
  for (const notice of notices)
    context.terminal.say(`${context.terminal.sayStyle.yellow('Note:')} ${printable(notice)}`);
  return { application, keeps: options.history && problem === null && application.keepsRuns };
}
