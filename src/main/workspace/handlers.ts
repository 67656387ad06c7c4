/** Answers what screens ask about the workspace. */
import type { ApiHandlers, Publish } from '#contract/api/index';
import type { WorkspaceReport } from '#contract/api/workspace';
import { ok, type Result } from '#contract/errors';
import type { Capabilities } from '../capabilities.ts';
import type { Workspace, WorkspaceParts } from './workspace.ts';

export interface WorkspaceHandlerOptions extends WorkspaceParts {
  workspace: Workspace;
  capabilities: Pick<Capabilities, 'chooseFolder'>;
  publish: Publish;
}

export function createWorkspaceHandlers(options: WorkspaceHandlerOptions): ApiHandlers['workspace'] {
  const { workspace, capabilities, publish } = options;

  const told = async (): Promise<Result<WorkspaceReport>> => {
    const report = await workspace.report(options);
    publish('workspace', 'changed', report);
    return ok(report);
  };

  return {
    get: async () => ok(await workspace.report(options)),
    async choose({ path }) {
      const chosen = await workspace.choose(path, options);
      return chosen.ok ? told() : chosen;
    },
    browse: async () => ok({ path: await capabilities.chooseFolder() }),
    async opened({ path }) {
      const opened = await workspace.opened(path, options);
      if (opened.ok) await told();
      return opened;
    },
  };
}
