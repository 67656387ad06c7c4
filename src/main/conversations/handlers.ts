/** Answers what screens ask about the studio's conversations. */
import { mkdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { ClipFacts } from '#contract/api/clips';
import type { ConversationDocument } from '#contract/api/conversations';
import type { ApiHandlers, Publish } from '#contract/api/index';
import { fail, ok, type Result } from '#contract/errors';
import { exportScenario, saveAsScenario } from './exportScenario.ts';
import { importFolder } from './importFolder.ts';
import { importYaml } from './importYaml.ts';
import type { FoundConversation, Library } from './library.ts';
import { recordingsFolder } from './recordings/keep.ts';
import { Uploads } from './recordings/uploads.ts';
import { watchFolders } from './watch.ts';

export interface ConversationHandlerOptions {
  library: Library;
  publish: Publish;
  /** What is known of a clip's file, which a screen may then see. */
  clipFacts: (path: string) => Promise<Result<ClipFacts>>;
}

export interface ConversationHandlers {
  handlers: ApiHandlers['conversations'];
  /** What is going on, in words; null when nothing is. */
  goingOn(): string | null;
  /** Drops what is being brought in and stops watching. */
  close(): Promise<void>;
}

/** What a screen is told of a conversation. */
function asDocument(found: Result<FoundConversation>): Result<ConversationDocument> {
  if (!found.ok) return found;
  const { entry, revision, draft } = found.value;
  return ok({ entry, revision, draft });
}

export function createConversationHandlers(options: ConversationHandlerOptions): ConversationHandlers {
  const { library, publish, clipFacts } = options;
  const uploads = new Uploads({ workspace: library.workspace });
  let unwatch: (() => void) | null = null;

  /** From the first list on: whoever never looks at it need not be told. */
  const watchOnce = () => {
    if (unwatch) return;
    try {
      mkdirSync(library.folder, { recursive: true });
    } catch {
      // Where it cannot be made it is looked for now and then.
    }
    unwatch = watchFolders([library.folder, library.workspace], () =>
      publish('conversations', 'changed', {}),
    );
  };

  return {
    handlers: {
      list: () => {
        watchOnce();
        return library.list();
      },
      get: async ({ id }) => asDocument(await library.get(id)),
      save: async (request) => asDocument(await library.save(request)),
      duplicate: async ({ id }) => asDocument(await library.duplicate(id)),
      remove: ({ id }) => library.remove(id),
      restore: async ({ trashed }) => asDocument(await library.restore(trashed)),
      importYaml(request) {
        const { folder } = request;
        if (folder === undefined || isAbsolute(folder)) return importYaml(library, request);
        return fail(
          'invalid_input',
          'folder_unreadable',
          `${folder} is not a whole path; name the folder in full.`,
        );
      },
      async importFolder({ folder }) {
        const imported = await importFolder(library, folder);
        for (const name of ['audio_cache', 'recordings'])
          publish('clips', 'changed', { folder: join(library.workspace, name) });
        return imported;
      },
      exportYaml: (request) => exportScenario(library, request),
      saveAsScenario: (request) => saveAsScenario(library, request),
      beginRecording: (request) => uploads.begin(request),
      addToRecording: ({ upload, data }) => uploads.add(upload, data),
      async finishRecording({ upload, ...finish }) {
        const kept = await uploads.finish(upload, finish);
        if (!kept.ok) return kept;
        const { clip, filename, notes } = kept.value;
        const folder = recordingsFolder(library.workspace);
        publish('clips', 'changed', { folder });
        const facts = await clipFacts(join(folder, filename));
        return facts.ok ? ok({ clip, facts: facts.value, notes }) : facts;
      },
      cancelRecording: async ({ upload }) => ok(await uploads.cancel(upload)),
    },
    goingOn: () => (uploads.open > 0 ? 'A recording is being brought in' : null),
    async close() {
      unwatch?.();
      await uploads.close();
    },
  };
}
