import { expect, it } from 'vitest';
import { clipSeenFrom } from './clipPath.ts';

it.each([
  ['recordings/a.wav', '/w/conversations/x.yaml', '/w/s.yaml', './conversations/recordings/a.wav'],
  ['../recordings/a.wav', '/w/conversations/x.yaml', '/w/scenarios/s.yaml', '../recordings/a.wav'],
  ['./a.wav', '/w/c/x.yaml', '/w/c/s.yaml', './a.wav'],
  ['/clips/a.wav', '/w/c/x.yaml', '/w/s.yaml', '/clips/a.wav'],
  ['a.wav', 'C:\\w\\c\\x.yaml', 'C:\\w\\s.yaml', './c/a.wav'],
  ['a.wav', 'D:\\c\\x.yaml', 'C:\\w\\s.yaml', 'D:/c/a.wav'],
])('%s of %s seen from %s', (clip, from, to, wanted) => {
  expect(clipSeenFrom(clip, from, to)).toBe(wanted);
});
