/** Edits of a scenario's users and conversations, and what the screen reads of them. */
import type { ValuePath } from '#contract/scenario/shape';
import { isPlainMap, type PlainMap } from '../../document/plain.ts';
import type { YamlDocument } from '../../document/yamlDocument.svelte.ts';
import { newRequestUsers, newStage, newStep } from '../requests/stepEdits.ts';

const none: readonly unknown[] = [];

/** The list at a place; an empty one where there is something else. */
export function listAt(document: YamlDocument, path: ValuePath): readonly unknown[] {
  const value = document.at(path);
  return Array.isArray(value) ? value : none;
}

/** The name of an entry, or what stands in for it. */
export function nameOf(value: unknown, otherwise: string): string {
  const name = isPlainMap(value) ? value.name : undefined;
  return typeof name === 'string' && name.trim() !== '' ? name : otherwise;
}

/** A name that no entry of a list has: `callers 2`. */
export function freeName(entries: readonly unknown[], base: string): string {
  const taken = new Set(entries.map((entry) => nameOf(entry, '')));
  if (!taken.has(base)) return base;
  const stem = base.replace(/ \d+$/, '');
  for (let n = 2; ; n++) {
    const name = `${stem} ${n}`;
    if (!taken.has(name)) return name;
  }
}

export function emptyConversation(others: readonly unknown[]): PlainMap {
  return { name: freeName(others, 'conversation'), turns: [{ say: '' }] };
}

/** Adds a users entry of a kind at the end; where it is. */
export function addUsers(document: YamlDocument, kind: 'voice' | 'http' | 'grpc' = 'voice'): number {
  const users = listAt(document, ['users']);
  const voice = kind === 'voice';
  const name = freeName(users, voice ? 'callers' : 'clients');
  document.insert(
    ['users'],
    users.length,
    voice ? { kind, name, conversations: [emptyConversation([])] } : newRequestUsers(kind, name),
  );
  return users.length;
}

/** Adds a stage of set-up or tear-down at the end; where it is. */
export function addStage(document: YamlDocument, list: 'setup' | 'teardown', kind: 'http' | 'grpc'): number {
  const stages = listAt(document, [list]);
  const name = freeName(stages, list === 'setup' ? 'set-up' : 'tear-down');
  document.insert([list], stages.length, newStage(kind, name));
  return stages.length;
}

/** Adds a task at the end of a users entry; where it is. */
export function addTask(document: YamlDocument, user: number, kind: 'http' | 'grpc'): number {
  const path = ['users', user, 'tasks'];
  const tasks = listAt(document, path);
  document.insert(path, tasks.length, { name: freeName(tasks, 'task'), weight: 1, steps: [newStep(kind)] });
  return tasks.length;
}

/** Adds a conversation at the end of a users entry; where it is. */
export function addConversation(document: YamlDocument, user: number, conversation: PlainMap): number {
  const path = ['users', user, 'conversations'];
  const others = listAt(document, path);
  const name = freeName(others, nameOf(conversation, 'conversation'));
  document.insert(path, others.length, { ...conversation, name });
  return others.length;
}

/** Puts a copy of an entry below it, under a name of its own; where the copy is. */
export function duplicateEntry(document: YamlDocument, list: ValuePath, index: number): number {
  const entries = listAt(document, list);
  const entry = entries[index];
  const copy =
    isPlainMap(entry) && 'name' in entry
      ? { ...entry, name: freeName(entries, nameOf(entry, 'copy')) }
      : entry;
  document.insert(list, index + 1, copy);
  return index + 1;
}

/** What a turn says in one line. */
export function turnText(turn: unknown): string {
  if (!isPlainMap(turn)) return '';
  if (typeof turn.say === 'string') return turn.say;
  return typeof turn.clip === 'string' ? turn.clip : '';
}
