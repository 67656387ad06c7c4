/** Answers what screens ask about environments. */
import { protocolOf } from '#contract/scenario/environment';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvironmentEntry, EnvironmentProbe } from '#contract/api/environments';
import type { ApiHandlers, Publish } from '#contract/api/index';
import { ok, type Result } from '#contract/errors';
import { maskUrl } from '#contract/secrets';
import { watchFolders } from '../conversations/watch.ts';
import { aimAt } from './aim.ts';
import { checkEnvironment } from './file.ts';
import { createEnvironmentLibrary, type FoundInLibrary } from './library.ts';
import { resolveEnvironment } from './resolve.ts';
import { missingIn, textsIn, type ValueSources } from './values.ts';

export interface EnvironmentHandlerOptions {
  /** Folder of the workspace at this moment. */
  workspace: () => string;
  publish: Publish;
  sources: ValueSources;
}

export interface EnvironmentHandlers {
  handlers: ApiHandlers['environments'];
  /** Stops watching. */
  close(): void;
}

/** A probe is asked for by somebody who wants to run something, perhaps for an hour. */
const probedMs = 3_600_000;

/** What is shown of a listed environment. */
export function entryOf({ name, path, checked }: FoundInLibrary, sources: ValueSources): EnvironmentEntry {
  const { file, written, problems } = checked;
  return {
    name,
    path,
    description: file?.description ?? '',
    latency: file?.latency ?? 'live',
    production: file?.production ?? null,
    guarded: file?.guard !== undefined,
    unverified: Object.values(file?.targets ?? {}).some((target) => !target.tls.verify),
    targets: Object.entries(file?.targets ?? {}).map(([target, { url, protocol = protocolOf(url) }]) => ({
      name: target,
      url: maskUrl(url),
      protocol,
    })),
    problems,
    missing: missingIn(textsIn({ ...written, variables: {} }), file?.variables ?? {}, sources),
  };
}

/** Asks the guard of one and looks at its tokens and placeholders; places no call. */
export async function probeEnvironment(
  name: string,
  workspace: string,
  sources: ValueSources,
): Promise<Result<EnvironmentProbe>> {
  const found = await resolveEnvironment(name, { scenarioFolder: null, workspace });
  if (!found.ok) return found;
  const { environment, folder } = found.value;
  const aim = aimAt(environment, { label: name, folder, sources });
  const guard = await aim.askGuard();
  const tokens = await aim.tokens();
  const failed = [guard, tokens].flatMap((result) => (result.ok ? [] : [result.error.message]));
  const warnings = await aim.warnings(Date.now() + probedMs);
  return ok({
    guard: guard.ok ? guard.value : { passed: false, status: null, ms: 0, message: guard.error.message },
    tokens: tokens.ok ? tokens.value : [],
    missing: aim.missing(),
    warnings: [...new Set([...warnings, ...(guard.ok ? failed : failed.slice(1))])],
  });
}

export function createEnvironmentHandlers(options: EnvironmentHandlerOptions): EnvironmentHandlers {
  const { workspace, publish, sources } = options;
  const changed = () => publish('environments', 'changed', {});
  const library = createEnvironmentLibrary({ workspace, onChange: changed });
  let watched: { folder: string; stop: () => void } | null = null;

  /** From the first list on: whoever never looks at it need not be told. */
  const watch = () => {
    const folder = library.folder();
    if (watched?.folder === folder) return;
    watched?.stop();
    try {
      mkdirSync(folder, { recursive: true });
    } catch {
      // Where it cannot be made it is looked for now and then.
    }
    watched = { folder, stop: watchFolders([folder], changed) };
  };

  return {
    handlers: {
      async list() {
        watch();
        return ok((await library.list()).map((found) => entryOf(found, sources)));
      },
      read: ({ name }) => library.read(name),
      async check({ yaml }) {
        const { problems } = await checkEnvironment(join(library.folder(), 'environment.yaml'), yaml, null);
        return ok({ problems });
      },
      create: ({ yaml }) => library.create(yaml),
      save: (request) => library.save(request),
      duplicate: ({ name }) => library.duplicate(name),
      remove: ({ name }) => library.remove(name),
      restore: ({ undo }) => library.restore(undo),
      probe: ({ name }) => probeEnvironment(name, workspace(), sources),
    },
    close() {
      watched?.stop();
      watched = null;
    },
  };
}
