import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareLines } from './compare.ts';

describe('two texts line by line', () => {
  it('tells what only one of them has', () => {
    expect(compareLines('a\nb\nc\nd', 'a\nx\nc\nd\ne')).toEqual([
      { kind: 'same', text: 'a' },
      { kind: 'mine', text: 'b' },
      { kind: 'theirs', text: 'x' },
      { kind: 'same', text: 'c' },
      { kind: 'same', text: 'd' },
      { kind: 'theirs', text: 'e' },
    ]);
  });

  it('holds both texts whole', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const lines = compareLines(a.join('\n'), b.join('\n'));
        expect(lines.filter(({ kind }) => kind !== 'theirs').map((line) => line.text)).toEqual(a);
        expect(lines.filter(({ kind }) => kind !== 'mine').map((line) => line.text)).toEqual(b);
      }),
    );
  });
});
