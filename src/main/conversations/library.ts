/** The studio's library: one conversation a file in `<workspace>/conversations`, and those inside the listed scenarios beside them. */
import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ConversationDocument, ConversationEntry } from '#contract/api/conversations';
import type { ConversationDraft } from '#contract/audio/conversation';
import { fail, ok, type Result } from '#contract/errors';
import { writeAside } from '../audio/folderFiles.ts';
import { movedBetween, naturally } from './clipPaths.ts';
import { conversationError, parseConversation } from './conversationText.ts';
import { diskRefused } from './diskErrors.ts';
import { draftOf, wholeDraft, withKeysOf } from './draft.ts';
import { largestFileBytes, readConversationText, unknownConversation } from './conversationFile.ts';
import { freeName, slugOf, writeNew } from './fileNames.ts';
import { moveToTrash, takeFromTrash } from './trash.ts';
import { isConversationName, libraryId, placeOfId, revisionOf } from './ids.ts';
import { scenarioConversation, scenarioEntries, turnsOf } from './inScenarios.ts';
import { textOfDraft, textOfPart, type WrittenConversation } from './written.ts';

/** A conversation wherever it lies. */
export interface FoundConversation extends ConversationDocument {
  /** Absolute folder of its file: relative paths of its clips begin there. */
  folder: string;
  /** A folder of clips that its scenario names as its own; null: none. */
  cache: string | null;
  /** Itself as a file of its own, comments and all; null where it cannot be told apart from the file around it. */
  written: WrittenConversation | null;
}

export interface SaveRequest {
  /** Null: a new one. */
  id: string | null;
  /** Of the file as it was read. */
  revision: string | null;
  draft: ConversationDraft;
  overwrite?: boolean;
}

export interface LibraryOptions {
  /** Absolute folder of the workspace. */
  workspace: string;
  /** Told when this library has changed something on disk. */
  onChange?: () => void;
}

/** Conversations by id. An id leads to a file of the library or into a listed scenario, and nowhere else. */
export interface Library {
  /** `<workspace>/conversations`. */
  readonly folder: string;
  readonly workspace: string;
  /** The library's by name, then those of scenarios. One that is not valid is listed with its problem. */
  list(): Promise<Result<ConversationEntry[]>>;
  /** Errors: `unknown_conversation`, `invalid_conversation` with line and column. */
  get(id: string): Promise<Result<FoundConversation>>;
  /** Errors: `incomplete_conversation`, `changed_on_disk`, `not_in_library`, `disk_refused`. */
  save(request: SaveRequest): Promise<Result<FoundConversation>>;
  /**
   * A new conversation of a draft whose clips are relative to `folder`. Its name gets a number when there is one of it.
   * @param like what it was written like, for its comments
   */
  add(
    draft: ConversationDraft,
    folder: string,
    like?: WrittenConversation | null,
  ): Promise<Result<FoundConversation>>;
  /** A copy in the library, also of a scenario's. */
  duplicate(id: string): Promise<Result<FoundConversation>>;
  /** Moves it to the library's trash; `trashed` brings it back. */
  remove(id: string): Promise<Result<{ trashed: string }>>;
  restore(trashed: string): Promise<Result<FoundConversation>>;
}

/** Of a name that may still get a number. */
const longestName = 195;

/** What cannot be edited (no turns at all, or more than a screen holds) says why instead. */
function usable(found: Result<FoundConversation>): Result<FoundConversation> {
  if (!found.ok || found.value.entry.problem === null) return found;
  return fail('invalid_input', 'invalid_conversation', found.value.entry.problem);
}

/** The text of a file, which can be read again. */
function fileOf(draft: ConversationDraft, before: WrittenConversation | null): Result<string> {
  const text = textOfDraft(draft, before);
  if (!text.ok || Buffer.byteLength(text.value) <= largestFileBytes) return text;
  return fail(
    'invalid_input',
    'conversation_too_large',
    `${JSON.stringify(draft.name.slice(0, 60))} would have more than ${largestFileBytes / 2 ** 20} MB; split it into several conversations.`,
  );
}

function notInLibrary(whatToDo: string): Result<never> {
  return fail('refused', 'not_in_library', `This conversation belongs to a scenario; ${whatToDo}.`);
}

