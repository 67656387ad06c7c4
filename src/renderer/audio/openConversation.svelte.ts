import type { ConversationDocument, ConversationEntry } from '#contract/api/conversations';
import type { TurnAudio } from '#contract/api/clips';
import type { ConversationDraft, DraftTurn } from '#contract/audio/conversation';
import type { AppError } from '#contract/errors';
import { api } from '../api/index.ts';
import { messages } from '../frame/messages.svelte.ts';
import * as drafts from './draft.ts';
import { TurnAudios } from './turnAudio.svelte.ts';
import { UndoHistory } from './undo.ts';

/** One conversation as it is open on screen: what the file says, what was written since, and the way back. */
export class OpenConversation {
  #id: string | null = $state(null);
  #entry: ConversationEntry | null = $state.raw(null);
  #revision: string | null = null;
  #saved: ConversationDraft | null = $state.raw(null);
  #draft: ConversationDraft | null = $state.raw(null);
  #error: AppError | null = $state.raw(null);
  #saving = $state(false);
  #conflict: AppError | null = $state.raw(null);
  #steps = $state(0);
  #history = new UndoHistory<ConversationDraft>();
  readonly audio = new TurnAudios();
  readonly #dirty = $derived(
    this.#draft !== null && (this.#saved === null || !drafts.sameDraft(this.#draft, this.#saved)),
  );

  /** One that exists, by its id; or one that is new, with what it begins with. */
  constructor(from: { id: string } | { draft: ConversationDraft }) {
    if ('id' in from) {
      this.#id = from.id;
    } else {
      this.#id = null;
      this.#draft = from.draft;
      void this.refreshAudio();
    }
  }

  /** Its id; null until it is saved for the first time. */
  get id(): string | null {
    return this.#id;
  }

  get entry(): ConversationEntry | null {
    return this.#entry;
  }

  /** What is on screen; null while it is read. */
  get draft(): ConversationDraft | null {
    return this.#draft;
  }

  /** Why it cannot be shown. */
  get error(): AppError | null {
    return this.#error;
  }

  get saving(): boolean {
    return this.#saving;
  }

  /** Set when the file was changed by somebody else since it was read. */
  get conflict(): AppError | null {
    return this.#conflict;
  }

  /** A scenario's conversation is shown, not edited. */
  get readOnly(): boolean {
    return this.#entry !== null && this.#entry.origin !== 'library';
  }

  /** Whether something was written that the file does not have. */
  get dirty(): boolean {
    return this.#dirty;
  }

  get canUndo(): boolean {
    return this.#steps >= 0 && this.#history.canUndo;
  }

  get canRedo(): boolean {
    return this.#steps >= 0 && this.#history.canRedo;
  }

  /** How the audio of a turn stands; null while it is not known. */
  audioOf(turn: DraftTurn): TurnAudio | null {
    return this.audio.byKey.get(turn.key) ?? null;
  }

  /** Reads the file, or reads it again and forgets what was written. */
  async load(): Promise<void> {
    if (this.#id === null) return;
    const answer = await api.conversations.get({ id: this.#id });
    this.#conflict = null;
    if (!answer.ok) {
      // What was written stays on screen when its file is gone.
      if (this.#draft === null) this.#error = answer.error;
      else messages.error(answer.error);
      return;
    }
    this.#error = null;
    this.#take(answer.value);
    this.#history = new UndoHistory();
    this.#steps += 1;
    await this.refreshAudio();
  }

  /** Reads the file again when nothing was written and it has changed. */
  async follow(): Promise<void> {
    if (this.#id === null || !this.#untouched()) return;
    const answer = await api.conversations.get({ id: this.#id });
    if (!answer.ok || answer.value.revision === this.#revision || !this.#untouched()) return;
    this.#take(answer.value);
    this.#history = new UndoHistory();
    this.#steps += 1;
    await this.refreshAudio();
  }

  /** Puts a changed draft in place. `what` names the field: keystrokes in one field are one step back. */
  change(next: ConversationDraft, what = ''): void {
    const before = this.#draft;
    if (before === null || this.readOnly || next === before) return;
    this.#history.remember(before, what, performance.now());
    this.#steps += 1;
    this.#draft = next;
    this.audio.askSoon(this.#id, next);
  }

  changeTurn(key: string, change: drafts.TurnChange, what = ''): void {
    if (this.#draft) this.change(drafts.changeTurn(this.#draft, key, change), what && `${key} ${what}`);
  }

  undo(): void {
    this.#step((draft) => this.#history.undo(draft));
  }

  redo(): void {
    this.#step((draft) => this.#history.redo(draft));
  }

  /** Goes back to what the file says; a step that can be taken back. */
  revert(): void {
    if (this.#saved) this.change(this.#saved);
  }

  /** Writes the file; true when it is written. A file that was changed meanwhile is only overwritten when told to. */
  async save(overwrite = false): Promise<boolean> {
    const draft = this.#draft;
    if (draft === null || this.readOnly || this.#saving) return false;
    this.#saving = true;
    const answer = await api.conversations.save({
      id: this.#id,
      revision: this.#revision,
      draft,
      overwrite,
    });
    this.#saving = false;
    if (!answer.ok) {
      if (answer.error.code === 'changed_on_disk') this.#conflict = answer.error;
      else messages.error(answer.error);
      return false;
    }
    this.#conflict = null;
    const { entry, revision } = answer.value;
    this.#id = entry.id;
    this.#entry = entry;
    this.#revision = revision;
    this.#saved = draft;
    // What the file made of it (a trimmed name, say) is shown, unless something was written meanwhile. Rows keep their keys.
    if (this.#draft === draft) {
      const stored = withKeys(answer.value.draft, draft);
      this.#saved = stored;
      this.#draft = stored;
    }
    void this.refreshAudio();
    return true;
  }

  /** Leaves the question of who changed the file open: the operator writes on. */
  postponeConflict(): void {
    this.#conflict = null;
  }

  async refreshAudio(): Promise<void> {
    if (this.#draft) await this.audio.ask(this.#id, this.#draft);
  }

  /** Whether nothing was written and nothing is being saved, at this moment. */
  #untouched(): boolean {
    return !this.#dirty && !this.#saving;
  }

  #take(document: ConversationDocument): void {
    this.#entry = document.entry;
    this.#revision = document.revision;
    this.#saved = document.draft;
    this.#draft = document.draft;
  }

  #step(to: (draft: ConversationDraft) => ConversationDraft | null): void {
    if (this.#draft === null || this.readOnly) return;
    const next = to(this.#draft);
    if (next === null) return;
    this.#steps += 1;
    this.#draft = next;
    this.audio.askSoon(this.#id, next);
  }
}

/** The stored draft with the keys the rows on screen have, so that nothing jumps and the focus stays. */
function withKeys(stored: ConversationDraft, shown: ConversationDraft): ConversationDraft {
  if (stored.turns.length !== shown.turns.length) return stored;
  return {
    ...stored,
    turns: stored.turns.map((turn, i) => ({ ...turn, key: shown.turns[i]?.key ?? turn.key })),
  };
}
