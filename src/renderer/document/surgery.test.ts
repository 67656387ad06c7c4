import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseText } from './parse.ts';
import { editPlain, isPlainMap } from './plain.ts';
import { cutWord } from './surgery.ts';

const texts = [
  'a: 1 # c\nb:\n  - x # d\n  - k: "q"\n    z: {u: v, w: \'s\'}\n',
  '{\n  "a": [\n    1,\n    "x"\n  ]\n}\n',
  'a:   # c\n  b: word # d\nc: [1,2]\n',
];

/** The places of all words and numbers in a value. */
function leaves(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (Array.isArray(value)) return value.flatMap((entry, i) => leaves(entry, [...path, i]));
  if (isPlainMap(value))
    return Object.entries(value).flatMap(([key, entry]) => leaves(entry, [...path, key]));
  return [path];
}

const sign = fc.oneof(
  fc.constantFrom(...Array.from('-:#?|>&*!%@`{}[],"\' \t\n\r~.019abeyNT=<\\/+_\u2028\u0085\u00a0\ufeff')),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
);
const word = fc.oneof(
  fc.array(sign, { maxLength: 8 }).map((signs) => signs.join('')),
  fc.double({ noNaN: true }),
  fc.integer(),
  fc.constant(null),
  fc.boolean(),
);

it('reads as the word that was put there, whatever it is made of', () => {
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.nat(20), word, (text, n, value) => {
      const parsed = parseText(text);
      if ('problem' in parsed) throw new Error(parsed.problem.message);
      const places = leaves(parsed.value);
      const path = places[n % places.length] ?? [];
      const after = cutWord(parsed, path, value);
      if (after === null) return;
      expect(parseText(after)).toMatchObject({
        value: editPlain(parsed.value, { kind: 'set', path, value }),
      });
    }),
    { numRuns: 1500 },
  );
}, 30_000);
