/** What `${…}` can stand for in a step: variables, fields of data, values that earlier steps took. Pure. */
import { type ValuePath, valueAt } from '#contract/scenario/shape';
import { isPlainMap } from '../../document/plain.ts';
import { nameOf } from '../conversations/edits.ts';
import { builtInNames } from './methods.ts';
import { isGroup, listIn, stepName } from './readSteps.ts';
import { ownerPath } from './tree.ts';

/** One name that can be put in: `user.email`. */
export interface InsertableName {
  name: string;
  /** What it is, in a few words. */
  about: string;
}

export interface InsertableGroup {
  title: string;
  names: InsertableName[];
}

/** The fields of a feed: those of its rows in place, or what is known of its file. */
export type FieldsOf = (feed: unknown) => readonly string[];

interface Placed {
  step: unknown;
  path: ValuePath;
}

function placed(list: unknown, path: ValuePath): Placed[] {
  return listIn(list).flatMap((entry, i): Placed[] => {
    const at = [...path, i];
    return isGroup(entry) ? placed(entry.steps, [...at, 'steps']) : [{ step: entry, path: at }];
  });
}

function isWithin(path: ValuePath, around: ValuePath): boolean {
  return around.every((part, i) => path[i] === part);
}

/** The steps that are made before the one at a path: of on_start, of its own list, and for on_stop of all. */
function earlierSteps(owner: unknown, at: ValuePath, path: ValuePath): Placed[] {
  if (!isPlainMap(owner)) return [];
  const list = path[at.length];
  const task = list === 'tasks' ? path[at.length + 1] : undefined;
  const start = placed(owner.on_start, [...at, 'on_start']);
  const steps = placed(owner.steps, [...at, 'steps']);
  const tasks = listIn(owner.tasks).flatMap((one, i) =>
    list === 'on_stop' || i === task
      ? placed(isPlainMap(one) ? one.steps : undefined, [...at, 'tasks', i, 'steps'])
      : [],
  );
  const stop = placed(owner.on_stop, [...at, 'on_stop']);
  const all =
    list === 'on_start'
      ? start
      : list === 'on_stop'
        ? [...start, ...steps, ...tasks, ...stop]
        : [...start, ...steps, ...tasks];
  const own = all.findIndex((one) => isWithin(path, one.path));
  return own < 0 ? all : all.slice(0, own);
}

function variableWords(value: unknown): string {
  if (!isPlainMap(value)) return JSON.stringify(value ?? '');
  if (value.choice !== undefined) return `one of ${listIn(value.choice).length}`;
  return value.random !== undefined ? 'a number by chance' : 'counts on';
}

/** The names that can be put in at a place, by what they are; groups without names are left out. */
export function namesAt(scenario: unknown, path: ValuePath, fieldsOf: FieldsOf): InsertableGroup[] {
  const at = ownerPath(path);
  const owner = valueAt(scenario, at);
  const map = isPlainMap(owner) ? owner : {};
  const variables = Object.entries(isPlainMap(map.variables) ? map.variables : {}).map(([name, value]) => ({
    name,
    about: variableWords(value),
  }));
  const data = listIn(map.data).flatMap((feed) => {
    const name = nameOf(feed, '');
    if (name === '') return [];
    const fields = fieldsOf(feed);
    return fields.length === 0
      ? [{ name, about: 'a row of data' }]
      : fields.map((field) => ({ name: `${name}.${field}`, about: 'of its row' }));
  });
  const taken = new Map<string, string>();
  for (const { step } of earlierSteps(owner, at, path)) {
    const extract = isPlainMap(step) && isPlainMap(step.extract) ? step.extract : {};
    for (const name of Object.keys(extract)) taken.set(name, `from ${stepName(step)}`);
  }
  return [
    { title: 'Variables', names: variables },
    { title: 'Data', names: data },
    { title: 'Taken earlier', names: [...taken].map(([name, about]) => ({ name, about })) },
    { title: 'Always there', names: builtInNames.map((one) => ({ ...one })) },
  ].filter(({ names }) => names.length > 0);
}
