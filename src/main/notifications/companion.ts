/** Tells the end of every run: on the desktop, and to a webhook, as the operator wants it. */
import type { Publish } from '#contract/api/index';
import type { Capabilities } from '../capabilities.ts';
import type { History } from '../history/history.ts';
import type { RunCompanion } from '../runs/companion.ts';
import type { Webhook } from './address.ts';
import { messageOf } from './formats/index.ts';
import { isTold, wordsOf, type EndedRun } from './news.ts';
import { postWebhook } from './post.ts';
import type { NotificationStore } from './settings.ts';

/** How long the end of the program waits for a message that is on its way. */
const longestMs = 15_000;
/** And for one of a run that ends because the program does. */
const lastMs = 3000;

export interface NotifierOptions {
  store: NotificationStore;
  capabilities: Pick<Capabilities, 'notify'>;
  history: Pick<History, 'row'>;
  publish: Publish;
  /** Told of every run instead of the one that is kept: the command line's own. */
  webhook?: Webhook | null;
  /** For tests; see `postWebhook`. */
  pauseMs?: number;
}

export interface Notifier {
  companion: RunCompanion;
  /** Waits for what is on its way, fifteen seconds from its beginning at most. */
  close(): Promise<void>;
}

export function createNotifier(options: NotifierOptions): Notifier {
  const { store, capabilities, history, publish } = options;
  const onTheirWay = new Map<Promise<void>, { since: number; ending: AbortController }>();
  let closed = false;

  function onDesktop(run: EndedRun): void {
    if (!isTold(store.get().desktop, run)) return;
    const { title, body } = wordsOf(run);
    const { runId } = run;
    const shown = capabilities.notify(title, body, () => publish('notifications', 'open', { runId }));
    const { verdict } = run.summary;
    publish('notifications', 'news', {
      runId,
      title,
      body,
      verdict,
      comparison: run.delta?.verdict ?? null,
      shown,
    });
  }

  /** Why it could not be told; null: it was, or was not to be. */
  async function toWebhook(run: EndedRun, signal: AbortSignal): Promise<string | null> {
    const own = options.webhook ?? null;
    if (own === null && !isTold(store.get().webhook.when, run)) return null;
    const kept = own === null ? await store.webhook() : null;
    if (kept !== null && !kept.ok) return kept.error.message;
    const webhook = own ?? kept?.value ?? null;
    if (webhook === null) return null;
    const { pauseMs } = options;
    const sent = await postWebhook(webhook.address, messageOf(webhook.format, run), {
      signal,
      ...(pauseMs === undefined ? {} : { pauseMs }),
    });
    return sent.ok ? null : sent.error.message;
  }

  return {
    companion: {
      name: 'Telling the end of the run',
      begin: (accompanied) => ({
        async recorded({ outcome: { summary } }) {
          const { runId, prepared, keep } = accompanied;
          const row = keep ? await history.row(runId) : null;
          const name = row?.ok === true ? row.value.name : prepared.name;
          const run: EndedRun = { runId, name, summary, delta: row?.ok === true ? row.value.delta : null };
          onDesktop(run);
          const ending = new AbortController();
          const telling = toWebhook(run, ending.signal)
            .then((why) => {
              if (why !== null) accompanied.notice(why);
            })
            .finally(() => onTheirWay.delete(telling));
          onTheirWay.set(telling, { since: performance.now(), ending });
          if (closed) await within(lastMs, telling, ending);
        },
      }),
    },
    async close() {
      closed = true;
      await Promise.all(
        [...onTheirWay].map(([telling, { since, ending }]) =>
          within(since + longestMs - performance.now(), telling, ending),
        ),
      );
    },
  };
}

/** Waits for it so long, then ends it. */
async function within(ms: number, telling: Promise<void>, ending: AbortController): Promise<void> {
  const timer = setTimeout(() => ending.abort(), Math.max(0, ms));
  await telling;
  clearTimeout(timer);
}
