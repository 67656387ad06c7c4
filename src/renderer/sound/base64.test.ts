import fc from 'fast-check';
import { expect, it } from 'vitest';
import { base64Of, bytesOf } from './base64.ts';

it('takes bytes there and back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = base64Of(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64'));
      expect([...bytesOf(text)]).toEqual([...bytes]);
    }),
  );
});

it('takes more than a call can have arguments', () => {
  const bytes = new Uint8Array(200_003).map((_, i) => i % 251);
  expect(Buffer.from(bytesOf(base64Of(bytes))).equals(Buffer.from(bytes))).toBe(true);
});
