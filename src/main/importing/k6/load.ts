/** The load of k6 options: stages, users and durations, and every executor of `scenarios`. */
import { formatDuration } from '#contract/quantities';
import type { Notes } from '../notes.ts';
import { Reader, shown } from './reader.ts';
import { k6Ms } from './units.ts';
import { NotKnown, ValueMap } from './values.ts';

/** One scenario of k6, as a users entry would have it. */
export interface K6Load {
  name: string;
  /** Where it stands in the options, like `scenarios.ramp`. */
  from: string;
  load: Record<string, unknown>;
  startAfterMs: number;
}

const defaultMaxDuration = '10m';
/** Without an end k6 goes on until it is told to stop. */
const standInDuration = '5m';

/** Pre-allocated users are those of k6; here one is made when a call begins. */
function maxUsers(reader: Reader): number {
  const allocated = reader.number('preAllocatedVUs', null);
  const most = reader.number('maxVUs', null);
  if (most === null && allocated === null) reader.missing ??= 'it has neither preAllocatedVUs nor maxVUs';
  reader.changed('preAllocatedVUs', most === null ? 'It is max_users: the most calls at once.' : 'Users need not be made beforehand; max_users is the most calls at once.'); // prettier-ignore
  return most ?? allocated ?? 0;
}

function per(reader: Reader): { per?: string } {
  const unit = reader.duration('timeUnit', null);
  return unit === null ? {} : { per: unit };
}

function loadOf(executor: string, reader: Reader): Record<string, unknown> | null {
  switch (executor) {
    case 'constant-vus':
      return { executor, users: reader.number('vus', 1), duration: reader.neededDuration('duration') };
    case 'ramping-vus': {
      reader.leftOut(
        'gracefulRampDown',
        'A user that goes before the end finishes its call within graceful_stop.',
      );
      return { executor, start_users: reader.number('startVUs', 1), stages: reader.stages() };
    }
    case 'constant-arrival-rate':
      return {
        executor,
        rate: reader.needed('rate'),
        ...per(reader),
        duration: reader.neededDuration('duration'),
        max_users: maxUsers(reader),
      };
    case 'ramping-arrival-rate':
      return {
        executor,
        start_rate: reader.number('startRate', 0),
        ...per(reader),
        stages: reader.stages(),
        max_users: maxUsers(reader),
      };
    case 'shared-iterations':
    case 'per-vu-iterations':
      return {
        executor,
        users: reader.number('vus', 1),
        iterations: reader.number('iterations', 1),
        max_duration: reader.duration('maxDuration', defaultMaxDuration),
      };
    case 'externally-controlled': {
      reader.leftOut('maxVUs', 'Users are set from the run’s own screen, up to what the machine carries.');
      const duration = reader.duration('duration', null);
      const ends = duration !== null && k6Ms(duration) !== 0;
      reader.changed('executor', ends ? 'Users can be changed on the screen of a run.' : `Users can be changed on the screen of a run; it ends after ${standInDuration}.`); // prettier-ignore
      return {
        executor: 'constant-vus',
        users: reader.number('vus', 1),
        duration: ends ? duration : standInDuration,
      };
    }
    default:
      return null;
  }
}

const whyNot: Record<string, string> = {
  exec: 'Its function is code, which is not read: conversations say what is spoken.',
  env: 'There are no variables of a users entry; an environment has some for its addresses and headers.',
  tags: 'Results are told apart by the name of the users entry.',
  options: 'They are about browsers, or about k6 itself.',
};

/** One entry of `scenarios`; null when no load can be made of it, which is noted. */
function scenarioLoad(name: string, map: ValueMap, notes: Notes): K6Load | null {
  const from = `scenarios.${name}`;
  const reader = new Reader(map, notes, from);
  const executor = map.get('executor');
  if (typeof executor !== 'string') {
    notes.leftOut(from, executor instanceof NotKnown ? `Its executor cannot be read: ${executor.why}.` : 'It has no executor.'); // prettier-ignore
    return null;
  }
  const load = loadOf(executor, reader);
  if (load === null) {
    notes.leftOut(
      `${from}.executor: ${shown('executor', executor)}`,
      'Crosstalk has no executor of this name.',
    );
    return null;
  }
  if (reader.missing !== null) {
    notes.leftOut(from, `No load can be made of it: ${reader.missing}.`);
    return null;
  }
  const graceful = reader.duration('gracefulStop', null);
  if (graceful !== null) load.graceful_stop = graceful;
  const startAfterMs = reader.ms('startTime');
  for (const [key, why] of Object.entries(whyNot)) reader.leftOut(key, why);
  reader.rest();
  return { name, from, load, startAfterMs };
}

