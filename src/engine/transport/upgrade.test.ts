import { describe, expect, it } from 'vitest';
import { upgradeFailure, upgradeRequest } from './upgrade.ts';

const ask = (url: string, headers: Record<string, string> = {}, subprotocols: string[] = []) =>
  upgradeRequest(new URL(url), headers, subprotocols);

describe('the request', () => {
  it('asks for the path with its query, at the host with its port', () => {
    const { text } = ask('ws://agent.local:8010/api/v1/media/stream?call=1', {
      'x-ms-call-connection-id': 'c1',
    });
    const lines = text.split('\r\n');
    expect(lines[0]).toBe('GET /api/v1/media/stream?call=1 HTTP/1.1');
    expect(lines).toContain('Host: agent.local:8010');
    expect(lines).toContain('X-Ms-Call-Connection-Id: c1');
    expect(lines).toContain('Upgrade: websocket');
    expect(lines).toContain('Sec-WebSocket-Version: 13');
    expect(text.endsWith('\r\n\r\n')).toBe(true);
  });

  it('has a fresh key each time', () => {
    expect(ask('ws://a/').accept).not.toBe(ask('ws://a/').accept);
  });

  it('carries the credentials of the address, unless a header says otherwise', () => {
    expect(ask('ws://me:p%40ss@a/').text).toContain(`Authorization: Basic ${btoa('me:p@ss')}\r\n`);
    const { text } = ask('ws://me:pass@a/', { authorization: 'Bearer x' });
    expect(text.match(/authorization/gi)).toHaveLength(1);
    expect(text).toContain('Authorization: Bearer x');
  });

  it('does not let a scenario spoil the handshake, but may name another host', () => {
    const { text } = ask('ws://a/', { Upgrade: 'h2c', 'Sec-WebSocket-Key': 'mine', HOST: 'other' });
    expect(text).not.toContain('h2c');
    expect(text).not.toContain('mine');
    expect(text).toContain('Host: other\r\n');
  });

  it('offers subprotocols', () => {
    expect(ask('ws://a/', {}, ['one', 'two']).text).toContain('Sec-WebSocket-Protocol: one,two\r\n');
  });

  it('refuses a header that would begin another', () => {
    expect(() => ask('ws://a/', { 'x-token': 'a\r\nEvil: yes' })).toThrow(TypeError);
    expect(() => ask('ws://a/', { 'x token': 'a' })).toThrow(TypeError);
  });
});

describe('the answer', () => {
  const good = 'HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nSec-WebSocket-Accept: right';
  const kind = (head: string, subprotocols: string[] = []) =>
    upgradeFailure(head, 'right', subprotocols)?.kind;

  it('opens the call when everything fits', () => {
    expect(upgradeFailure(good, 'right', [])).toBeNull();
    expect(upgradeFailure(`${good}\r\nSec-WebSocket-Protocol: two`, 'right', ['one', 'two'])).toBeNull();
  });

  it.each([
    ['HTTP/1.1 503 Service Unavailable', 'http_503'],
    ['HTTP/1.0 404 Not Found\r\nContent-Length: 0', 'http_404'],
    ['HTTP/1.1 200 OK', 'http_200'],
    ['SSH-2.0-OpenSSH_9.2', 'protocol'],
    ['HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: right', 'protocol'],
    [good.replace('right', 'wrong'), 'protocol'],
    [`${good}\r\nSec-WebSocket-Extensions: permessage-deflate`, 'protocol'],
    [`${good}\r\nSec-WebSocket-Protocol: three`, 'protocol'],
  ])('%j opens none', (head, expected) => expect(kind(head)).toBe(expected));

  it('opens none without one of the subprotocols offered', () =>
    expect(kind(good, ['one'])).toBe('protocol'));
});
