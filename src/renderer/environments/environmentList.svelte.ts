import type { EnvironmentEntry } from '#contract/api/environments';
import type { AppError } from '#contract/errors';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';
import { messages } from '../frame/messages.svelte.ts';

/** `region 2` before `region 10`. */
const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** The environments of the workspace, kept up to date by the application's events. */
class EnvironmentList {
  #entries: EnvironmentEntry[] = $state.raw([]);
  #loaded = $state(false);
  #error: AppError | null = $state.raw(null);

  constructor() {
    api.environments.on('changed', () => void this.load());
    api.secrets.on('changed', () => void this.load());
    api.workspace.on('changed', () => void this.load());
    connection.onReturn(() => void this.load());
  }

  get entries(): EnvironmentEntry[] {
    return this.#entries;
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  get error(): AppError | null {
    return this.#error;
  }

  find(name: string): EnvironmentEntry | null {
    return this.#entries.find((entry) => entry.name === name) ?? null;
  }

  async load(): Promise<void> {
    const answer = await api.environments.list(undefined);
    if (answer.ok) {
      this.#entries = answer.value.toSorted((a, b) => byName.compare(a.name, b.name));
      this.#error = null;
    } else if (!this.#loaded || this.#error !== null) {
      this.#error = answer.error;
    } else if (answer.error.kind !== 'unavailable') {
      messages.error(answer.error);
    }
    this.#loaded = true;
  }
}

export const environmentList = new EnvironmentList();
