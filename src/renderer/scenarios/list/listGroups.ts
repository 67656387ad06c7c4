import type { ScenarioEntry } from '#contract/api/scenarios';

export interface ScenarioGroup {
  title: string;
  entries: ScenarioEntry[];
}

/** Most that are listed as recent. */
const mostRecent = 5;
/** Recent ones are worth a group of their own only where the list is long. */
const longList = 12;

/** Scenarios as the list shows them: the last opened first where there are many, the workspace's own, the bundled ones. */
export function groupScenarios(
  entries: readonly ScenarioEntry[],
  recent: readonly string[],
  search: string,
): ScenarioGroup[] {
  const wanted = search.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const found = entries.filter((entry) => {
    const words = [entry.name, entry.environment, entry.path, ...entry.conversations].join(' ').toLowerCase();
    return wanted.every((word) => words.includes(word));
  });
  const own = found.filter((entry) => !entry.bundled);
  const last =
    wanted.length > 0 || own.length <= longList
      ? []
      : recent.flatMap((path) => own.find((entry) => entry.path === path) ?? []).slice(0, mostRecent);
  return [
    { title: 'Recent', entries: last },
    { title: 'Workspace', entries: own },
    { title: 'Bundled', entries: found.filter((entry) => entry.bundled) },
  ].filter((group) => group.entries.length > 0);
}
