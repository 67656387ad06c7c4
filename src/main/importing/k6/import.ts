/** The options of a k6 script → a scenario. */
import { ok, type Result } from '#contract/errors';
import { offerAddress } from '../address.ts';
import { ScenarioDraft } from '../draft.ts';
import { oneLine } from '../notes.ts';
import { loadsOf, startAfter, type K6Load } from './load.ts';
import { shown } from './reader.ts';
import { readScript } from './script.ts';
import { thresholdsOf } from './thresholds.ts';
import { NotKnown, ValueMap } from './values.ts';

const carriedOver = new Set(['stages', 'vus', 'duration', 'iterations', 'scenarios', 'thresholds']);

const network = 'Calls have connections of their own, one each; timeouts and TLS are set with the users and the environment.'; // prettier-ignore
const results = 'Every run is kept whole, and its results can be exported afterwards.';
const whyNot: Record<string, string> = {
  insecureSkipTLSVerify:
    'A certificate is not verified only where the environment says so: tls: { verify: false }.',
  tlsAuth: 'A client certificate is set in the environment: tls: { cert, key }.',
  tlsVersion: network,
  tlsCipherSuites: network,
  hosts: 'Put the address itself into environment.url.',
  dns: network,
  noConnectionReuse: network,
  noVUConnectionReuse: network,
  http: network,
  httpDebug: 'Every message of a call can be looked at, and recorded.',
  discardResponseBodies: network,
  maxRedirects: network,
  batch: network,
  batchPerHost: network,
  rps: 'It limits HTTP requests; for calls begun each second use the executor constant-arrival-rate.',
  minIterationDuration: 'A user calls again at once; pause_between_turns is the time between two turns.',
  userAgent: 'Headers are set in the environment.',
  setupTimeout: 'setup() is code, which is not read.',
  teardownTimeout: 'teardown() is code, which is not read.',
  systemTags: results,
  tags: results,
  summaryTrendStats: results,
  summaryTimeUnit: results,
  noSummary: results,
  noThresholds: 'Thresholds can be switched off one by one: enabled: false.',
  linger: 'A run ends when its load does.',
  paused: 'A run begins when it is started.',
  throw: 'It is about code, which is not read.',
  cloud: 'It is about Grafana’s cloud.',
  ext: 'It is about an extension of k6, or Grafana’s cloud.',
};

/** The name that a test has in Grafana's cloud, if it has one. */
function nameOf(options: ValueMap): string | null {
  const ext = options.get('ext');
  const places = [options.get('cloud'), ext instanceof ValueMap ? ext.get('loadimpact') : undefined];
  for (const place of places) {
    const name = place instanceof ValueMap ? place.get('name') : undefined;
    if (typeof name === 'string' && name.trim() !== '') return oneLine(name, 100);
  }
  return null;
}

/** Puts the loads in: one for all, or a users entry for each. Returns the names of the entries by k6 scenario. */
function putLoads(draft: ScenarioDraft, found: readonly K6Load[]): string[] {
  // What does not fit by itself would take the others along.
  const before = draft.value;
  const fitting = found.filter(({ load, from }) => {
    const problem = draft.put([{ path: ['load'], value: load }]);
    if (problem !== null) draft.notes.leftOut(from, `It does not fit a scenario: ${problem}.`);
    return problem === null;
  });
  const [first] = fitting;
  if (!first) return [];
  if (fitting.length === 1 && first.startAfterMs === 0) {
    const name = first.from.startsWith('scenarios.') ? oneLine(first.name, 100) : 'callers';
    const puts = [{ path: ['load'], value: first.load }];
    const isNamed = draft.put([...puts, { path: ['users', 0, 'name'], value: name }]) === null;
    draft.offer('taken', first.from, `The load: ${String(first.load.executor)}.`, puts);
    return isNamed && name === first.name ? [name] : [];
  }
  const template = (Array.isArray(before.users) ? before.users : [])[0] as Record<string, unknown>;
  const names: string[] = [];
  for (const one of fitting) {
    const name = oneLine(one.name, 100) || 'callers';
    let free = name;
    for (let n = 2; names.includes(free); n++) free = `${name} ${n}`;
    names.push(free);
  }
  const users = fitting.map((one, i) => ({
    ...template,
    name: names[i],
    load: one.load,
    ...(one.startAfterMs === 0 ? {} : { start_after: startAfter(one) }),
  }));
  const problem = draft.put([
    { path: ['load'], value: undefined },
    { path: ['users'], value: users },
  ]);
  if (problem !== null) {
    for (const { from } of fitting) draft.notes.leftOut(from, `It does not fit a scenario: ${problem}.`);
    return [];
  }
  fitting.forEach((one, i) => {
    const start = one.startAfterMs === 0 ? '' : ` It begins after ${startAfter(one)}: start_after.`;
    draft.notes.taken(
      one.from,
      `A users entry with a load of its own: ${String(one.load.executor)}.${start}`,
    );
    draft.comment(['users', i, 'load'], `from ${one.from}`);
  });
  return fitting.map((one) => one.name).filter((name, i) => name === names[i]);
}

/** Reads a script, its options alone, or JSON of them; no code is run. Errors as `readScript`. */
export function importK6(text: string): Result<ScenarioDraft> {
  const read = readScript(text);
  if (!read.ok) return read;
  const { options, metrics, address, variables, notExported, hasCode } = read.value;
  const draft = new ScenarioDraft('k6', nameOf(options) ?? 'Imported k6 test');
  const { notes } = draft;

  if (address !== null) offerAddress(draft, 'WebSocket ', address.url, address.headers);
  const loads = loadsOf(options, notes);
  const users = putLoads(draft, loads);
  if (users.length === 0 && loads.length === 0 && !options.has('scenarios') && !options.has('stages'))
    notes.changed('no load', 'The options say none; the baseline’s stands in: ten users for five minutes.');

  const rows: Record<string, unknown>[] = [];
  for (const { row, from, changes } of thresholdsOf(options, users, metrics, notes)) {
    const at = rows.length;
    const isIn = draft.offer(
      changes.length > 0 ? 'changed' : 'taken',
      from,
      changes.length > 0 ? changes.join(' ') : `A threshold on ${String(row.metric)}.`,
      [
        { path: ['thresholds'], value: [...rows, row] },
        { path: ['thresholds', at], value: row },
      ],
    );
    if (isIn) rows.push(row);
  }

  for (const [key, value] of options) {
    if (carriedOver.has(key)) continue;
    const why = value instanceof NotKnown ? `It cannot be read: ${value.why}.` : (Object.hasOwn(whyNot, key) ? whyNot[key] : undefined); // prettier-ignore
    notes.leftOut(`${key}: ${shown(key, value)}`, why ?? 'Crosstalk has nothing of this name.');
  }
  for (const name of variables.slice(0, 20))
    notes.changed(`__ENV.${name}`, 'It is taken as not set, so that what the script says without it counts.');
  if (notExported)
    notes.changed('options', 'The script does not export them, so k6 would not follow them; they are taken.');
  if (hasCode) notes.leftOut('default function', 'What a script says and does is code, which is not read. The bundled conversations are spoken instead.'); // prettier-ignore
  return ok(draft);
}
