import fc from 'fast-check';
import { expect, it } from 'vitest';
import { textDiff } from './textDiff.ts';

const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `line ${from + i}`);

it('shows what changed with three lines around it', () => {
  const before = lines(1, 20).join('\n');
  const after = before.replace('line 10', 'another');
  expect(textDiff(before, `${after}\n`)).toEqual([
    { kind: 'skipped', text: '6 equal lines' },
    ...lines(7, 9).map((text) => ({ kind: 'same', text })),
    { kind: 'removed', text: 'line 10' },
    { kind: 'added', text: 'another' },
    ...lines(11, 13).map((text) => ({ kind: 'same', text })),
    { kind: 'skipped', text: '7 equal lines' },
  ]);
});

it('of equal texts is nothing, whatever their line ends', () => {
  expect(textDiff('a\r\nb\r\n', 'a\nb')).toEqual([]);
  expect(textDiff('', '')).toEqual([]);
});

it('has every line of both texts, or says how many it left out', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', '  - d: 1'), { maxLength: 30 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const found = textDiff(before.join('\n'), after.join('\n'));
      const skipped = found
        .filter(({ kind }) => kind === 'skipped')
        .reduce((sum, line) => sum + Number.parseInt(line.text), 0);
      const count = (...kinds: string[]) => found.filter(({ kind }) => kinds.includes(kind)).length;
      if (found.length === 0) expect(before.join('\n').trimEnd()).toBe(after.join('\n').trimEnd());
      else {
        expect(count('same', 'removed') + skipped).toBe(before.length);
        expect(count('same', 'added') + skipped).toBe(after.length);
      }
    }),
  );
});
