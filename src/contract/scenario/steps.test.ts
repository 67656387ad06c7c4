import { expect, test } from 'vitest';
import { HttpStep } from './http.ts';
import { stepName } from './steps.ts';

test('a step that has no name is called by its address without the secrets that stand in it', () => {
  const called = (step: object) => stepName(HttpStep.parse(step));
  expect(called({ get: '/a?token=abc&q=1' })).toBe('GET /a?token=***&q=1');
  expect(called({ get: 'https://me:pw@host/a' })).toBe('GET https://***@host/a');
  expect(called({ get: '/a?token=${secret:KEY}&id=${id}' })).toBe('GET /a?token=${secret:KEY}&id=${id}');
});
