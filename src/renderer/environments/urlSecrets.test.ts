import { expect, it } from 'vitest';
import { secretInUrl } from './urlSecrets.ts';

it.each([
  ['wss://host/path?code=abc%2B1&x=2', 'code', 'abc+1', 'wss://host/path?code=*&x=2'],
  ['wss://host/path?x=2&api-key=k', 'api-key', 'k', 'wss://host/path?x=2&api-key=*'],
  ['http://me:pass@proxy:3128', 'password', 'pass', 'http://me:*@proxy:3128'],
])('finds what is secret in %s', (url, name, value, replaced) => {
  const found = secretInUrl(url);
  expect(found).toMatchObject({ name, value });
  expect(found?.replaced('*')).toBe(replaced);
});

it.each([
  'wss://host/path',
  'wss://host/path?code=${secret:CODE}',
  'wss://host/path?language=en&code=',
  'http://me:${secret:PROXY}@proxy:3128',
  '',
])('finds nothing in %s', (url) => expect(secretInUrl(url)).toBeNull());
