import type { ScenarioProblem } from '#contract/api/scenarios';
import { kindsIn } from '../requests/readSteps.ts';

export const editorTabs = [
  { id: 'general', name: 'General' },
  { id: 'conversations', name: 'Conversations' },
  { id: 'load', name: 'Load' },
  { id: 'thresholds', name: 'Thresholds' },
  { id: 'yaml', name: 'YAML' },
] as const;
export type EditorTab = (typeof editorTabs)[number]['id'];

export function isEditorTab(word: string | null): word is EditorTab {
  return editorTabs.some(({ id }) => id === word);
}

/** What the tabs are called: the second is about more than conversations where not everybody speaks. */
export function tabName(id: EditorTab, scenario: unknown): string {
  const others = [...kindsIn(scenario)].some((kind) => kind !== 'voice');
  return id === 'conversations' && others ? 'Users' : (editorTabs.find((tab) => tab.id === id)?.name ?? '');
}

/** The tab where a problem can be mended. */
export function tabOf({ path, message }: ScenarioProblem): EditorTab {
  if (/^users\[\d+\]\.(load|start_after)\b/.test(path)) return 'load';
  if (/^load\b/.test(path) || (path === '' && message.startsWith('"load"'))) return 'load';
  if (/^(users|setup|teardown)\b/.test(path)) return 'conversations';
  if (/^thresholds\b/.test(path)) return 'thresholds';
  return /^(name|seed|environment|audio|warm_up|periods)\b/.test(path) ? 'general' : 'yaml';
}

/** How many problems each tab has. */
export function countByTab(problems: readonly ScenarioProblem[]): ReadonlyMap<EditorTab, number> {
  const counts = new Map<EditorTab, number>();
  for (const problem of problems) {
    const tab = tabOf(problem);
    counts.set(tab, (counts.get(tab) ?? 0) + 1);
  }
  return counts;
}
