import { expect, it } from 'vitest';
import type { ConversationEntry } from '#contract/api/conversations';
import { groupConversations } from './listGroups.ts';

function entry(name: string, scenario: string | null = null, bundled = false): ConversationEntry {
  const origin = scenario === null ? 'library' : 'scenario';
  const path = scenario === null ? `/library/${name}.yaml` : `/scenarios/${scenario}.yaml`;
  return { id: `${path} ${name}`, name, origin, scenario, bundled, path, turns: 1, problem: null };
}

const entries = [
  entry('hello', 'Practice', true),
  entry('quick', 'Mine'),
  entry('turn 10'),
  entry('turn 9'),
  entry('bye', 'Practice', true),
];
const shape = (search: string) =>
  groupConversations(entries, search).map(({ title, entries: found }) => [title, found.map((e) => e.name)]);

it('lists the library first, in natural order, then own scenarios, then bundled ones', () => {
  expect(shape('')).toEqual([
    ['Library', ['turn 9', 'turn 10']],
    ['Mine', ['quick']],
    ['Practice', ['hello', 'bye']],
  ]);
});

it('finds by name and by scenario, every word of it', () => {
  expect(shape('PRACTICE by')).toEqual([['Practice', ['bye']]]);
  expect(shape('turn')).toEqual([['Library', ['turn 9', 'turn 10']]]);
  expect(shape('nothing like it')).toEqual([]);
});

it('keeps two scenarios of one name apart', () => {
  const twice = [entry('a', 'Same'), { ...entry('b', 'Same'), path: '/elsewhere/Same.yaml' }];
  expect(groupConversations(twice, '')).toHaveLength(2);
});
