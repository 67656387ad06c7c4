import { expect, it } from 'vitest';
import { YamlDocument } from '../../document/yamlDocument.svelte.ts';
import { ListKeys } from './listKeys.ts';

it('keeps the key of an entry while it is written, moves, and others come and go', () => {
  const document = new YamlDocument('l:\n  - { a: 1 }\n  - { a: 2 }\n  - { a: 3 }\n');
  const keys = new ListKeys();
  const now = () => {
    const list = document.at(['l']);
    return keys.of(Array.isArray(list) ? list : []);
  };
  const [one, two, three] = now();
  document.set(['l', 1, 'a'], 22);
  expect(now()).toEqual([one, two, three]);
  document.move(['l'], 2, 0);
  expect(now()).toEqual([three, one, two]);
  document.insert(['l'], 1, { a: 4 });
  const fresh = now()[1];
  expect(now()).toEqual([three, fresh, one, two]);
  expect([one, two, three]).not.toContain(fresh);
  document.remove(['l', 0]);
  expect(now()).toEqual([fresh, one, two]);
});
