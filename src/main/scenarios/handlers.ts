/** Answers what screens ask about scenarios. */
import type { ApiHandlers, Publish } from '#contract/api/index';
import { fail } from '#contract/errors';
import { listScenarios, readScenario } from './library.ts';
import { listPresets } from './presets.ts';

export interface ScenarioHandlerOptions {
  /** Folder of the workspace at this moment. */
  workspace: () => string;
  publish: Publish;
}

const notYet = () => fail('unavailable', 'not_available', 'This is not available in this version yet.');

export function createScenarioHandlers({ workspace }: ScenarioHandlerOptions): ApiHandlers['scenarios'] {
  return {
    list: () => listScenarios(workspace()),
    read: ({ path }) => readScenario(path, workspace()),
    check: notYet,
    create: notYet,
    save: notYet,
    rename: notYet,
    duplicate: notYet,
    remove: notYet,
    restore: notYet,
    presets: () => listPresets(),
    importText: notYet,
  };
}
