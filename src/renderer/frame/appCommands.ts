/** The commands that are there on every screen. */
import { startPractice, startScenario } from '../runs/starting.ts';
import { runList } from '../runs/runList.svelte.ts';
import { runWord } from '../runs/verdicts.ts';
import { formatWhen } from '../format/dates.ts';
import { place } from '../navigation/place.svelte.ts';
import { home } from '../navigation/routes.ts';
import { scenarioList } from '../scenarios/scenarioList.svelte.ts';
import { application } from '../settings/application.svelte.ts';
import { type Command, commands } from './commands.svelte.ts';
import { commandKey } from './platform.ts';
import { theme } from './theme.svelte.ts';

const recentRuns = 20;

function actions(): Command[] {
  const stops: Command[] = runList.going.map((run) => ({
    id: `stop-${run.id}`,
    title: `Stop ${run.name}`,
    group: 'Actions',
    words: 'end halt',
    run: () => void runList.stop(run.id),
  }));
  const other = theme.shown === 'dark' ? 'light' : 'dark';
  return [
    ...stops,
    {
      id: 'practice',
      title: 'Start a practice run',
      group: 'Actions',
      words: 'try demo',
      ...(commands.hasPrimary ? {} : { keys: [commandKey, 'Enter'] }),
      run: startPractice,
    },
    {
      id: 'theme-other',
      title: `Use the ${other} theme`,
      group: 'Actions',
      words: 'colours appearance',
      run: () => void application.chooseTheme(other),
    },
    {
      id: 'theme-system',
      title: 'Follow the theme of the system',
      group: 'Actions',
      words: 'colours appearance dark light',
      run: () => void application.chooseTheme('system'),
    },
  ];
}

function places(): Command[] {
  return [
    { id: 'go-runs', title: 'Runs', group: 'Go to', keys: ['G', 'R'], run: () => place.go(home) },
    {
      id: 'go-scenarios',
      title: 'Scenarios',
      group: 'Go to',
      keys: ['G', 'S'],
      run: () => place.go({ screen: 'scenarios', path: null }),
    },
    {
      id: 'go-audio',
      title: 'Audio',
      group: 'Go to',
      keys: ['G', 'A'],
      words: 'studio conversations voices clips',
      run: () => place.go({ screen: 'audio', conversation: null }),
    },
    {
      id: 'go-settings',
      title: 'Settings',
      group: 'Go to',
      keys: [commandKey, ','],
      run: () => place.go({ screen: 'settings' }),
    },
  ];
}

function scenarios(): Command[] {
  return scenarioList.entries.flatMap((entry, i): Command[] => [
    ...(entry.problems.length === 0
      ? [
          {
            id: `run-scenario-${i}`,
            title: `Run ${entry.name}`,
            group: 'Scenarios' as const,
            words: entry.environment,
            run: () => startScenario(entry.path),
          },
        ]
      : []),
    {
      id: `scenario-${i}`,
      title: entry.name,
      group: 'Scenarios',
      words: `open ${entry.environment}`,
      run: () => place.go({ screen: 'scenarios', path: entry.path }),
    },
  ]);
}

function runs(): Command[] {
  return runList.rows.slice(0, recentRuns).map((run) => ({
    id: `run-${run.id}`,
    title: `${run.name} · ${formatWhen(run.startedAt)}`,
    group: 'Runs',
    words: `${runWord(run).word} ${run.scenario} ${run.environment}`,
    run: () => place.go({ screen: 'run', id: run.id, tab: 'overview' }),
  }));
}

/** Actions, places, scenarios and recent runs as they are now. */
export function appCommands(): Command[] {
  return [...actions(), ...places(), ...runs(), ...scenarios()];
}
