import { expect, it } from 'vitest';
import { callName } from './callName.ts';

it('leaves out the run, and nothing else', () => {
  expect(callName('20261121-085111-0efd-u3-c2', '20261121-085111-0efd')).toBe('u3-c2');
  expect(callName('u3-c2', '20261121-085111-0efd')).toBe('u3-c2');
  expect(callName('20261121-085111-0efd', '20261121-085111-0efd')).toBe('20261121-085111-0efd');
});
