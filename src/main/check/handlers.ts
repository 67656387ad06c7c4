/** Answers what screens ask about checks. */
import { join } from 'node:path';
import type { CheckSubject } from '#contract/api/checks';
import type { ApiHandlers, Publish } from '#contract/api/index';
import { ok, type Result } from '#contract/errors';
import type { Voices } from '../audio/voices/voice.ts';
import type { SecretReader } from '../environments/values.ts';
import type { ProcessHost } from '../processes/host.ts';
import { readScenario, type RunOverrides } from '../scenarios/index.ts';
import { checkEnvironment, checkScenario, checkUrl } from './index.ts';
import { CheckService, type CheckServiceOptions } from './service.ts';

export interface CheckHandlerOptions {
  /** Folder of the workspace at this moment. */
  workspace: () => string;
  processes: ProcessHost;
  voices: () => Voices;
  secrets: SecretReader | null;
  publish: Publish;
  /** What a check would disturb, in words; null: nothing. */
  busy: () => string | null;
}

export interface Checks {
  handlers: ApiHandlers['checks'];
  /** In words; null: none goes on. */
  goingOn(): string | null;
  /** Gives up what goes on. */
  close(): Promise<void>;
}

export function createChecks(options: CheckHandlerOptions): Checks {
  const { busy, publish } = options;
  const service = new CheckService({
    busy,
    make: makeCheck(options),
    onProgress: (report) => publish('checks', 'progress', report),
  });
  return {
    handlers: {
      start: (subject) => service.start(subject),
      cancel: ({ checkId }) => service.cancel(checkId),
      last: () => ok(service.last()),
      frames: (query) => service.frames(query),
    },
    goingOn: () => service.goingOn(),
    close: () => service.close(),
  };
}

function makeCheck(options: CheckHandlerOptions): CheckServiceOptions['make'] {
  const { processes, secrets, voices, workspace } = options;
  return async (subject, reporting) => {
    const folder = workspace();
    const found = await scenarioText(subject, folder);
    if (!found.ok) return found;
    const overrides: RunOverrides = {
      // Variables of the original tool are for its command line.
      environmentVariables: null,
      workspace: folder,
      workspaceCache: join(folder, 'audio_cache'),
      processes,
      voices: voices(),
      secrets,
      onProgress: (text) => reporting.onDoing?.(text),
      text: found.value,
    };
    switch (subject.kind) {
      case 'url':
        return checkUrl(subject.url, overrides, reporting);
      case 'environment':
        return checkEnvironment(subject.name, overrides, reporting);
      case 'scenario':
        return checkScenario(subject.path, { ...overrides, env: subject.environment }, reporting);
    }
  };
}

/** The text in the editor; undefined: as saved. Only what is listed can be checked: a screen reads scenarios, not the disk. */
async function scenarioText(subject: CheckSubject, folder: string): Promise<Result<string | undefined>> {
  if (subject.kind !== 'scenario') return ok(undefined);
  const listed = await readScenario(subject.path, folder);
  return listed.ok ? ok(subject.yaml) : listed;
}
