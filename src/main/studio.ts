/** The audio studio put together: voices, clips, conversations, packs. Needs no history and no engine. */
import type { ApiHandlers, Publish } from '#contract/api/index';
import { createClipHandlers } from './audio/handlers.ts';
import { createVoiceHandlers } from './audio/voices/handlers.ts';
import type { Capabilities } from './capabilities.ts';
import { createConversationHandlers } from './conversations/handlers.ts';
import { createLibrary, type Library } from './conversations/library.ts';
import type { CrosstalkHome } from './home.ts';
import { createPackHandlers } from './packs/handlers.ts';
import type { ProcessHost } from './processes/host.ts';
import type { SettingsStore } from './settings/settings.ts';

export interface StudioOptions {
  home: CrosstalkHome;
  settings: SettingsStore;
  capabilities: Capabilities;
  processes: ProcessHost;
  publish: Publish;
  /** Where keys of speech services may stand. */
  env: Record<string, string | undefined>;
}

export interface Studio {
  handlers: Pick<ApiHandlers, 'voices' | 'clips' | 'conversations' | 'packs'>;
  /** Conversations by id, wherever they lie. */
  library: Library;
  /** Ends what is going on and every helper process. */
  close(): Promise<void>;
}

export function createStudio(options: StudioOptions): Studio {
  const { home, publish } = options;
  const library = createLibrary({
    workspace: home.workspace,
    onChange: () => publish('conversations', 'changed', {}),
  });
  const conversations = createConversationHandlers({ library, publish });
  return {
    handlers: {
      voices: createVoiceHandlers(),
      clips: createClipHandlers(),
      conversations: conversations.handlers,
      packs: createPackHandlers(),
    },
    library,
    close: () => {
      conversations.close();
      return Promise.resolve();
    },
  };
}
