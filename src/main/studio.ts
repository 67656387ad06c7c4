/** The audio studio put together: voices, clips, conversations, packs. Needs no history and no engine. */
import { join } from 'node:path';
import type { ApiHandlers, Publish } from '#contract/api/index';
import { createClipHandlers, type ClipHandlers } from './audio/handlers.ts';
import type { ClipShelf } from './audio/shelf.ts';
import { createVoiceHandlers } from './audio/voices/handlers.ts';
import { openVoices } from './audio/voices/open.ts';
import type { Voices } from './audio/voices/voice.ts';
import type { Capabilities } from './capabilities.ts';
import { createConversationHandlers, type ConversationHandlers } from './conversations/handlers.ts';
import { createLibrary, type Library } from './conversations/library.ts';
import type { CrosstalkHome } from './home.ts';
import { createPackHandlers } from './packs/handlers.ts';
import { PackService } from './packs/service.ts';
import type { ProcessHost } from './processes/host.ts';
import { programVersion } from './runs/origin.ts';
import { readScenario } from './scenarios/index.ts';
import type { SettingsStore } from './settings/settings.ts';
import { following } from './workspace/following.ts';

export interface StudioOptions {
  home: CrosstalkHome;
  /** Absolute folder of the workspace to begin with. */
  workspace: string;
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
  readonly library: Library;
  /** Every provider of speech; closed with the studio. */
  voices: Voices;
  /** Which clips screens may see, and what they are. */
  readonly shelf: ClipShelf;
  /** What the operator should know, at this moment. */
  notices(): readonly string[];
  /** What is being made or brought in at this moment, in words; null when nothing is. */
  goingOn(): string | null;
  /** Works with the files of another workspace from now on; what still goes on in the one before is given up. */
  useWorkspace(folder: string): Promise<void>;
  /** Ends what is going on and every helper process. */
  close(): Promise<void>;
}

export function createStudio(options: StudioOptions): Studio {
  const opened = openVoices({ ...options, keyStore: options.capabilities.keyStore() });
  const { voices, azure } = opened;
  let parts = workspaceParts(options.workspace, voices, options.publish);
  return {
    handlers: {
      voices: createVoiceHandlers({ voices, azure }),
      clips: following(() => parts.clips.handlers),
      conversations: following(() => parts.conversations.handlers),
      packs: following(() => parts.packHandlers),
    },
    get library() {
      return parts.library;
    },
    voices,
    get shelf() {
      return parts.clips.shelf;
    },
    notices: () => opened.notices(),
    goingOn: () => parts.goingOn(),
    async useWorkspace(folder) {
      const before = parts;
      parts = workspaceParts(folder, voices, options.publish);
      await before.close();
    },
    async close() {
      await parts.close();
      await voices.close();
    },
  };
}

interface WorkspaceParts {
  library: Library;
  clips: ClipHandlers;
  conversations: ConversationHandlers;
  packHandlers: ApiHandlers['packs'];
  goingOn(): string | null;
  close(): Promise<void>;
}

/** Everything of the studio that lies in one workspace. */
function workspaceParts(workspace: string, voices: Voices, publish: Publish): WorkspaceParts {
  const library = createLibrary({
    workspace,
    onChange: () => publish('conversations', 'changed', {}),
  });
  const clips = createClipHandlers({
    workspace,
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
      scenario: (path) => readScenario(path, workspace),
      conversation: (id) => library.get(id),
      workspaceCache: join(workspace, 'audio_cache'),
    },
    packsFolder: join(workspace, 'packs'),
    madeBy: `Crosstalk ${programVersion()}`,
    onProgress: (progress) => publish('packs', 'progress', progress),
  });
  return {
    library,
    clips,
    conversations,
    packHandlers: createPackHandlers(packs),
    goingOn: () => clips.goingOn() ?? conversations.goingOn() ?? packs.goingOn(),
    async close() {
      await packs.close();
      await conversations.close();
      await clips.close();
    },
  };
}
