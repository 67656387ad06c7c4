/** Answers what screens ask about scenarios. */
import type { ApiHandlers, Publish } from '#contract/api/index';
import { checkText, type CheckTextParts } from './files/checkText.ts';
import { scenarioChanges } from './files/changes.ts';
import { createScenarioFiles } from './files/scenarioFiles.ts';
import { importScenario } from '../importing/index.ts';
import { listScenarios, readScenario } from './library.ts';
import { listPresets } from './presets.ts';
import { refreshSchemas, withSchemaLine } from './schema/workspaceSchemas.ts';

export interface ScenarioHandlerOptions extends Omit<CheckTextParts, 'workspace'> {
  /** Folder of the workspace at this moment. */
  workspace: () => string;
  publish: Publish;
  /** A scenario's file is elsewhere now. */
  onMoved: (from: string, to: string) => void;
}

export interface ScenarioHandlers {
  handlers: ApiHandlers['scenarios'];
  /** Stops watching. */
  close(): void;
}

export function createScenarioHandlers(options: ScenarioHandlerOptions): ScenarioHandlers {
  const { workspace, publish, onMoved } = options;
  const changes = scenarioChanges((path) => publish('scenarios', 'changed', { path }));
  const files = createScenarioFiles({
    workspace,
    onChange: (path) => changes.own(path),
    onMoved,
    begun: (folder, yaml) => withSchemaLine(yaml, 'scenario', { workspace: folder }),
  });
  return {
    handlers: {
      list() {
        // From the first list on: whoever never looks at it need not be told.
        if (changes.watch(workspace())) void refreshSchemas(workspace());
        return listScenarios(workspace());
      },
      read: ({ path }) => readScenario(path, workspace()),
      check: (request) => checkText(request, { ...options, workspace: workspace() }),
      create: (request) => files.create(request),
      save: (request) => files.save(request),
      rename: (request) => files.rename(request),
      duplicate: ({ path }) => files.duplicate(path),
      remove: ({ path }) => files.remove(path),
      restore: ({ undo }) => files.restore(undo),
      presets: () => listPresets(),
      importText: ({ kind, text }) => importScenario(kind, text),
    },
    close: () => changes.close(),
  };
}
