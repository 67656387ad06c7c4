/** What is done with whole scenario files. Each says in words why it could not be done. */
import type { ScenarioEntry } from '#contract/api/scenarios';
import { api } from '../api/index.ts';
import { messages } from '../frame/messages.svelte.ts';
import { place } from '../navigation/place.svelte.ts';
import { scenarioList } from './scenarioList.svelte.ts';

/** Opens a scenario that was just written. */
export async function openWritten(path: string): Promise<void> {
  await scenarioList.load();
  place.go({ screen: 'scenarios', path });
}

export async function duplicateScenario(path: string): Promise<void> {
  const answer = await api.scenarios.duplicate({ path });
  if (answer.ok) await openWritten(answer.value.path);
  else messages.error(answer.error);
}

/** Gives a scenario and its file another name; where it is now, or null. */
export async function renameScenario(path: string, name: string): Promise<string | null> {
  const answer = await api.scenarios.rename({ path, name });
  if (!answer.ok) {
    messages.error(answer.error);
    return null;
  }
  await scenarioList.load();
  return answer.value.path;
}

/** Writes a text as a new scenario; where it is, or null. */
export async function createScenario(name: string, yaml: string): Promise<string | null> {
  const answer = await api.scenarios.create({ name, yaml });
  if (!answer.ok) {
    messages.error(answer.error);
    return null;
  }
  return answer.value.path;
}

/** Moves a scenario to the trash of the workspace and offers the way back; false when it stayed. */
export async function removeScenario(entry: Pick<ScenarioEntry, 'path' | 'name'>): Promise<boolean> {
  const answer = await api.scenarios.remove({ path: entry.path });
  if (!answer.ok) {
    messages.error(answer.error);
    return false;
  }
  const { undo } = answer.value;
  await scenarioList.load();
  messages.offer(
    `“${entry.name}” was moved to the trash of the workspace.`,
    'Undo',
    () => void restore(undo),
  );
  return true;
}

async function restore(undo: string): Promise<void> {
  const answer = await api.scenarios.restore({ undo });
  if (answer.ok) await openWritten(answer.value.path);
  else messages.error(answer.error);
}
