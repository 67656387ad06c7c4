import type { ConversationEntry } from '#contract/api/conversations';
import type { AppError } from '#contract/errors';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';
import { messages } from '../frame/messages.svelte.ts';

/** The library's conversations and those inside scenarios. */
class ConversationList {
  #entries: ConversationEntry[] = $state.raw([]);
  #loaded = $state(false);
  #error: AppError | null = $state.raw(null);
  #round = 0;

  constructor() {
    api.conversations.on('changed', () => {
      if (this.#loaded) void this.load();
    });
    connection.onReturn(() => {
      if (this.#loaded) void this.load();
    });
  }

  get entries(): ConversationEntry[] {
    return this.#entries;
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  get error(): AppError | null {
    return this.#error;
  }

  find(id: string): ConversationEntry | null {
    return this.#entries.find((entry) => entry.id === id) ?? null;
  }

  async load(): Promise<void> {
    const round = ++this.#round;
    const answer = await api.conversations.list(undefined);
    if (round !== this.#round) return;
    if (answer.ok) {
      this.#entries = answer.value;
      this.#error = null;
    } else if (this.#entries.length === 0) {
      this.#error = answer.error;
    } else if (answer.error.kind !== 'unavailable') {
      messages.error(answer.error);
    }
    this.#loaded = true;
  }
}

export const conversationList = new ConversationList();
