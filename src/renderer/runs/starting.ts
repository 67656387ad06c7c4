/** Starting a run and going to it. */
import { place } from '../navigation/place.svelte.ts';
import { runList } from './runList.svelte.ts';

function goTo(id: string | null): void {
  if (id !== null) place.go({ screen: 'run', id, tab: 'overview' });
}

/** The practice run: needs no configuration. */
export function startPractice(): void {
  void runList.startPractice().then(goTo);
}

/** A scenario by its path. */
export function startScenario(path: string): void {
  void runList.start(path).then(goTo);
}
