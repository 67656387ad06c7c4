import type { ApiHandlers } from '#contract/api/index';

/** What a door needs of the application: handlers for its calls, and to be told of its events. */
export interface ServedApplication {
  handlers: ApiHandlers;
  /** Returns its own unsubscribe. */
  subscribe(listener: (channel: string, payload: unknown) => void): () => void;
}
