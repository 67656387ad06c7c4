/** Reads users entries, steps and groups as they are written, whole or not. Pure. */
import { httpStepMethods, type HttpMethodName } from './methods.ts';
import { isPlainMap, type PlainMap } from '../../document/plain.ts';

export type EntryKind = 'voice' | 'http' | 'grpc';
export type RequestKind = 'http' | 'grpc';

const none: readonly unknown[] = [];

export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : none;
}

/** What a users entry or a stage is; one that does not say it speaks. */
export function kindOf(entry: unknown): EntryKind {
  const kind = isPlainMap(entry) ? entry.kind : undefined;
  return kind === 'http' || kind === 'grpc' ? kind : 'voice';
}

export function isGroup(entry: unknown): entry is PlainMap {
  return isPlainMap(entry) && (entry.group !== undefined || entry.steps !== undefined);
}

/** The method of a written request, the first of those it has. */
export function methodOf(step: unknown): HttpMethodName | null {
  if (!isPlainMap(step)) return null;
  return httpStepMethods.find((method) => step[method] !== undefined) ?? null;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** The address of a request, or what is called. */
export function addressOf(step: unknown): string {
  if (!isPlainMap(step)) return '';
  const method = methodOf(step);
  return method === null ? text(step.rpc).replace(/^\//, '') : text(step[method]);
}

/** As results call a step: its name, or its method and address as written. */
export function stepName(step: unknown): string {
  const name = isPlainMap(step) ? text(step.name).trim() : '';
  if (name !== '') return name;
  const method = methodOf(step);
  const address = addressOf(step);
  return method === null ? address : `${method.toUpperCase()} ${address}`;
}

/** The steps of a list, those within groups too, in order. */
export function stepsIn(list: unknown): unknown[] {
  return listIn(list).flatMap((entry) => (isGroup(entry) ? stepsIn(entry.steps) : [entry]));
}

/** Every list of steps of a users entry or stage, in the order in which they are made. */
export function stepListsOf(entry: unknown): unknown[] {
  if (!isPlainMap(entry)) return [];
  const tasks = listIn(entry.tasks).map((task) => (isPlainMap(task) ? task.steps : undefined));
  return [entry.on_start, entry.steps, ...tasks, entry.on_stop].filter((list) => Array.isArray(list));
}

/** How many entries a map or list has. */
export function countIn(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return isPlainMap(value) ? Object.keys(value).length : 0;
}

/** The kinds of users that a scenario has. */
export function kindsIn(scenario: unknown): ReadonlySet<EntryKind> {
  const users = isPlainMap(scenario) ? listIn(scenario.users) : none;
  return new Set(users.map(kindOf));
}
