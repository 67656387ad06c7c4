import { expect, test } from 'vitest';
import { isEntraToken, tidyToken, tokenExpiry } from './token.ts';

const token = (claims: object) =>
  `eyJhbGciOiJub25lIn0.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;

test('a token says when it ends, also behind a resource id', () => {
  const ends = token({ exp: 1_900_000_000 });
  expect(tokenExpiry(ends)?.toISOString()).toBe('2030-03-17T17:46:40.000Z');
  expect(tokenExpiry(`aad#/subscriptions/x#${ends}`)?.toISOString()).toBe('2030-03-17T17:46:40.000Z');
});

test.each([
  '',
  'opaque',
  'a.b.c',
  'a.bm90IGpzb24.c',
  token({}),
  token({ exp: 'soon' }),
  token({ exp: 1e300 }),
  `a.${'x'.repeat(100_000)}`,
])('%# does not', (written) => {
  expect(tokenExpiry(written)).toBeNull();
});

test('Microsoft Entra is told by whom the token is for', () => {
  expect(isEntraToken(token({ aud: 'https://cognitiveservices.azure.com' }))).toBe(true);
  expect(isEntraToken(token({ aud: 'urn:ms.speech' }))).toBe(false);
  expect(isEntraToken('opaque')).toBe(false);
});

test('a token that was copied with more than itself is tidied', () => {
  expect(tidyToken(' Bearer abc.\n  def \r\n')).toBe('abc.def');
});
