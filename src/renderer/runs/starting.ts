/** Starting a run and going to it. */
import { place } from '../navigation/place.svelte.ts';
import { runList } from './runList.svelte.ts';
import { aims } from './start/aims.svelte.ts';
import { startRun } from './start/startRun.svelte.ts';

/** The practice run: needs no configuration. */
export function startPractice(): void {
  void runList.startPractice().then((id) => {
    if (id !== null) place.go({ screen: 'run', id, tab: 'overview' });
  });
}

/** A scenario by its path, against the environment it is aimed at; asks first where there is something to decide. */
export function startScenario(path: string): void {
  void startRun.ask({ scenario: path, environment: aims.of(path) });
}

/** One call of a scenario by its path, then to that call's timeline. */
export function runOnce(path: string): void {
  void startRun.ask({ scenario: path, environment: aims.of(path), once: true });
}
