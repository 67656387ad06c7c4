/** Places in the app and the URL hashes that name them. */
import { type MetricName, metricNames, type Statistic, statistics } from '#contract/metrics';
import { formatRequestFilter, parseRequestFilter, type RequestFilter } from './requestFilter.ts';
import { formatTurnFilter, parseTurnFilter, type TurnFilter } from './turnFilter.ts';

export const runTabs = [
  'overview',
  'latency',
  'requests',
  'turns',
  'calls',
  'errors',
  'scenario',
  'report',
] as const;
export type RunTab = (typeof runTabs)[number];

export const environmentsTabs = ['environments', 'secrets'] as const;
export type EnvironmentsTab = (typeof environmentsTabs)[number];

export const compareTabs = ['runs', 'trends'] as const;
export type CompareTab = (typeof compareTabs)[number];

/** Runs side by side (the first is the baseline of the comparison), and one metric over the runs of a scenario. */
export interface CompareRoute {
  screen: 'compare';
  tab: CompareTab;
  runs: string[];
  /** null: the one that was run last. */
  scenario: string | null;
  /** null: all of them. */
  environment: string | null;
  metric: MetricName;
  stat: Statistic;
  /** The last so many runs. */
  last: number;
}

/** Which turns, requests or errors of a run are looked at; what is left out narrows nothing. */
export interface RunFilter extends TurnFilter {
  errorKind?: string;
  /** Of its Requests tab. */
  requests?: RequestFilter;
  /** The request whose detail is open, by its id. */
  request?: number;
}

export type Route =
  | { screen: 'runs'; search: string; filters: string[] }
  | ({ screen: 'run'; id: string; tab: RunTab } & RunFilter)
  /** With a turn: the connection in which it was spoken, should it be another. */
  | { screen: 'call'; run: string; call: string; attempt: number; turn?: number }
  /** Periods of a run side by side, the first the baseline; none named: all, in order. */
  | { screen: 'periods'; run: string; periods: string[] }
  | { screen: 'scenarios'; path: string | null }
  | { screen: 'audio'; conversation: string | null }
  | CompareRoute
  | { screen: 'environments'; name: string | null; tab: EnvironmentsTab }
  | { screen: 'check'; path: string | null; environment: string | null; url: string | null }
  | { screen: 'settings' };

export const home: Route = { screen: 'runs', search: '', filters: [] };

/** The runs tab of the comparison with these runs, the first the baseline. */
export function compareRuns(runs: string[]): CompareRoute {
  return {
    screen: 'compare',
    tab: 'runs',
    runs,
    scenario: null,
    environment: null,
    metric: 'ttfa',
    stat: 'p95',
    last: 50,
  };
}

function parseCompare(params: URLSearchParams): CompareRoute {
  const base = compareRuns(params.get('runs')?.split(',').filter(Boolean) ?? []);
  const last = Number(params.get('last') ?? base.last);
  return {
    ...base,
    tab: compareTabs.find((tab) => tab === params.get('tab')) ?? base.tab,
    scenario: params.get('scenario'),
    environment: params.get('environment'),
    metric: metricNames.find((name) => name === params.get('metric')) ?? base.metric,
    stat: statistics.find((name) => name === params.get('stat')) ?? base.stat,
    last: Number.isInteger(last) && last >= 2 && last <= 500 ? last : base.last,
  };
}

function formatCompare(route: CompareRoute, params: URLSearchParams): void {
  const base = compareRuns([]);
  if (route.tab !== base.tab) params.set('tab', route.tab);
  if (route.runs.length > 0) params.set('runs', route.runs.join(','));
  if (route.scenario !== null) params.set('scenario', route.scenario);
  if (route.environment !== null) params.set('environment', route.environment);
  if (route.metric !== base.metric) params.set('metric', route.metric);
  if (route.stat !== base.stat) params.set('stat', route.stat);
  if (route.last !== base.last) params.set('last', String(route.last));
}

