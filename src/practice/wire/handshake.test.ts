import { describe, expect, test } from 'vitest';
import { answerHandshake } from './handshake.ts';

const headers = {
  upgrade: 'WebSocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};

describe('opening handshake', () => {
  test('is answered as in the example of RFC 6455', () => {
    const answer = answerHandshake({ method: 'GET', headers });
    expect(answer).toMatchObject({ accepted: true });
    if (answer.accepted)
      expect(answer.response.split('\r\n')).toEqual([
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
        '',
        '',
      ]);
  });

  test('the first subprotocol offered is agreed on, extensions are not', () => {
    const answer = answerHandshake({
      method: 'GET',
      headers: {
        ...headers,
        'sec-websocket-protocol': 'audio.v2, audio.v1',
        'sec-websocket-extensions': 'permessage-deflate',
      },
    });
    if (!answer.accepted) throw new Error(answer.why);
    expect(answer.response).toContain('\r\nSec-WebSocket-Protocol: audio.v2\r\n');
    expect(answer.response.toLowerCase()).not.toContain('extensions');
  });

  test.each([
    [405, 'POST', headers],
    [400, 'GET', { ...headers, upgrade: 'h2c' }],
    [400, 'GET', { ...headers, 'sec-websocket-key': undefined }],
    [400, 'GET', { ...headers, 'sec-websocket-key': 'short==' }],
    [400, 'GET', { ...headers, 'sec-websocket-version': '7' }],
    [400, 'GET', { ...headers, 'sec-websocket-protocol': 'one,,two' }],
    [400, 'GET', { ...headers, 'sec-websocket-protocol': 'a\r\nb' }],
  ])('%i for what is none: %s %j', (status, method, given) => {
    expect(answerHandshake({ method, headers: given })).toMatchObject({ accepted: false, status });
  });
});
