import { expect, it } from 'vitest';
import { errorKindColours } from './seriesColours.ts';

it('gives a kind of error the same colour in every run where it comes first', () => {
  const alone = errorKindColours(['refused']).get('refused');
  expect(errorKindColours(['refused', 'dns', 'http_429']).get('refused')).toBe(alone);
});

it('gives seven kinds seven colours', () => {
  const kinds = ['refused', 'dns', 'http_429', 'first_byte_timeout', 'dropped_1006', 'tls', 'turn_timeout'];
  expect(new Set(errorKindColours(kinds).values()).size).toBe(7);
});

it('has a colour for every kind even when there are more than colours', () => {
  const kinds = Array.from({ length: 12 }, (_, i) => `kind_${i}`);
  const colours = errorKindColours(kinds);
  expect(kinds.every((kind) => colours.get(kind)?.startsWith('--series-'))).toBe(true);
});
