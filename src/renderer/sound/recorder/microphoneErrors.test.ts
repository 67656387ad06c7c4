import { expect, it } from 'vitest';
import { microphoneError } from './microphoneErrors.ts';

it.each([
  ['NotAllowedError', 'browser', 'microphone_denied', /address bar/],
  ['NotAllowedError', 'desktop', 'microphone_denied', /privacy settings of the system/],
  ['NotFoundError', 'browser', 'no_microphone', /from a file/],
  ['NotReadableError', 'browser', 'microphone_busy', /Another program/],
  ['TypeError', 'browser', 'microphone_failed', /Try again/],
])('%s in the %s door is %s', (name, door, code, words) => {
  const error = microphoneError(new DOMException('as the browser says it', name), door);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(words);
  expect(error.detail).toBe(`${name}: as the browser says it`);
});
