/** The environment that whatever is on screen, or goes on, is aimed at. */
import { environmentList } from '../environments/environmentList.svelte.ts';
import { place } from '../navigation/place.svelte.ts';
import { scenarioList } from '../scenarios/scenarioList.svelte.ts';
import { runList } from './runList.svelte.ts';
import { aims } from './start/aims.svelte.ts';
import { scenarioOnScreen } from './start/onScreen.svelte.ts';

export interface CurrentEnvironment {
  name: string;
  /** Its name among the environments of the workspace; null: it is none of them (written in place, the built-in agent). */
  file: string | null;
  production: boolean;
  /** What it is the environment of. */
  title: string;
}

function described(name: string, title: string): CurrentEnvironment | null {
  if (name === '') return null;
  const entry = environmentList.find(name);
  return { name, file: entry?.name ?? null, production: entry?.production != null, title };
}

/** Of the scenario on screen as it is aimed now, of the run on screen, or of the run that goes on; null: there is none. */
export function currentEnvironment(): CurrentEnvironment | null {
  const path = scenarioOnScreen.path;
  const scenario = path === null ? null : scenarioList.find(path);
  if (path !== null && scenario) {
    const aim = aims.of(path);
    return aim === null
      ? described(scenario.environment, `${scenario.name} is aimed at ${scenario.environment}.`)
      : described(aim, `${scenario.name} is aimed at ${aim} instead of ${scenario.environment}.`);
  }
  const here = place.route;
  const id = here.screen === 'run' ? here.id : 'run' in here ? here.run : null;
  const run = runList.rows.find((row) => row.id === id) ?? runList.going[0];
  return run ? described(run.environment, `${run.name} is aimed at ${run.environment}.`) : null;
}
