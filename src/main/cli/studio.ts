/** The studio behind the commands about audio and packs: no history, no engine. */
import type { EventChannel, Publish } from '#contract/api/index';
import { crosstalkHome, type CrosstalkHome } from '../home.ts';
import { createNodeCapabilities } from '../nodeCapabilities.ts';
import { nodeProcessHost } from '../processes/nodeHost.ts';
import { openSettings } from '../settings/settings.ts';
import { createStudio, type Studio } from '../studio.ts';
import { openWorkspace } from '../workspace/workspace.ts';
import type { CliContext } from './context.ts';
import { must } from './must.ts';
import { printable } from './terminal/text.ts';

export interface OpenedStudio extends Studio {
  home: CrosstalkHome;
  /** Absolute folder of the workspace. */
  workspace: string;
}

/** Opens the studio for as long as `work` takes. `onEvent` is told of everything it publishes. */
export async function withStudio<T>(
  context: CliContext,
  work: (studio: OpenedStudio) => Promise<T>,
  onEvent?: (channel: EventChannel, payload: unknown) => void,
): Promise<T> {
  const home = must(crosstalkHome({ env: context.env }));
  const settings = openSettings(home.settings);
  const workspace = openWorkspace({ home, settings });
  const publish: Publish = (domain, name, payload) =>
    onEvent?.(`${domain}.${String(name)}` as EventChannel, payload);
  const studio = createStudio({
    home,
    workspace: workspace.folder,
    settings,
    capabilities: createNodeCapabilities('cli'),
    processes: nodeProcessHost,
    publish,
    env: context.env,
  });
  for (const notice of [settings.notice, workspace.notice, ...studio.notices()])
    if (notice !== null)
      context.terminal.say(`${context.terminal.sayStyle.yellow('Note:')} ${printable(notice)}`);
  try {
    return await work({ ...studio, home, workspace: workspace.folder });
  } finally {
    await studio.close();
  }
}
