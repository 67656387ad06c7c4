import type { SecretEntry } from '#contract/api/secrets';
import type { AppError } from '#contract/errors';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';
import { messages } from '../frame/messages.svelte.ts';

interface Listed {
  secrets: SecretEntry[];
  /** Where a secret that is set from here is kept. */
  keptIn: 'os_store' | 'file';
  /** The store's or the file's name. */
  place: string;
}

/** The secrets by name, and where they are kept. Their values never come here. */
class SecretList {
  #listed: Listed | null = $state.raw(null);
  #error: AppError | null = $state.raw(null);

  constructor() {
    api.secrets.on('changed', () => this.#loadAgain());
    api.environments.on('changed', () => this.#loadAgain());
    connection.onReturn(() => this.#loadAgain());
  }

  get listed(): Listed | null {
    return this.#listed;
  }

  get error(): AppError | null {
    return this.#error;
  }

  /** Those that are used but nowhere to be found. */
  get missing(): SecretEntry[] {
    return this.#listed?.secrets.filter(({ keptIn }) => keptIn === 'missing') ?? [];
  }

  find(name: string): SecretEntry | null {
    return this.#listed?.secrets.find((secret) => secret.name === name) ?? null;
  }

  async load(): Promise<void> {
    const answer = await api.secrets.list(undefined);
    if (answer.ok) this.#listed = answer.value;
    this.#error = answer.ok ? null : answer.error;
  }

  /** Keeps a value under a name; why it could not be kept, or null. */
  async set(name: string, value: string): Promise<AppError | null> {
    const answer = await api.secrets.set({ name, value });
    if (!answer.ok) return answer.error;
    await this.load();
    return null;
  }

  async forget(name: string): Promise<void> {
    const answer = await api.secrets.forget({ name });
    if (!answer.ok) messages.error(answer.error);
    await this.load();
  }

  #loadAgain(): void {
    if (this.#listed !== null || this.#error !== null) void this.load();
  }
}

export const secretList = new SecretList();
