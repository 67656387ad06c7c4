/** Answers what screens ask about clips. */
import { isAbsolute, join, resolve } from 'node:path';
import type { CacheReport } from '#contract/api/clips';
import type { ApiHandlers, Publish } from '#contract/api/index';
import { fail, ok, type Result } from '#contract/errors';
import { bundled } from '../entries.ts';
import { ClipCache } from './cache.ts';
import { readStretch } from './clipFile.ts';
import { Generation } from './generation.ts';
import { mendFolder, mendingsOf } from './mend.ts';
import { ClipShelf } from './shelf.ts';
import { audioOfTurns, searchedFolders, type PlacedConversation } from './turnAudio.ts';
import { verifyFolder } from './verify.ts';
import { clipSampleRate, type Voices } from './voices/voice.ts';
import { missingClips } from './wanted.ts';

export interface ClipHandlerOptions {
  /** Absolute folder of the workspace. */
  workspace: string;
  voices: Voices;
  /** A conversation by its id, with the folder of its file. */
  conversation: (id: string) => Promise<Result<PlacedConversation>>;
  /** Folder of conversations that are not saved yet. */
  draftFolder: string;
  publish: Publish;
}

export interface ClipHandlers {
  handlers: ApiHandlers['clips'];
  /** Which clips screens may see, and what they are. */
  shelf: ClipShelf;
  /** What is going on, in words; null when nothing is. */
  goingOn(): string | null;
  /** Gives up what is being generated. */
  close(): Promise<void>;
}

type DraftInput = { id: string | null; draft: PlacedConversation['draft'] };

function emptyReport(folder: string): CacheReport {
  return { folder, writable: true, made: 'plain', clips: [], bytes: 0, durationMs: 0, findings: [] };
}

/** The part of the studio that is about clips. Nothing is read or started yet. */
export function createClipHandlers(options: ClipHandlerOptions): ClipHandlers {
  const { workspace, voices, conversation, draftFolder, publish } = options;
  const folder = resolve(workspace, 'audio_cache');
  const bundledFolder = bundled('audio_cache');
  const shared = [bundledFolder, folder];
  const shelf = new ClipShelf({ workspace, folders: [...shared, join(workspace, 'recordings')] });
  const changed = (where: string) => publish('clips', 'changed', { folder: where });
  const generation = new Generation({
    voices,
    folder,
    onProgress: (state) => publish('clips', 'progress', state),
    onChanged: () => changed(folder),
  });

  /** What is on screen, in the place of what is saved under its id. */
  const placed = async ({ id, draft }: DraftInput): Promise<Result<PlacedConversation>> => {
    if (id === null) return ok({ draft, folder: draftFolder });
    const saved = await conversation(id);
    return saved.ok ? ok({ folder: saved.value.folder, cache: saved.value.cache, draft }) : saved;
  };

  const gather = async (
    ids: readonly string[],
    draft: DraftInput | undefined,
  ): Promise<Result<PlacedConversation[]>> => {
    const gathered: PlacedConversation[] = [];
    for (const id of ids) {
      const found = await conversation(id);
      if (!found.ok) return found;
      gathered.push(found.value);
    }
    if (draft === undefined) return ok(gathered);
    const unsaved = await placed(draft);
    return unsaved.ok ? ok([...gathered, unsaved.value]) : unsaved;
  };

  const verify = async (where: string): Promise<Result<CacheReport>> => {
    const own = where === folder;
    const report = await verifyFolder(where, { shelf, expectManifest: own });
    // Before anything was generated the workspace has no cache, which is nothing wrong.
    return !report.ok && own && report.error.code === 'folder_missing' ? ok(emptyReport(folder)) : report;
  };

  const folderNamed = (named: string | undefined): Result<string> => {
    if (named === undefined) return ok(folder);
    if (isAbsolute(named)) return ok(resolve(named));
    return fail('invalid_input', 'not_a_folder', `${named} is not a whole path; name the folder in full.`);
  };

  const notToBeMended = (where: string): Result<never> | null => {
    if (where === bundledFolder)
      return fail(
        'refused',
        'bundled_clips',
        'The clips that come with Crosstalk are not changed; import their folder and mend the copies.',
      );
    if (shelf.knows(where)) return null;
    return fail('refused', 'not_verified', `Verify ${where} first: only what was found can be mended.`);
  };

  const handlers: ApiHandlers['clips'] = {
    async ofConversation(input) {
      const found = await placed(input);
      if (!found.ok) return found;
      const cache = new ClipCache(searchedFolders(found.value, shared));
      return ok({ turns: await audioOfTurns(found.value, { shelf, cache }) });
    },
    async facts({ clip }) {
      const path = shelf.pathOf(clip);
      return path.ok ? await shelf.factsOf(path.value) : path;
    },
    async audio({ clip, from, samples }) {
      const path = shelf.pathOf(clip);
      if (!path.ok) return path;
      const read = await readStretch(path.value, from, samples);
      if (!read.ok) return read;
      const { samples: part, total } = read.value;
      const pcm = Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('base64');
      return ok({ sampleRate: clipSampleRate, totalSamples: total, pcm });
    },
    generate: ({ conversations, draft, maxTurns }) =>
      generation.start(async () => {
        const gathered = await gather(conversations, draft);
        if (!gathered.ok) return gathered;
        return ok(await missingClips(gathered.value, maxTurns ?? Number.POSITIVE_INFINITY, shared));
      }),
    async cancelGeneration() {
      await generation.cancel();
      return ok(undefined);
    },
    generation: () => ok(generation.state),
    async verify({ folder: named }) {
      const where = folderNamed(named);
      return where.ok ? await verify(where.value) : where;
    },
    async mend({ folder: named, findings }) {
      const where = folderNamed(named);
      if (!where.ok) return where;
      const refused = notToBeMended(where.value);
      if (refused) return refused;
      const asked = mendingsOf(findings);
      if (!asked.ok) return asked;
      const mended = await mendFolder(where.value, asked.value);
      changed(where.value);
      return mended.ok ? await verify(where.value) : mended;
    },
  };
  const goingOn = () => (generation.state?.state === 'running' ? 'Clips are being generated' : null);
  return { handlers, shelf, goingOn, close: () => generation.cancel() };
}
