import { expect, it } from 'vitest';
import { maskKept } from './maskedRequests.ts';
import { aKept, aRecord } from './requestTesting.ts';

const body = (text: string) => ({ text, bytes: text.length, whole: true, binary: false });

it('takes secrets out of all that is kept of a request', () => {
  const kept = maskKept(
    aKept(aRecord(), {
      url: 'http://me:hush@127.0.0.1/login?api_key=s3cr3t&page=2',
      requestHeaders: [
        ['Authorization', 'Bearer s3cr3t-s3cr3t'],
        ['Accept', 'application/json'],
      ],
      requestBody: body('{"username":"ada","password":"s3cr3t","max_tokens":256}'),
      responseHeaders: [['set-cookie', 'sid=s3cr3t; Path=/']],
      responseBody: body('{"access_token":"s3cr3t","next":"http://127.0.0.1/?token=s3cr3t","id":7}'),
      message: 'http://127.0.0.1/?sig=s3cr3t answered with 500',
      checks: [{ name: 'token is there', ok: false, found: 's3cr3t' }],
      extracted: { session_token: 's3cr3t', id: '7' },
    }),
  );
  expect(JSON.stringify(kept)).not.toContain('s3cr3t');
  expect(JSON.stringify(kept)).not.toContain('hush');
  expect(kept.requestHeaders[1]).toEqual(['Accept', 'application/json']);
  expect(kept.requestBody?.text).toBe('{"username":"ada","password":"***","max_tokens":256}');
  expect(kept.extracted.id).toBe('7');
});

it('leaves what a stream is made of', () => {
  const piece = 'data: {"token":" Hello"}\n\n';
  const kept = maskKept(
    aKept(aRecord(), {
      messages: [{ at: 1, direction: 'received', text: piece, bytes: piece.length }],
      responseBody: body(piece),
      requestBody: body('{"token":"s3cr3t"}'),
    }),
  );
  expect([kept.messages[0]?.text, kept.responseBody?.text]).toEqual([piece, piece]);
  expect(kept.requestBody?.text).toBe('{"token":"***"}');
});
