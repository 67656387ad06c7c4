/** The users and stages of a scenario as a tree, and which of its nodes a place in the document belongs to. Pure. */
import { type ValuePath, valueAt } from '#contract/scenario/shape';
import { isPlainMap } from '../../document/plain.ts';
import { nameOf } from '../conversations/edits.ts';
import { type EntryKind, isGroup, kindOf, listIn, stepsIn } from './readSteps.ts';

export type NodeKind = 'entry' | 'conversation' | 'steps' | 'task' | 'group' | 'stage';

export interface TreeNode {
  /** Of its value in the document: its id. */
  path: ValuePath;
  kind: NodeKind;
  /** Of the users entry or stage it belongs to. */
  users: EntryKind;
  name: string;
  /** Behind its name: how many requests, a weight. */
  note: string;
  depth: number;
}

const listNames = { on_start: 'On start', steps: 'Steps', on_stop: 'On stop' } as const;
type StepList = keyof typeof listNames;

export const stageLists = ['setup', 'teardown'] as const;
export type StageList = (typeof stageLists)[number];

/** What a list of steps is called, by its key. */
export function listName(key: unknown): string {
  return key === 'on_start' || key === 'on_stop' ? listNames[key] : listNames.steps;
}

function plural(count: number, users: EntryKind): string {
  const one = users === 'grpc' ? 'call' : 'request';
  return count === 1 ? `1 ${one}` : `${count} ${one}s`;
}

function groupNodes(list: unknown, path: ValuePath, users: EntryKind, depth: number): TreeNode[] {
  return listIn(list).flatMap((entry, i): TreeNode[] => {
    if (!isGroup(entry)) return [];
    const name = typeof entry.group === 'string' && entry.group !== '' ? entry.group : 'group';
    return [
      {
        path: [...path, i],
        kind: 'group',
        users,
        name,
        note: plural(stepsIn(entry.steps).length, users),
        depth,
      },
    ];
  });
}

function listNodes(entry: unknown, key: StepList, path: ValuePath, users: EntryKind): TreeNode[] {
  const list = isPlainMap(entry) ? entry[key] : undefined;
  if (list === undefined) return [];
  const at = [...path, key];
  const note = plural(stepsIn(list).length, users);
  return [
    { path: at, kind: 'steps', users, name: listNames[key], note, depth: 1 },
    ...groupNodes(list, at, users, 2),
  ];
}

function taskNodes(entry: unknown, path: ValuePath, users: EntryKind): TreeNode[] {
  const tasks = isPlainMap(entry) ? listIn(entry.tasks) : [];
  return tasks.flatMap((task, i): TreeNode[] => {
    const at = [...path, 'tasks', i];
    const weight = isPlainMap(task) && typeof task.weight === 'number' ? task.weight : 1;
    const steps = isPlainMap(task) ? task.steps : undefined;
    return [
      { path: at, kind: 'task', users, name: nameOf(task, 'unnamed'), note: `weight ${weight}`, depth: 1 },
      ...groupNodes(steps, [...at, 'steps'], users, 2),
    ];
  });
}

function conversationNodes(entry: unknown, path: ValuePath): TreeNode[] {
  const conversations = isPlainMap(entry) ? listIn(entry.conversations) : [];
  return conversations.map((one, i) => ({
    path: [...path, 'conversations', i],
    kind: 'conversation',
    users: 'voice',
    name: nameOf(one, 'unnamed'),
    note: '',
    depth: 1,
  }));
}

/** What stands in for the name of a users entry that has none. */
export function usualName(kind: EntryKind): string {
  return kind === 'voice' ? 'callers' : 'clients';
}

/** A users entry and what is in it. */
export function entryNodes(scenario: unknown, index: number): TreeNode[] {
  const path = ['users', index];
  const entry = valueAt(scenario, path);
  const users = kindOf(entry);
  const head: TreeNode = {
    path, kind: 'entry', users, name: nameOf(entry, usualName(users)), note: users === 'voice' ? '' : users, depth: 0,
  }; // prettier-ignore
  if (users === 'voice') return [head, ...conversationNodes(entry, path)];
  return [
    head,
    ...listNodes(entry, 'on_start', path, users),
    ...listNodes(entry, 'steps', path, users),
    ...taskNodes(entry, path, users),
    ...listNodes(entry, 'on_stop', path, users),
  ];
}

/** A stage of set-up or tear-down and its steps. */
export function stageNodes(scenario: unknown, list: StageList, index: number): TreeNode[] {
  const path = [list, index];
  const stage = valueAt(scenario, path);
  const users = kindOf(stage) === 'grpc' ? 'grpc' : 'http';
  const usual = list === 'setup' ? 'set-up' : 'tear-down';
  return [
    { path, kind: 'stage', users, name: nameOf(stage, usual), note: users, depth: 0 },
    ...listNodes(stage, 'steps', path, users),
  ];
}

/** All of them, in the order of the tree. */
export function treeOf(scenario: unknown): TreeNode[] {
  const users = listIn(valueAt(scenario, ['users'])).flatMap((_, i) => entryNodes(scenario, i));
  const stages = stageLists.flatMap((list) =>
    listIn(valueAt(scenario, [list])).flatMap((_, i) => stageNodes(scenario, list, i)),
  );
  return [...users, ...stages];
}

export function samePath(a: ValuePath, b: ValuePath): boolean {
  return a.length === b.length && a.every((part, i) => part === b[i]);
}

/** The node a place belongs to: the deepest that leads to it. Null: it is in none. */
export function nodeOf(nodes: readonly TreeNode[], path: ValuePath): TreeNode | null {
  let found: TreeNode | null = null;
  for (const node of nodes) {
    const leads = node.path.length <= path.length && node.path.every((part, i) => part === path[i]);
    if (leads && (found === null || node.path.length > found.path.length)) found = node;
  }
  return found;
}

/** The node that was chosen, or what is nearest to it now: an entry before it, what it was in, the first. */
export function nearestNode(nodes: readonly TreeNode[], wanted: ValuePath): TreeNode | null {
  const path = [...wanted];
  while (path.length > 0) {
    const found = nodes.find((node) => samePath(node.path, path));
    if (found) return found;
    const last = path.pop();
    if (typeof last === 'number' && last > 0) path.push(last - 1);
  }
  return nodes[0] ?? null;
}

/** What is shown first: what the first users do. */
export function firstNode(nodes: readonly TreeNode[]): TreeNode | null {
  const does = nodes.find(
    (node) =>
      node.path[0] === 'users' &&
      node.path[1] === 0 &&
      (node.kind === 'conversation' || node.kind === 'task' || node.path.at(-1) === 'steps'),
  );
  return does ?? nodes[0] ?? null;
}

/** Where the steps of a node are listed. */
export function stepsPath(node: TreeNode): ValuePath {
  return node.kind === 'steps' ? node.path : [...node.path, 'steps'];
}

/** The users entry or stage that a place is in. */
export function ownerPath(path: ValuePath): ValuePath {
  return path.slice(0, 2);
}