/** More scenarios than anybody writes by hand. */
const mostScenarios = 20;

function fromScenarios(scenarios: ValueMap, notes: Notes): K6Load[] {
  const all = [...scenarios];
  if (all.length > mostScenarios)
    notes.leftOut('scenarios', `${all.length - mostScenarios} of its ${all.length} entries: at most ${mostScenarios} are imported.`); // prettier-ignore
  return all.slice(0, mostScenarios).flatMap(([name, value]) => {
    if (value instanceof ValueMap) return scenarioLoad(name, value, notes) ?? [];
    const why = value instanceof NotKnown ? value.why : 'it is not an object';
    notes.leftOut(`scenarios.${name}`, `It cannot be read: ${why}.`);
    return [];
  });
}

/** The load of `vus`, `duration`, `iterations` and `stages` themselves. */
function fromShortcuts(options: ValueMap, notes: Notes): K6Load[] {
  const reader = new Reader(options, notes, '');
  const one = (load: Record<string, unknown>, ...keys: string[]): K6Load[] => {
    const given = keys.filter((key) => reader.has(key));
    if (reader.missing !== null) {
      notes.leftOut(given.join(', '), `No load can be made of it: ${reader.missing}.`);
      return [];
    }
    const from = given.map((key) => `${key}: ${shown(key, options.get(key))}`).join(', ');
    return [{ name: 'callers', from, load, startAfterMs: 0 }];
  };
  const stages = options.get('stages');
  if (reader.has('stages') && !(Array.isArray(stages) && stages.length === 0)) {
    reader.leftOut('iterations', 'k6 follows the stages and not a number of iterations.');
    reader.leftOut('duration', 'k6 follows the stages and not a duration.');
    return one(
      { executor: 'ramping-vus', start_users: reader.number('vus', 1), stages: reader.stages() },
      'stages',
      'vus',
    );
  }
  if (reader.has('iterations')) {
    return one(
      {
        executor: 'shared-iterations',
        users: reader.number('vus', 1),
        iterations: reader.needed('iterations'),
        max_duration: reader.duration('duration', defaultMaxDuration),
      },
      'iterations',
      'vus',
      'duration',
    );
  }
  if (reader.has('duration')) {
    return one(
      {
        executor: 'constant-vus',
        users: reader.number('vus', 1),
        duration: reader.neededDuration('duration'),
      },
      'duration',
      'vus',
    );
  }
  if (!reader.has('vus')) return [];
  const users = reader.number('vus', 1);
  notes.changed(
    `vus: ${shown('vus', options.get('vus'))}`,
    `The script says no duration (k6 has it from its command line, or makes one iteration): so many users for ${standInDuration}.`,
  );
  return one({ executor: 'constant-vus', users, duration: standInDuration }, 'vus');
}

/** Every load of the options; `scenarios` come before all others, as in k6. */
export function loadsOf(options: ValueMap, notes: Notes): K6Load[] {
  const scenarios = options.get('scenarios');
  if ((scenarios ?? null) === null || (scenarios instanceof ValueMap && scenarios.size === 0))
    return fromShortcuts(options, notes);
  for (const key of ['vus', 'duration', 'iterations', 'stages'])
    if ((options.get(key) ?? null) !== null)
      notes.leftOut(
        `${key}: ${shown(key, options.get(key))}`,
        'k6 does not allow it beside scenarios; they are taken.',
      );
  if (scenarios instanceof ValueMap) return fromScenarios(scenarios, notes);
  const why = scenarios instanceof NotKnown ? scenarios.why : 'it is not an object';
  notes.leftOut('scenarios', `It cannot be read: ${why}.`);
  return [];
}

/** How a start is written in a users entry. */
export function startAfter(load: K6Load): string {
  return formatDuration(load.startAfterMs);
}
