import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadOf, withName } from './preset.ts';

const yaml = `# What it is for.
version: 1
name: Baseline # as it is offered
users: [] # nobody
load: { users: 10, spawn_rate: 2, duration: 5m } # slowly
`;

test('only the name changes', () => {
  expect(withName(yaml, 'Mine')).toBe(yaml.replace('Baseline', 'Mine'));
  expect(withName(yaml, 'a: b # c')).toBe(yaml.replace('Baseline', '"a: b # c"'));
  expect(withName('version: 1\n', 'Mine')).toBe('name: Mine\nversion: 1\n');
});

test('any name is read back as it was typed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
      const value: unknown = parse(withName(yaml, name));
      expect(value).toMatchObject({ version: 1, name, users: [] });
    }),
  );
});

test('the load is read to be drawn', () => {
  expect(loadOf(yaml)).toMatchObject({
    kind: 'users',
    startUsers: 0,
    stages: [{ target: 10 }, { target: 10 }],
  });
  expect(loadOf('load: { users: x }')).toBeNull();
  expect(loadOf('{')).toBeNull();
});
