import { describe, expect, it } from 'vitest';
import { firstNode, nearestNode, nodeOf, stepsPath, treeOf } from './tree.ts';

const scenario = {
  users: [
    { kind: 'voice', name: 'callers', conversations: [{ name: 'hello' }] },
    {
      kind: 'http',
      name: 'bots',
      on_start: [{ post: '/login' }],
      tasks: [
        { name: 'clients', weight: 3, steps: [{ get: '/clients' }] },
        { name: 'chat', steps: [{ get: '/a' }, { group: 'talk', steps: [{ post: '/b' }, { post: '/c' }] }] },
      ],
    },
    { kind: 'grpc', steps: [{ rpc: 'a.B/C' }] },
  ],
  setup: [{ kind: 'http', steps: [{ post: '/register' }] }],
};
const nodes = treeOf(scenario);

describe('the tree of users', () => {
  it('shows entries of every kind with what they do, and the stages after them', () => {
    expect(nodes.map((node) => [node.depth, node.kind, node.name, node.note])).toEqual([
      [0, 'entry', 'callers', ''],
      [1, 'conversation', 'hello', ''],
      [0, 'entry', 'bots', 'http'],
      [1, 'steps', 'On start', '1 request'],
      [1, 'task', 'clients', 'weight 3'],
      [1, 'task', 'chat', 'weight 1'],
      [2, 'group', 'talk', '2 requests'],
      [0, 'entry', 'clients', 'grpc'],
      [1, 'steps', 'Steps', '1 call'],
      [0, 'stage', 'set-up', 'http'],
      [1, 'steps', 'Steps', '1 request'],
    ]);
  });

  it('is empty for what is no scenario', () => {
    for (const value of [null, [], 'users', { users: 'none' }]) expect(treeOf(value)).toEqual([]);
    expect(treeOf({ users: [null, 5, { kind: 'http', steps: {}, tasks: 'x' }] })).toHaveLength(4);
  });

  it('begins with what the first users do', () => {
    expect(firstNode(nodes)?.name).toBe('hello');
    const http = treeOf({ users: [{ kind: 'http', on_start: [], steps: [] }] });
    expect(firstNode(http)?.path).toEqual(['users', 0, 'steps']);
  });
});

describe('the place of a value', () => {
  it('is the list, task or group it stands in', () => {
    expect(nodeOf(nodes, ['users', 1, 'tasks', 1, 'steps', 1, 'steps', 0, 'json'])?.name).toBe('talk');
    expect(nodeOf(nodes, ['users', 1, 'tasks', 1, 'steps', 0, 'checks', 0])?.name).toBe('chat');
    expect(nodeOf(nodes, ['users', 1, 'variables', 'a'])?.name).toBe('bots');
    expect(nodeOf(nodes, ['setup', 0, 'for_each'])?.kind).toBe('stage');
    expect(nodeOf(nodes, ['load'])).toBeNull();
  });

  it('is found again, or what is nearest to it', () => {
    expect(nearestNode(nodes, ['users', 1, 'tasks', 7])?.name).toBe('chat');
    expect(nearestNode(nodes, ['users', 1, 'on_stop'])?.name).toBe('bots');
    expect(nearestNode(nodes, ['users', 9])?.name).toBe('clients');
    expect(nearestNode([], ['users', 0])).toBeNull();
  });

  it('has its steps where the document has them', () => {
    const chat = nodeOf(nodes, ['users', 1, 'tasks', 1]);
    expect(chat && stepsPath(chat)).toEqual(['users', 1, 'tasks', 1, 'steps']);
    const start = nodeOf(nodes, ['users', 1, 'on_start', 0]);
    expect(start && stepsPath(start)).toEqual(['users', 1, 'on_start']);
  });
});
