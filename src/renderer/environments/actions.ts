/** What can be done with whole environments, from wherever on screen it was asked for. */
import { api } from '../api/index.ts';
import { messages } from '../frame/messages.svelte.ts';
import { place } from '../navigation/place.svelte.ts';
import { environmentList } from './environmentList.svelte.ts';
import { openEnvironments } from './openEnvironments.svelte.ts';

/** Goes to an environment; null: to the screen. */
export function goToEnvironment(name: string | null): void {
  place.go({ screen: 'environments', name, tab: 'environments' });
}

/** Begins a new environment. */
export function createEnvironment(): void {
  goToEnvironment(openEnvironments.create());
}

/** A copy of an environment's file. */
export async function duplicateEnvironment(name: string): Promise<void> {
  const answer = await api.environments.duplicate({ name });
  if (!answer.ok) {
    messages.error(answer.error);
    return;
  }
  await environmentList.load();
  goToEnvironment(answer.value.name);
}

/** Deletes an environment; it can be taken back for a while, with what was written in it and not saved. */
export async function removeEnvironment(name: string): Promise<void> {
  const answer = await api.environments.remove({ name });
  if (!answer.ok) {
    messages.error(answer.error);
    return;
  }
  const open = openEnvironments.get(name);
  const unsaved = open?.dirty ? (open.document?.text ?? null) : null;
  openEnvironments.close(name);
  leave(name);
  messages.offer(`“${name}” was deleted.`, 'Undo', () => void restore(answer.value.undo, unsaved));
  await environmentList.load();
}

async function restore(undo: string, unsaved: string | null): Promise<void> {
  const answer = await api.environments.restore({ undo });
  if (!answer.ok) {
    messages.error(answer.error);
    return;
  }
  const { name } = answer.value;
  await environmentList.load();
  if (unsaved !== null) {
    openEnvironments.show(name);
    const open = openEnvironments.get(name);
    await open?.load();
    open?.document?.setText(unsaved);
  }
  goToEnvironment(name);
}

/** Forgets what was never saved. */
export function discardEnvironment(at: string): void {
  openEnvironments.close(at);
  leave(at);
}

function leave(at: string): void {
  const here = place.route;
  if (here.screen === 'environments' && here.name === at)
    place.adjust({ screen: 'environments', name: null, tab: 'environments' });
}

/** Saves what is open at a place; true when it is saved. Its place becomes that of its name. */
export async function saveEnvironment(at: string, overwrite = false): Promise<boolean> {
  const open = openEnvironments.get(at);
  if (!open || !(await open.save(overwrite)) || open.name === null) return false;
  const { name } = open;
  openEnvironments.moved(at, name);
  const here = place.route;
  if (here.screen === 'environments' && here.name === at) place.adjust({ ...here, name });
  await environmentList.load();
  return true;
}