class FolderLibrary implements Library {
  readonly workspace: string;
  readonly folder: string;
  readonly #onChange: () => void;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: LibraryOptions) {
    this.workspace = resolve(options.workspace);
    this.folder = join(this.workspace, 'conversations');
    this.#onChange = options.onChange ?? (() => {});
  }

  /** One change of the library after the other. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #filenames(): Promise<Result<string[]>> {
    try {
      const files = await readdir(this.folder, { withFileTypes: true });
      const names = files.filter((file) => !file.isDirectory() && isConversationName(file.name));
      return ok(names.map((file) => file.name).sort(naturally));
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return ok([]);
      return diskRefused(`The conversations in ${this.folder} cannot be listed`, thrown);
    }
  }

  async #file(filename: string): Promise<Result<FoundConversation>> {
    const path = join(this.folder, filename);
    const text = await readConversationText(path, filename);
    if (!text.ok) return text;
    const read = parseConversation(filename, text.value);
    if ('problems' in read) return conversationError(read.problems);
    const { conversation, raw } = read.parsed;
    const { turns, files, problem } = await turnsOf(conversation, this.folder);
    return ok({
      entry: { ...this.#entry(filename), name: conversation.name, turns, problem },
      revision: revisionOf(text.value),
      draft: draftOf(conversation, raw, files),
      folder: this.folder,
      cache: null,
      written: { text: text.value, files },
    });
  }

  #entry(filename: string): ConversationEntry {
    return {
      id: libraryId(filename),
      name: filename,
      origin: 'library',
      scenario: null,
      bundled: false,
      path: join(this.folder, filename),
      turns: 0,
      problem: null,
    };
  }

  async #own(): Promise<Result<ConversationEntry[]>> {
    const names = await this.#filenames();
    if (!names.ok) return names;
    const entries: ConversationEntry[] = [];
    for (const filename of names.value) {
      const found = await this.#file(filename);
      if (found.ok) entries.push(found.value.entry);
      else if (found.error.kind !== 'not_found')
        entries.push({ ...this.#entry(filename), problem: found.error.message });
    }
    return ok(entries.sort((a, b) => naturally(a.name, b.name)));
  }

  async list(): Promise<Result<ConversationEntry[]>> {
    const own = await this.#own();
    if (!own.ok) return own;
    const others = await scenarioEntries(this.workspace);
    return others.ok ? ok([...own.value, ...others.value]) : others;
  }

  async get(id: string): Promise<Result<FoundConversation>> {
    const place = placeOfId(id);
    if (!place) return unknownConversation();
    if (place.origin === 'library') {
      const names = await this.#filenames();
      if (!names.ok) return names;
      return usable(
        names.value.includes(place.filename) ? await this.#file(place.filename) : unknownConversation(),
      );
    }
    const inside = await scenarioConversation(this.workspace, { scenario: place.scenario, id });
    if (!inside.ok) return inside;
    const found = inside.value;
    if (!found) return unknownConversation();
    const { checked, raw } = found.listed;
    if ('problems' in checked) return conversationError(checked.problems);
    const { files } = await turnsOf(checked.conversation, found.folder);
    return usable(
      ok({
        entry: found.entry,
        revision: revisionOf(found.text),
        draft: draftOf(checked.conversation, raw, files),
        folder: found.folder,
        cache: found.cache,
        written: textOfPart(found.source, found.listed.path, files),
      }),
    );
  }

  save(request: SaveRequest): Promise<Result<FoundConversation>> {
    return this.#alone(async () => {
      const whole = wholeDraft(request.draft);
      if (!whole.ok) return whole;
      const saved =
        request.id === null
          ? await this.#create(whole.value)
          : await this.#replace(request.id, request, whole.value);
      if (!saved.ok) return saved;
      return ok({ ...saved.value, draft: withKeysOf(saved.value.draft, request.draft) });
    });
  }

  async #create(
    draft: ConversationDraft,
    like: WrittenConversation | null = null,
  ): Promise<Result<FoundConversation>> {
    const text = fileOf(draft, like);
    if (!text.ok) return text;
    try {
      await mkdir(this.folder, { recursive: true });
      const filename = await writeNew(this.folder, slugOf(draft.name, 'conversation'), 'yaml', text.value);
      this.#onChange();
      return await this.#file(filename);
    } catch (thrown) {
      return diskRefused(`The conversation cannot be saved in ${this.folder}`, thrown);
    }
  }

  async #replace(
    id: string,
    { revision, overwrite = false }: SaveRequest,
    draft: ConversationDraft,
  ): Promise<Result<FoundConversation>> {
    const place = placeOfId(id);
    if (!place) return unknownConversation();
    if (place.origin === 'scenario') return notInLibrary('duplicate it and edit the copy in the library');
    const { filename } = place;
    const path = join(this.folder, filename);
    const current = await readConversationText(path, filename);
    const gone = !current.ok && current.error.kind === 'not_found';
    const same = current.ok && revision === revisionOf(current.value);
    if (!same && !overwrite) {
      const message = gone
        ? `${filename} was removed from disk since it was opened; save it anyway to put it back, or close it.`
        : `${filename} was changed on disk since it was opened; load it again, or save over it.`;
      return fail('conflict', 'changed_on_disk', message);
    }
    const before = current.ok ? await this.#before(filename, current.value) : null;
    const text = fileOf(draft, before);
    if (!text.ok) return text;
    try {
      if (!current.ok || current.value !== text.value) {
        await mkdir(this.folder, { recursive: true });
        await writeAside(path, text.value);
        this.#onChange();
      }
      return await this.#file(filename);
    } catch (thrown) {
      return diskRefused(`The conversation cannot be saved in ${path}`, thrown);
    }
  }

  async #before(filename: string, text: string): Promise<WrittenConversation> {
    const read = parseConversation(filename, text);
    const files = 'parsed' in read ? (await turnsOf(read.parsed.conversation, this.folder)).files : [];
    return { text, files };
  }

  add(...[draft, folder, like]: Parameters<Library['add']>): Promise<Result<FoundConversation>> {
    return this.#alone(() => this.#add(draft, folder, like));
  }

  async #add(...[draft, folder, like]: Parameters<Library['add']>): Promise<Result<FoundConversation>> {
    const own = await this.#own();
    if (!own.ok) return own;
    const names = own.value.map((entry) => entry.name);
    const name = freeName(draft.name.trim().slice(0, longestName), names);
    const whole = wholeDraft({ ...movedBetween(draft, folder, this.folder, this.workspace), name });
    return whole.ok ? this.#create(whole.value, like) : whole;
  }

  duplicate(id: string): Promise<Result<FoundConversation>> {
    return this.#alone(async () => {
      const found = await this.get(id);
      if (!found.ok) return found;
      const { draft, folder, written } = found.value;
      return this.#add(draft, folder, written);
    });
  }

  remove(id: string): Promise<Result<{ trashed: string }>> {
    return this.#alone(async () => {
      const place = placeOfId(id);
      if (!place) return unknownConversation();
      if (place.origin === 'scenario') return notInLibrary('take it out of the scenario’s file');
      const { filename } = place;
      const names = await this.#filenames();
      if (!names.ok) return names;
      if (!names.value.includes(filename)) return unknownConversation();
      try {
        const kept = await moveToTrash(this.folder, filename);
        this.#onChange();
        return ok({ trashed: libraryId(kept) });
      } catch (thrown) {
        return diskRefused(`${filename} cannot be moved to the trash of ${this.folder}`, thrown);
      }
    });
  }

  restore(trashed: string): Promise<Result<FoundConversation>> {
    return this.#alone(async () => {
      const place = placeOfId(trashed);
      if (place?.origin !== 'library') return unknownConversation();
      try {
        const filename = await takeFromTrash(this.folder, place.filename);
        if (filename === null) return unknownConversation();
        this.#onChange();
        return await this.#file(filename);
      } catch (thrown) {
        return diskRefused('The conversation cannot be brought back', thrown);
      }
    });
  }
}

/** The library of a workspace. Nothing is read or made yet. */
export function createLibrary(options: LibraryOptions): Library {
  return new FolderLibrary(options);
}
