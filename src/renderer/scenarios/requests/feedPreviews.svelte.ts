import { SvelteMap } from 'svelte/reactivity';
import type { AppError } from '#contract/errors';
import { api } from '../../api/index.ts';
import { isPlainMap } from '../../document/plain.ts';
import { type FeedRows, rowsInPlace, shownRows } from './feedRows.ts';

export interface FeedPreview {
  loading: boolean;
  rows: FeedRows | null;
  error: AppError | null;
}

/** What data files hold, asked once for each file and place in it. */
export class FeedPreviews {
  #known = new SvelteMap<string, FeedPreview>();

  /** What is known of a feed. */
  of(scenario: string, feed: unknown): FeedPreview | null {
    if (!isPlainMap(feed)) return null;
    if (feed.rows !== undefined) return { loading: false, rows: rowsInPlace(feed.rows), error: null };
    const key = keyOf(scenario, feed);
    return key === null ? null : (this.#known.get(key) ?? null);
  }

  fieldsOf(scenario: string, feed: unknown): readonly string[] {
    return this.of(scenario, feed)?.rows?.fields ?? [];
  }

  /** Asks for the rows of a feed; `again`: even where they are known. */
  async load(scenario: string, feed: unknown, again = false): Promise<void> {
    const key = isPlainMap(feed) ? keyOf(scenario, feed) : null;
    if (key === null || !isPlainMap(feed) || typeof feed.file !== 'string') return;
    const before = this.#known.get(key);
    if (before && (before.loading || !again)) return;
    this.#known.set(key, { loading: true, rows: before?.rows ?? null, error: null });
    const answer = await api.services.feedPreview({
      path: scenario,
      file: feed.file,
      ...(typeof feed.at === 'string' ? { at: feed.at } : {}),
    });
    this.#known.set(
      key,
      answer.ok
        ? {
            loading: false,
            rows: { ...answer.value, first: answer.value.first.slice(0, shownRows) },
            error: null,
          }
        : { loading: false, rows: null, error: answer.error },
    );
  }
}

function keyOf(scenario: string, feed: Record<string, unknown>): string | null {
  if (typeof feed.file !== 'string' || feed.file.trim() === '') return null;
  return JSON.stringify([scenario, feed.file, typeof feed.at === 'string' ? feed.at : null]);
}
