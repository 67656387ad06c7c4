/** Places in the app and the URL hashes that name them. */

export const runTabs = ['overview', 'turns', 'calls', 'errors', 'scenario'] as const;
export type RunTab = (typeof runTabs)[number];

export const environmentsTabs = ['environments', 'secrets'] as const;
export type EnvironmentsTab = (typeof environmentsTabs)[number];

export type Route =
  | { screen: 'runs'; search: string; filters: string[] }
  | { screen: 'run'; id: string; tab: RunTab }
  | { screen: 'call'; run: string; call: string; attempt: number }
  | { screen: 'scenarios'; path: string | null }
  | { screen: 'audio'; conversation: string | null }
  | { screen: 'environments'; name: string | null; tab: EnvironmentsTab }
  | { screen: 'check'; path: string | null; environment: string | null; url: string | null }
  | { screen: 'settings' };

export const home: Route = { screen: 'runs', search: '', filters: [] };

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

/** The place a hash names; anything unknown is the list of runs. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const params = new URLSearchParams(query);
  const [screen, id, part, call] = path.split('/').map(decode);
  if (screen === 'runs' && id && part === 'calls' && call) {
    return { screen: 'call', run: id, call, attempt: Number(params.get('attempt') ?? 1) || 1 };
  }
  if (screen === 'runs' && id) {
    const tab = params.get('tab');
    return { screen: 'run', id, tab: isRunTab(tab) ? tab : 'overview' };
  }
  if (screen === 'scenarios') return { screen: 'scenarios', path: params.get('file') };
  if (screen === 'audio') return { screen: 'audio', conversation: params.get('conversation') };
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
  } else if (route.screen === 'call') {
    path = `runs/${encodeURIComponent(route.run)}/calls/${encodeURIComponent(route.call)}`;
    if (route.attempt !== 1) params.set('attempt', String(route.attempt));
  } else if (route.screen === 'audio') {
    if (route.conversation !== null) params.set('conversation', route.conversation);
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
