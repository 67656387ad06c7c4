import { describe, expect, it } from 'vitest';
import type { Variable } from '#contract/scenario/request';
import { Random } from '../random.ts';
import type { PlanFeed } from '../requestPlan.ts';
import { feedMemory, SharedFeed, sharedFeeds } from './feeds.ts';
import { Scope } from './scope.ts';
import { httpUsers } from './testing/plans.ts';
import { compileVariables } from './variables.ts';

function scopeOf(variables: Record<string, Variable>, feeds: PlanFeed[] = [], vu = 1, seed = 7): Scope {
  return new Scope({
    vu,
    random: new Random(seed, vu),
    variables: compileVariables(variables),
    feeds: feeds.map((feed) => new SharedFeed(feed)),
    common: new Map([['tenant', 't1']]),
  });
}

function drawn(scope: Scope, name: string, count: number): unknown[] {
  return Array.from({ length: count }, (_, i) => {
    scope.next(i + 1);
    return scope.valueOf(name);
  });
}

const rows = (count: number) => Array.from({ length: count }, (_, i) => ({ i }));

describe('variables', () => {
  it('are drawn once for an iteration, and anew for the next', () => {
    const scope = scopeOf({ n: { random: { from: 1, to: 6 } } });
    const values = drawn(scope, 'n', 200);
    expect(new Set(values)).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    expect(scope.valueOf('n')).toBe(values.at(-1));
  });

  it('are the same for the same seed and user, and others for another user', () => {
    const variables = { n: { random: { from: 1, to: 1_000_000 } } };
    expect(drawn(scopeOf(variables), 'n', 5)).toEqual(drawn(scopeOf(variables), 'n', 5));
    expect(drawn(scopeOf(variables, [], 2), 'n', 5)).not.toEqual(drawn(scopeOf(variables), 'n', 5));
  });

  it('choose by weight', () => {
    const chosen = drawn(scopeOf({ v: { choice: ['a', 'b', 3], weights: [8, 1, 1] } }), 'v', 1000);
    const count = (value: unknown) => chosen.filter((one) => one === value).length;
    expect(count('a')).toBeGreaterThan(740);
    expect(count('b')).toBeGreaterThan(50);
    expect(count('a') + count('b') + count(3)).toBe(1000);
  });

  it('count on, name others, and know the user and its iteration', () => {
    const scope = scopeOf(
      { n: { sequence: { from: 10, step: 5 } }, greeting: '${who} ${n} of ${vu}', who: { choice: ['I'] } },
      [],
      4,
    );
    expect(drawn(scope, 'greeting', 3)).toEqual(['I 10 of 4', 'I 15 of 4', 'I 20 of 4']);
    expect(scope.valueOf('iteration')).toBe(3);
    expect(scope.valueOf('uuid')).not.toBe(scope.valueOf('uuid'));
    expect(scope.valueOf('tenant')).toBe('t1');
    expect(scope.valueOf('nobody')).toBeUndefined();
  });

  it('give way to what a response gave, until it does not any more', () => {
    const scope = scopeOf({ cursor: 0 });
    expect(scope.valueOf('cursor')).toBe(0);
    scope.take('cursor', 'next');
    scope.next(2);
    expect(scope.valueOf('cursor')).toBe('next');
    scope.take('cursor', undefined);
    expect(scope.valueOf('cursor')).toBe(0);
  });

  it('that refer to each other in a circle are refused', () => {
    expect(() => compileVariables({ a: 'x ${b.c}', b: { choice: ['${c}', 1] }, c: '${a}' })).toThrow(
      'a → b → c → a',
    );
    expect(() => compileVariables({ a: '${a}' })).toThrow('a → a');
    expect(() => compileVariables({ a: '${b}${b}', b: '${c}', c: 1 })).not.toThrow();
  });
});

describe('rows of data', () => {
  it('of per_user are kept by a user, and no two users have the same while there are enough', () => {
    const feed = new SharedFeed({ name: 'u', rows: rows(4), order: 'per_user' });
    expect([1, 3, 5, 7].map((vu) => feed.takeRow(vu)).toSorted()).toEqual([0, 1, 2, 3]);
    expect(feed.takeRow(2)).toBe(1);
    feed.giveBackRow(3);
    feed.giveBackRow(1);
    expect(feed.takeRow(9)).toBe(3);
    const scope = scopeOf({}, [{ name: 'u', rows: rows(4), order: 'per_user' }], 3);
    expect(drawn(scope, 'u', 3)).toEqual([{ i: 2 }, { i: 2 }, { i: 2 }]);
  });

  it('of sequential go on over the users of all threads', () => {
    const users = httpUsers({
      url: 'http://h', journey: { feeds: [{ name: 'p', rows: rows(2), order: 'per_user' }, { name: 's', rows: rows(3), order: 'sequential' }] },
    }); // prettier-ignore
    const memory = feedMemory({ users: [users] });
    const [one, other] = [
      sharedFeeds({ users: [users] }, memory)[0],
      sharedFeeds({ users: [users] }, memory)[0],
    ];
    const random = new Random(1);
    const taken = [one, other, one, other].map((feeds) => feeds?.[1]?.row(random)?.i);
    expect(taken).toEqual([0, 1, 2, 0]);
    expect([one?.[0]?.takeRow(1), other?.[0]?.takeRow(1)]).toEqual([0, 1]);
  });

  it('of random are any', () => {
    const scope = scopeOf({}, [{ name: 'r', rows: rows(3), order: 'random' }]);
    const seen = new Set(drawn(scope, 'r', 100).map((row) => JSON.stringify(row)));
    expect(seen.size).toBe(3);
  });
});
