/** The list of conversations as it is shown: the library first, then one group for each scenario. */
import type { ConversationEntry } from '#contract/api/conversations';

export interface ConversationGroup {
  /** Heading, and what tells groups apart. */
  title: string;
  scenario: boolean;
  bundled: boolean;
  entries: ConversationEntry[];
}

const compare = new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare;

function matches(entry: ConversationEntry, words: readonly string[]): boolean {
  const text = `${entry.name} ${entry.scenario ?? ''}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Those whose name or scenario has every word of the search, in groups. */
export function groupConversations(
  entries: readonly ConversationEntry[],
  search: string,
): ConversationGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = entries.filter((entry) => matches(entry, words));
  const library = found
    .filter((entry) => entry.origin === 'library')
    .toSorted((a, b) => compare(a.name, b.name));
  const scenarios = new Map<string, ConversationGroup>();
  for (const entry of found) {
    if (entry.origin !== 'scenario') continue;
    const title = entry.scenario ?? 'A scenario';
    const key = `${entry.bundled ? 1 : 0} ${title} ${entry.path}`;
    const group = scenarios.get(key) ?? { title, scenario: true, bundled: entry.bundled, entries: [] };
    group.entries.push(entry);
    scenarios.set(key, group);
  }
  const others = [...scenarios.values()].toSorted(
    (a, b) => Number(a.bundled) - Number(b.bundled) || compare(a.title, b.title),
  );
  const first = { title: 'Library', scenario: false, bundled: false, entries: library };
  return library.length > 0 ? [first, ...others] : others;
}
