/** The options of Locust by their long name: how they are written, and what becomes of those without a counterpart. */

/** The options a scenario is made from. */
export const carriedOver = [
  'users',
  'spawn-rate',
  'run-time',
  'host',
  'stop-timeout',
  'reset-stats',
] as const;
export type CarriedOver = (typeof carriedOver)[number];

/** Short and older spellings. */
const otherNames: Record<string, string> = {
  f: 'locustfile',
  u: 'users',
  r: 'spawn-rate',
  t: 'run-time',
  H: 'host',
  P: 'web-port',
  L: 'loglevel',
  T: 'tags',
  E: 'exclude-tags',
  l: 'list',
  V: 'version',
  h: 'help',
  s: 'stop-timeout',
  i: 'iterations',
  c: 'users',
  clients: 'users',
  'num-users': 'users',
  'hatch-rate': 'spawn-rate',
  slave: 'worker',
  'no-web': 'headless',
  port: 'web-port',
  'expect-slaves': 'expect-workers',
  'csv-base-name': 'csv',
  // As LOCUST_… and in locust.conf.
  'mode-master': 'master',
  'mode-worker': 'worker',
  'master-node-host': 'master-host',
  'master-node-port': 'master-port',
};

/** Options that stand alone; every other takes a value. */
const alone = new Set([
  'headless', 'master', 'worker', 'csv-full-history', 'only-summary', 'print-stats', 'reset-stats', 'list', 'version', 'help',
  'class-picker', 'autostart', 'enable-rebalancing', 'equal-weights', 'skip-log-setup', 'show-task-ratio', 'show-task-ratio-json',
  'web-login', 'json', 'legacy-ui', 'otel', 'config-users-json',
]); // prettier-ignore

/** Options that take every word up to the next option. */
const several = new Set(['tags', 'exclude-tags', 'config-users']);

const oneMachine =
  'Crosstalk places all calls from this machine, spread over its own threads; there are no workers to be started.';
const kept =
  'Every run is kept whole: its results can be looked at, compared and exported afterwards, in Locust’s CSV too.';
const ownScreen = 'Crosstalk has a screen of its own; “crosstalk run” is the same without one.';
const logs = 'It is about the output of Locust itself.';
const tasks =
  'Tasks are Python code, which is not read. Conversations say what is spoken; the bundled ones stand in for now.';

const leftOut: Record<string, string> = {
  locustfile: tasks,
  tags: tasks,
  'exclude-tags': tasks,
  'class-picker': tasks,
  'equal-weights': tasks,
  'config-users': tasks,
  iterations: 'A number of iterations is no option of Locust itself; use the executor shared-iterations.',
  headless: ownScreen,
  autostart: ownScreen,
  autoquit: ownScreen,
  'web-host': ownScreen,
  'web-port': ownScreen,
  'web-auth': ownScreen,
  'web-login': ownScreen,
  'web-base-path': ownScreen,
  'tls-cert': ownScreen,
  'tls-key': ownScreen,
  'legacy-ui': ownScreen,
  csv: kept,
  'csv-full-history': kept,
  html: kept,
  json: kept,
  'json-file': kept,
  'print-stats': logs,
  'only-summary': logs,
  loglevel: logs,
  logfile: logs,
  'skip-log-setup': logs,
  'show-task-ratio': logs,
  'show-task-ratio-json': logs,
  otel: logs,
  list: logs,
  version: logs,
  help: logs,
  master: oneMachine,
  worker: oneMachine,
  processes: oneMachine,
  'expect-workers': oneMachine,
  'expect-workers-max-wait': oneMachine,
  'master-host': oneMachine,
  'master-port': oneMachine,
  'master-bind-host': oneMachine,
  'master-bind-port': oneMachine,
  'enable-rebalancing': oneMachine,
  'exit-code-on-error':
    '“crosstalk run” ends with a code of its own: 99 when a threshold fails, whatever single turns did.',
  config: 'Another file that is not read; import it by itself.',
  profile: 'It only names a run of Locust.',
};

const knownNames = new Set<string>([...carriedOver, ...Object.keys(leftOut), ...alone]);

/** The long name of an option, however it was spelled. */
export function longName(spelled: string): string {
  return otherNames[spelled] ?? spelled;
}

/** Whether Locust has an option of this long name. */
export function isLocustOption(name: string): boolean {
  return knownNames.has(name);
}

/** Whether an option of this long name takes a value; null: it is not known. */
export function takes(name: string): 'nothing' | 'one' | 'several' | null {
  if (alone.has(name)) return 'nothing';
  if (several.has(name)) return 'several';
  return knownNames.has(name) ? 'one' : null;
}

/** Why an option has no place in a scenario. */
export function whyLeftOut(name: string): string {
  return leftOut[name] ?? 'This is no option of Locust itself; the locustfile gives it its meaning.';
}

/** Options whose value may be shown; of others (passwords, what a locustfile adds) only the name is. */
export function mayShowValue(name: string): boolean {
  return knownNames.has(name) && name !== 'web-auth';
}