function isRunTab(text: string | null): text is RunTab {
  return runTabs.some((tab) => tab === text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parseRunFilter(params: URLSearchParams, tab: string | null): RunFilter {
  if (tab === 'requests') {
    const request = Number(params.get('request'));
    const open = Number.isInteger(request) && request > 0 ? { request } : {};
    const requests = parseRequestFilter(params);
    return { ...(Object.keys(requests).length > 0 ? { requests } : {}), ...open };
  }
  const errorKind = params.get('errorKind');
  return { ...parseTurnFilter(params), ...(errorKind === null ? {} : { errorKind }) };
}

/** The place a hash names; anything unknown is the list of runs. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const params = new URLSearchParams(query);
  const [screen, id, part, call] = path.split('/').map(decode);
  if (screen === 'runs' && id && part === 'calls' && call) {
    const [attempt, turn] = [Number(params.get('attempt')), Number(params.get('turn'))];
    return { screen: 'call', run: id, call, attempt: attempt || 1, ...(turn > 0 ? { turn } : {}) };
  }
  if (screen === 'runs' && id && part === 'periods')
    return { screen: 'periods', run: id, periods: params.getAll('period').filter(Boolean) };
  if (screen === 'runs' && id) {
    const tab = params.get('tab');
    return { screen: 'run', id, tab: isRunTab(tab) ? tab : 'overview', ...parseRunFilter(params, tab) };
  }
  if (screen === 'scenarios') return { screen: 'scenarios', path: params.get('file') };
  if (screen === 'audio') return { screen: 'audio', conversation: params.get('conversation') };
  if (screen === 'compare') return parseCompare(params);
  if (screen === 'environments') {
    const tab = params.get('tab') === 'secrets' ? 'secrets' : 'environments';
    return { screen: 'environments', name: params.get('name'), tab };
  }
  if (screen === 'check') {
    const [file, environment, url] = [params.get('file'), params.get('environment'), params.get('url')];
    return { screen: 'check', path: file, environment, url };
  }
  if (screen === 'settings') return { screen: 'settings' };
  return {
    screen: 'runs',
    search: params.get('q') ?? '',
    filters: params.get('show')?.split(',').filter(Boolean) ?? [],
  };
}

/** The hash that names a place; `parseRoute` reads it back. */
export function formatRoute(route: Route): string {
  const params = new URLSearchParams();
  let path: string = route.screen;
  if (route.screen === 'run') {
    path = `runs/${encodeURIComponent(route.id)}`;
    if (route.tab !== 'overview') params.set('tab', route.tab);
    if (route.tab === 'requests') {
      formatRequestFilter(route.requests ?? {}, params);
      if (route.request !== undefined) params.set('request', String(route.request));
    } else {
      formatTurnFilter(route, params);
    }
    if (route.errorKind !== undefined) params.set('errorKind', route.errorKind);
  } else if (route.screen === 'call') {
    path = `runs/${encodeURIComponent(route.run)}/calls/${encodeURIComponent(route.call)}`;
    if (route.attempt !== 1) params.set('attempt', String(route.attempt));
    if (route.turn !== undefined) params.set('turn', String(route.turn));
  } else if (route.screen === 'periods') {
    path = `runs/${encodeURIComponent(route.run)}/periods`;
    for (const name of route.periods) params.append('period', name);
  } else if (route.screen === 'audio') {
    if (route.conversation !== null) params.set('conversation', route.conversation);
  } else if (route.screen === 'compare') {
    formatCompare(route, params);
  } else if (route.screen === 'environments') {
    if (route.name !== null) params.set('name', route.name);
    if (route.tab !== 'environments') params.set('tab', route.tab);
  } else if (route.screen === 'check') {
    if (route.path !== null) params.set('file', route.path);
    if (route.environment !== null) params.set('environment', route.environment);
    if (route.url !== null) params.set('url', route.url);
  } else if (route.screen === 'scenarios') {
    if (route.path !== null) params.set('file', route.path);
  } else if (route.screen === 'runs') {
    if (route.search !== '') params.set('q', route.search);
    if (route.filters.length > 0) params.set('show', route.filters.join(','));
  }
  const query = params.toString();
  return `#/${path}${query === '' ? '' : `?${query}`}`;
}
