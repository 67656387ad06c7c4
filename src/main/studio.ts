/** The audio studio put together: voices, clips, conversations, packs. Needs no history and no engine. */
import { join } from 'node:path';
import type { ApiHandlers, Publish } from '#contract/api/index';
import { createClipHandlers } from './audio/handlers.ts';
import type { ClipShelf } from './audio/shelf.ts';
import { createVoiceHandlers } from './audio/voices/handlers.ts';
import { openVoices } from './audio/voices/open.ts';
import type { Voices } from './audio/voices/voice.ts';
import type { Capabilities } from './capabilities.ts';
import { createConversationHandlers } from './conversations/handlers.ts';
import { createLibrary, type Library } from './conversations/library.ts';
import type { CrosstalkHome } from './home.ts';
import { createPackHandlers } from './packs/handlers.ts';
import { PackService } from './packs/service.ts';
import type { ProcessHost } from './processes/host.ts';
import { programVersion } from './runs/origin.ts';
import { readScenario } from './scenarios/index.ts';
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
  /** Every provider of speech; closed with the studio. */
  voices: Voices;
  /** Which clips screens may see, and what they are. */
  shelf: ClipShelf;
  /** What the operator should know, at this moment. */
  notices(): readonly string[];
  /** Ends what is going on and every helper process. */
  close(): Promise<void>;
}

export function createStudio(options: StudioOptions): Studio {
  const { home, publish } = options;
  const opened = openVoices({ ...options, keyStore: options.capabilities.keyStore() });
  const { voices, azure } = opened;
  const library = createLibrary({
    workspace: home.workspace,
    onChange: () => publish('conversations', 'changed', {}),
  });
  const clips = createClipHandlers({
    workspace: home.workspace,
    voices,
    conversation: (id) => library.get(id),
    draftFolder: library.folder,
    publish,
  });
  const conversations = createConversationHandlers({
    library,
    publish,
    clipFacts: (path) => clips.shelf.factsOf(path),
  });
  const packs = new PackService({
    voices,
    sources: {
      scenario: (path) => readScenario(path, home.workspace),
      conversation: (id) => library.get(id),
      workspaceCache: join(home.workspace, 'audio_cache'),
    },
    packsFolder: join(home.workspace, 'packs'),
    madeBy: `Crosstalk ${programVersion()}`,
    onProgress: (progress) => publish('packs', 'progress', progress),
  });
  return {
    handlers: {
      voices: createVoiceHandlers({ voices, azure }),
      clips: clips.handlers,
      conversations: conversations.handlers,
      packs: createPackHandlers(packs),
    },
    library,
    voices,
    shelf: clips.shelf,
    notices: () => opened.notices(),
    async close() {
      await packs.close();
      await conversations.close();
      await clips.close();
      await voices.close();
    },
  };
}
