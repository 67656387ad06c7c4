/** Options of Locust → the load and the address of a scenario. */
import { formatDuration } from '#contract/quantities';
import { offerAddress } from '../address.ts';
import type { ScenarioDraft } from '../draft.ts';
import { carriedOver, mayShowValue, whyLeftOut, type CarriedOver } from './options.ts';
import type { Given } from './read.ts';

/** Locust's own defaults. */
const defaultUsers = 1;
const defaultSpawnRate = 1;
/** Locust goes on until it is stopped; a run here ends. */
const standInDuration = '5m';

/** Locust's spans of time (`90`, `300s`, `1h30m`) → ms; null when it is none. */
export function spanMs(text: string): number | null {
  const match = /^(?:(\d{1,9})|(?:(\d{1,6})h)?(?:(\d{1,7})m)?(?:(\d{1,9})s)?)$/.exec(text.trim());
  if (!match || text.trim() === '') return null;
  const [, bare, hours, minutes, seconds] = match.map((part: string | undefined) => Number(part ?? 0));
  return ((bare ?? 0) + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
}

/** How an option was written; of a variable and a setting with `=`. */
function written({ spelled, name, value }: Given): string {
  if (value === '') return spelled;
  const joint = spelled.startsWith('-') ? ' ' : '=';
  return mayShowValue(name) ? `${spelled}${joint}${value}` : spelled;
}

function number(given: Given | undefined): number | null {
  return given && /^\d{1,9}(\.\d{1,9})?$/.test(given.value.trim()) ? Number(given.value) : null;
}

function loadOf(draft: ScenarioDraft, last: ReadonlyMap<string, Given>): void {
  const { notes } = draft;
  const parts = {
    users: last.get('users'),
    spawn: last.get('spawn-rate'),
    time: last.get('run-time'),
    stop: last.get('stop-timeout'),
  };
  if (!parts.users && !parts.spawn && !parts.time && !parts.stop) return;
  const wrong = (given: Given | undefined, isRight: boolean, must: string): boolean => {
    if (!given || isRight) return false;
    notes.leftOut(written(given), `It must be ${must}.`);
    return true;
  };
  const users = number(parts.users);
  const spawn = number(parts.spawn);
  const timeMs = parts.time ? spanMs(parts.time.value) : null;
  const seconds = number(parts.stop);
  const stopMs = parts.stop ? (seconds === null ? spanMs(parts.stop.value) : seconds * 1000) : null;
  wrong(parts.users, users !== null, 'a number of users, like 100');
  wrong(parts.spawn, spawn !== null, 'a number of users a second, like 10');
  wrong(parts.time, timeMs !== null, 'a time like 300s, 20m or 1h30m');
  wrong(parts.stop, stopMs !== null, 'a number of seconds, like 60');

  const load = {
    users: users ?? defaultUsers,
    spawn_rate: spawn ?? defaultSpawnRate,
    duration: timeMs === null ? standInDuration : formatDuration(timeMs),
    ...(stopMs === null ? {} : { graceful_stop: formatDuration(stopMs) }),
  };
  const used = [
    users === null ? undefined : parts.users,
    spawn === null ? undefined : parts.spawn,
    timeMs === null ? undefined : parts.time,
    stopMs === null ? undefined : parts.stop,
  ].filter((given) => given !== undefined);
  const from = used.map(written).join(' ');
  if (used.length === 0 || !draft.offer('taken', from, 'The load: users, how many come each second, and for how long.', [{ path: ['load'], value: load }])) return; // prettier-ignore
  if (users === null)
    notes.changed('no number of users', `Locust takes ${defaultUsers} then, and so does this load.`);
  if (spawn === null)
    notes.changed(
      'no spawn rate',
      `Locust takes ${defaultSpawnRate} user a second then, and so does this load.`,
    );
  if (timeMs === null)
    notes.changed(
      'no run time',
      `Locust goes on until it is stopped; this load ends after ${standInDuration}.`,
    );
  const reset = last.get('reset-stats');
  if (!reset) return;
  const rampMs = Math.ceil((load.users / load.spawn_rate) * 1000);
  draft.offer(
    'changed',
    written(reset),
    'What happens while users are still coming is not counted: warm_up.',
    [{ path: ['warm_up'], value: formatDuration(rampMs) }],
  );
}

function isCarriedOver(name: string): name is CarriedOver {
  return carriedOver.some((one) => one === name);
}

/** Puts options into a draft. Where one is given twice the last counts. */
export function applyLocust(draft: ScenarioDraft, given: readonly Given[]): void {
  const last = new Map(given.map((option) => [option.name, option]));
  loadOf(draft, last);
  const host = last.get('host');
  if (host) {
    const joint = host.spelled.startsWith('-') ? ' ' : '=';
    offerAddress(draft, `${host.spelled}${joint}`, host.value);
  }
  const hasLoad = last.has('users') || last.has('spawn-rate') || last.has('run-time');
  for (const option of last.values()) {
    if (option.name === 'reset-stats' && !hasLoad)
      draft.notes.leftOut(option.spelled, 'There is no number of users to wait for.');
    if (!isCarriedOver(option.name)) draft.notes.leftOut(written(option), whyLeftOut(option.name));
  }
}
