import type { NotificationSettings } from '#contract/api/notifications';
import type { AppError, Result } from '#contract/errors';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';
import { messages } from '../frame/messages.svelte.ts';

export type WebhookTest = Result<{ status: number; answer: string }>;

/** How the end of a run is told, and what the last test message came to. */
class NotificationChoice {
  #state: NotificationSettings | null = $state.raw(null);
  #error: AppError | null = $state.raw(null);
  #test: WebhookTest | null = $state.raw(null);
  #busy: 'saving' | 'testing' | null = $state(null);

  constructor() {
    connection.onReturn(() => {
      if (this.#state !== null || this.#error !== null) void this.load();
    });
  }

  get state(): NotificationSettings | null {
    return this.#state;
  }

  get error(): AppError | null {
    return this.#error;
  }

  get test(): WebhookTest | null {
    return this.#test;
  }

  get busy(): 'saving' | 'testing' | null {
    return this.#busy;
  }

  async load(): Promise<void> {
    const answer = await api.notifications.get(undefined);
    if (answer.ok) this.#state = answer.value;
    this.#error = answer.ok ? null : answer.error;
  }

  /** Keeps what was chosen; why not, where it could not. */
  async set(patch: Parameters<typeof api.notifications.set>[0]): Promise<AppError | null> {
    this.#busy = 'saving';
    const answer = await api.notifications.set(patch);
    this.#busy = null;
    if (!answer.ok) return answer.error;
    this.#state = answer.value;
    this.#test = null;
    return null;
  }

  /** The same, where there is no place beside the field to say why not. */
  async choose(patch: Parameters<typeof api.notifications.set>[0]): Promise<void> {
    const error = await this.set(patch);
    if (error !== null) messages.error(error);
  }

  /** Sends a message to the webhook now. */
  async runTest(): Promise<void> {
    this.#busy = 'testing';
    this.#test = null;
    this.#test = await api.notifications.test(undefined);
    this.#busy = null;
  }
}

export const notificationChoice = new NotificationChoice();
