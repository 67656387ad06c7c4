import type { ConversationDraft } from '#contract/audio/conversation';
import { api } from '../api/index.ts';
import { conversationList } from './conversationList.svelte.ts';
import { emptyDraft, untitled } from './draft.ts';
import { OpenConversation } from './openConversation.svelte.ts';

/** How the place of a conversation begins that has no file yet. */
const newPrefix = 'new:';

/**
 * The conversations that are open, by the name of their place. One with unsaved changes stays open when the operator goes
 * elsewhere, so that moving about loses nothing; closing or reloading the page asks first.
 */
class OpenConversations {
  #open: ReadonlyMap<string, OpenConversation> = $state.raw(new Map());
  #created = 0;

  constructor() {
    api.conversations.on('changed', () => {
      for (const conversation of this.#open.values()) void conversation.follow();
    });
    api.clips.on('changed', () => {
      for (const conversation of this.#open.values()) void conversation.refreshAudio();
    });
    window.addEventListener('beforeunload', (event) => {
      if (this.hasUnsaved) event.preventDefault();
    });
  }

  get(place: string): OpenConversation | null {
    return this.#open.get(place) ?? null;
  }

  /** Places of those that were never saved, the newest last. */
  get fresh(): string[] {
    return [...this.#open.keys()].filter(isNew);
  }

  /** Whether one that is open has changes that its file has not. */
  isUnsaved(place: string): boolean {
    return this.#open.get(place)?.dirty === true;
  }

  get hasUnsaved(): boolean {
    return [...this.#open.values()].some((conversation) => conversation.dirty);
  }

  /** Opens the conversation of a place, and closes those that are no longer looked at and have nothing unsaved. */
  show(place: string): void {
    const stay = [...this.#open].filter(([key, open]) => key === place || open.dirty);
    if (isNew(place) || stay.some(([key]) => key === place)) {
      if (stay.length < this.#open.size) this.#open = new Map(stay);
      return;
    }
    const opened = new OpenConversation({ id: place });
    void opened.load();
    this.#open = new Map([...stay, [place, opened]]);
  }

  /** Opens a conversation and puts in place what was written in it. */
  async openWith(id: string, draft: ConversationDraft): Promise<void> {
    const opened = new OpenConversation({ id });
    await opened.load();
    opened.change(draft);
    this.#open = new Map([...this.#open, [id, opened]]);
  }

  /** Begins a conversation; the place it is at until it is saved. */
  create(): string {
    this.#created += 1;
    const place = `${newPrefix}${this.#created}`;
    const names = conversationList.entries.map((entry) => entry.name);
    const unsaved = [...this.#open.values()].flatMap((open) => open.draft?.name ?? []);
    const draft = emptyDraft(untitled([...names, ...unsaved]));
    this.#open = new Map([...this.#open, [place, new OpenConversation({ draft })]]);
    return place;
  }

  /** Told when it was saved under another id than that of its place: it moves there. */
  moved(place: string, id: string): void {
    if (place === id) return;
    this.#open = new Map([...this.#open].map(([key, open]) => [key === place ? id : key, open]));
  }

  /** Forgets a conversation with everything that was written in it. */
  close(place: string): void {
    this.#open = new Map([...this.#open].filter(([key]) => key !== place));
  }
}

/** Whether a place is that of a conversation without a file. */
export function isNew(place: string): boolean {
  return place.startsWith(newPrefix);
}

export const openConversations = new OpenConversations();
