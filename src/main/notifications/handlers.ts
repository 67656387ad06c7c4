/** Answers what screens ask about how a run's end is told. */
import type { ApiHandlers } from '#contract/api/index';
import { fail, ok } from '#contract/errors';
import { testMessage } from './formats/index.ts';
import { postWebhook } from './post.ts';
import type { NotificationStore } from './settings.ts';

export interface NotificationHandlerOptions {
  store: NotificationStore;
  /** For tests; see `postWebhook`. */
  pauseMs?: number;
}

export function createNotificationHandlers({
  store,
  pauseMs,
}: NotificationHandlerOptions): ApiHandlers['notifications'] {
  return {
    get: () => ok(store.get()),
    set: (patch) => store.set(patch),
    async test() {
      const webhook = await store.webhook();
      if (!webhook.ok) return webhook;
      if (webhook.value === null)
        return fail('invalid_input', 'no_webhook', 'There is no webhook yet; type in its address first.');
      const { address, format } = webhook.value;
      return postWebhook(address, testMessage(format), pauseMs === undefined ? {} : { pauseMs });
    },
  };
}
