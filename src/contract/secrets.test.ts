import { expect, test } from 'vitest';
import { maskHeader, maskUrl, namesSecret } from './secrets.ts';

test('what is named like a secret is masked', () => {
  expect(maskHeader('Authorization', 'Bearer abc')).toBe('***');
  expect(maskHeader('x-api-key', 'abc')).toBe('***');
  expect(maskHeader('x-session-id', 'abc')).toBe('abc');
  expect(maskUrl('wss://h/x?code=abc&room=7&sig=q')).toBe('wss://h/x?code=***&room=7&sig=***');
  expect(maskUrl('wss://user:pass@h/x')).toBe('wss://***@h/x');
});

test('placeholders stay as written', () => {
  expect(maskHeader('authorization', 'Bearer ${secret:KEY}')).toBe('Bearer ${secret:KEY}');
  expect(maskUrl('wss://h/x?token=${secret:KEY}')).toBe('wss://h/x?token=${secret:KEY}');
});

test('ordinary names are not secrets', () => {
  for (const name of ['monkey', 'keyboard', 'design', 'host', 'barcode', 'user-agent'])
    expect(namesSecret(name)).toBe(false);
  for (const name of ['key', 'api_key', 'X-Functions-Key', 'access_token', 'sig', 'Cookie', 'password']) {
    expect(namesSecret(name)).toBe(true);
  }
});
