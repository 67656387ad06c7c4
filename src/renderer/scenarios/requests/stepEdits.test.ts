import { describe, expect, it } from 'vitest';
import { HttpStep } from '#contract/scenario/file';
import { Check, Extract, Variable } from '#contract/scenario/request';
import { bodyKinds, checkKinds, comparisons, extractKinds, variableKinds } from './methods.ts';
import {
  asSteps,
  asTasks,
  checkToAdd,
  newVariable,
  withBody,
  withCheckKind,
  withComparison,
  withExtract,
  withExtractKind,
  withStream,
} from './stepEdits.ts';

describe('a body of another kind', () => {
  const step = { name: 'login', post: '/login', json: { user: 'a', age: 5 }, checks: [] };

  it('is the only one of its step, and keeps what can be said in it', () => {
    for (const from of bodyKinds) {
      for (const to of bodyKinds) {
        const next = withBody(withBody(step, from), to);
        expect(bodyKinds.filter((kind) => kind in next)).toEqual([to]);
        // An empty path of a file is what is to be filled in.
        const filled = to === 'body_file' ? { ...next, body_file: './a' } : next;
        expect(HttpStep.safeParse(filled).error?.message, `${from} → ${to}`).toBeUndefined();
      }
    }
    expect(withBody(step, 'form').form).toEqual({ user: 'a', age: '5' });
    expect(withBody(withBody(step, 'body'), 'json').json).toEqual(step.json);
    expect(withBody(step, null)).toEqual({ name: 'login', post: '/login', checks: [] });
  });
});

describe('a check', () => {
  it('is one the format knows, whatever kind and comparison are chosen', () => {
    for (const kind of checkKinds) {
      const check = withCheckKind({ name: 'ok', status: 200 }, kind);
      expect(Check.safeParse(check).error?.message, kind).toBeUndefined();
      expect(check.name).toBe('ok');
      if (kind === 'status' || kind === 'grpc_status') continue;
      for (const comparison of comparisons) {
        const next = withComparison(check, undefined, comparison);
        expect(Check.safeParse(next).error?.message, `${kind} ${comparison}`).toBeUndefined();
      }
    }
  });

  it('keeps what it compares with when it looks elsewhere', () => {
    const check = { json: '$.a', above: 1, below: 5 };
    expect(withCheckKind(check, 'body')).toEqual({ body: { above: 1, below: 5 } });
    expect(withCheckKind(withCheckKind(check, 'body'), 'header')).toMatchObject({ above: 1, below: 5 });
    expect(withComparison(check, 'below', undefined)).toEqual({ json: '$.a', above: 1 });
    expect(withComparison(check, 'below', 'equals')).toEqual({ json: '$.a', above: 1, equals: 5 });
  });

  it('is about the status first, then about what the answer holds', () => {
    expect(checkToAdd([], 'http')).toEqual({ status: 200 });
    expect(checkToAdd([], 'grpc')).toEqual({ grpc_status: 'OK' });
    expect(checkToAdd([{ status: 201 }], 'http')).toHaveProperty('json');
  });
});

describe('a value to take', () => {
  it('is short where a JSON path is all of it', () => {
    expect(withExtract('$.id', { json: '$.name' })).toBe('$.name');
    expect(withExtract('$.id', { default: 'none' })).toEqual({ json: '$.id', default: 'none' });
    expect(withExtract({ json: '$.id', default: 1 }, { default: undefined })).toBe('$.id');
  });

  it('keeps its default when it is taken from elsewhere', () => {
    for (const kind of extractKinds) {
      const next = withExtractKind({ json: '$.id', default: 0 }, kind);
      expect(Extract.safeParse(next).success, kind).toBe(true);
      expect(next).toMatchObject({ default: 0 });
    }
  });
});

it('a variable of any kind is one the format knows', () => {
  for (const from of variableKinds)
    for (const to of variableKinds)
      expect(Variable.safeParse(newVariable(to, newVariable(from, 'a'))).success, `${from} → ${to}`).toBe(
        true,
      );
});

it('a stream that says only its form is one word', () => {
  expect(withStream(undefined, { format: 'sse' })).toBe('sse');
  expect(withStream('sse', { token: '$.t' })).toEqual({ format: 'sse', token: '$.t' });
  expect(withStream({ format: 'sse', token: '$.t' }, { token: '' })).toBe('sse');
});

describe('steps and tasks', () => {
  const steps = [{ get: '/a' }, { group: 'g', steps: [{ get: '/b' }] }];

  it('turn into each other without losing a step', () => {
    const users = { kind: 'http', name: 'clients', steps };
    expect(asTasks(users)).toEqual({
      kind: 'http',
      name: 'clients',
      tasks: [{ name: 'task 1', weight: 1, steps }],
    });
    expect(asSteps(asTasks(users))).toEqual(users);
  });

  it('of several tasks become groups, but for those that have groups of their own', () => {
    const users = {
      tasks: [
        { name: 'one', steps: [{ get: '/c' }] },
        { name: 'two', steps },
      ],
    };
    expect(asSteps(users)).toEqual({ steps: [{ group: 'one', steps: [{ get: '/c' }] }, ...steps] });
  });
});
