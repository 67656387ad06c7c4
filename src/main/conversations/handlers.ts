/** Answers what screens ask about the studio's conversations. */
import { mkdirSync } from 'node:fs';
import type { ApiHandlers, Publish } from '#contract/api/index';
import { fail, ok, type Result } from '#contract/errors';
import type { ConversationDocument } from '#contract/api/conversations';
import type { FoundConversation, Library } from './library.ts';
import { watchFolders } from './watch.ts';

const notBuilt = () => fail('unavailable', 'not_built', 'This part of the studio is being built.');

export interface ConversationHandlerOptions {
  library: Library;
  publish: Publish;
}

export interface ConversationHandlers {
  handlers: ApiHandlers['conversations'];
  close(): void;
}

/** What a screen is told of a conversation. */
function asDocument(found: Result<FoundConversation>): Result<ConversationDocument> {
  if (!found.ok) return found;
  const { entry, revision, draft } = found.value;
  return ok({ entry, revision, draft });
}

export function createConversationHandlers(options: ConversationHandlerOptions): ConversationHandlers {
  const { library, publish } = options;
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
      importYaml: notBuilt,
      importFolder: notBuilt,
      exportYaml: notBuilt,
      saveAsScenario: notBuilt,
      beginRecording: notBuilt,
      addToRecording: notBuilt,
      finishRecording: notBuilt,
      cancelRecording: notBuilt,
    },
    close() {
      unwatch?.();
    },
  };
}
