/** The commands that are there on every screen. */
import { createEnvironment } from '../environments/actions.ts';
import { environmentList } from '../environments/environmentList.svelte.ts';
import { aims } from '../runs/start/aims.svelte.ts';
import { runOnce, startPractice, startScenario } from '../runs/starting.ts';
import { runList } from '../runs/runList.svelte.ts';
import { runWord } from '../runs/verdicts.ts';
import { formatWhen } from '../format/dates.ts';
import { place } from '../navigation/place.svelte.ts';
import { compareRuns, home } from '../navigation/routes.ts';
import { scenarioList } from '../scenarios/scenarioList.svelte.ts';
import { application } from '../settings/application.svelte.ts';
import { workspace } from '../workspace/workspace.svelte.ts';
import { type Command, commands } from './commands.svelte.ts';
import { messages } from './messages.svelte.ts';
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
      id: 'new-environment',
      title: 'New environment',
      group: 'Actions',
      words: 'create target address',
      run: createEnvironment,
    },
    {
      id: 'switch-workspace',
      title: 'Switch workspace',
      group: 'Actions',
      words: 'folder open change directory project',
      run: () => workspace.openChooser(),
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
      id: 'go-compare',
      title: 'Compare',
      group: 'Go to',
      keys: ['G', 'C'],
      words: 'runs difference baseline side by side',
      run: () => place.go(compareRuns([])),
    },
    {
      id: 'go-trends',
      title: 'Trends',
      group: 'Go to',
      words: 'runs over time metric history',
      run: () => place.go({ ...compareRuns([]), tab: 'trends' }),
    },
    {
      id: 'go-environments',
      title: 'Environments',
      group: 'Go to',
      keys: ['G', 'E'],
      words: 'targets guard',
      run: () => place.go({ screen: 'environments', name: null, tab: 'environments' }),
    },
    {
      id: 'go-secrets',
      title: 'Secrets',
      group: 'Go to',
      words: 'keys tokens passwords',
      run: () => place.go({ screen: 'environments', name: null, tab: 'secrets' }),
    },
    {
      id: 'go-check',
      title: 'Check',
      group: 'Go to',
      keys: ['G', 'K'],
      words: 'target connection address test reach',
      run: () => place.go({ screen: 'check', path: null, environment: null, url: null }),
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
          {
            id: `run-once-${i}`,
            title: `Run ${entry.name} once`,
            group: 'Scenarios' as const,
            words: `one call ${entry.environment}`,
            run: () => runOnce(entry.path),
          },
          {
            id: `check-scenario-${i}`,
            title: `Check ${entry.name}`,
            group: 'Scenarios' as const,
            words: `connection ${entry.environment}`,
            run: () =>
              place.go({ screen: 'check', path: entry.path, environment: aims.of(entry.path), url: null }),
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

function environments(): Command[] {
  return environmentList.entries.map(({ name, description }, i) => ({
    id: `environment-${i}`,
    title: name,
    group: 'Environments',
    words: `open ${description}`,
    run: () => place.go({ screen: 'environments', name, tab: 'environments' }),
  }));
}

/** Other workspaces that were used before. */
function workspaces(): Command[] {
  return (workspace.report?.recent ?? []).map((path, i) => ({
    id: `workspace-${i}`,
    title: `Switch to ${path}`,
    group: 'Workspaces',
    words: 'workspace folder',
    run: () =>
      void workspace.choose(path).then((error) => {
        if (error) messages.error(error);
      }),
  }));
}

/** Actions, places, runs, scenarios, environments and workspaces as they are now. */
export function appCommands(): Command[] {
  return [...actions(), ...places(), ...runs(), ...scenarios(), ...environments(), ...workspaces()];
}
