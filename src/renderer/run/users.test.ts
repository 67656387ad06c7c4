import { describe, expect, it } from 'vitest';
import { changedUsers, readUsers, usersOf } from './users.ts';

describe('users by hand', () => {
  it.each([
    ['0', 0],
    [' 50 ', 50],
    ['100000', 100_000],
    ['100,000', 100_000],
    ['12 345', 12_345],
  ])('%j is %d', (text, users) => expect(readUsers(text)).toBe(users));

  it.each(['', ' ', '-1', '1.5', '1e3', '100001', '1,00', 'ten', '99999999999', '1,,000'])(
    '%j is none',
    (text) => expect(readUsers(text)).toBeNull(),
  );

  it('are never fewer than none or more than can be asked for', () => {
    expect(changedUsers(5, -10)).toBe(0);
    expect(changedUsers(5, 10)).toBe(15);
    expect(changedUsers(99_995, 10)).toBe(100_000);
  });
});

it.each([
  ['users:\n  - name: a\n  - name: b\n', 2],
  ['users: 3\n', 0],
  ['', 0],
  ['a: [', 0],
])('counts the users entries of %j as %d', (yaml, count) => expect(usersOf(yaml)).toBe(count));
