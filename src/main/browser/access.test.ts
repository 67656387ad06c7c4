import { describe, expect, it } from 'vitest';
import { Access, cookieValue, isLocalHost, isOwnOrigin } from './access.ts';

describe('hosts', () => {
  it.each(['localhost', 'localhost:8090', '127.0.0.1:1', '[::1]:65000', 'LOCALHOST:80'])(
    '%s is this machine',
    (host) => {
      expect(isLocalHost(host)).toBe(true);
    },
  );

  it.each([
    undefined,
    '',
    'example.com',
    'localhost.example.com',
    '127.0.0.1.nip.io:8090',
    '127.0.0.2:8090',
    '0.0.0.0:8090',
    'localhost:',
    'user@localhost:8090',
    'localhost:8090/x',
    '::1',
  ])('%j is not', (host) => {
    expect(isLocalHost(host)).toBe(false);
  });
});

describe('origins', () => {
  it('is own only when it is the very host of the request', () => {
    expect(isOwnOrigin('http://127.0.0.1:8090', '127.0.0.1:8090')).toBe(true);
    expect(isOwnOrigin('http://localhost', 'localhost:80')).toBe(true);
  });

  it.each([
    undefined,
    'null',
    'http://127.0.0.1:8091',
    'http://localhost:8090',
    'https://127.0.0.1:8090',
    'http://evil.example',
    'http://127.0.0.1:8090.evil.example',
  ])('%j is foreign', (origin) => {
    expect(isOwnOrigin(origin, '127.0.0.1:8090')).toBe(false);
  });
});

describe('access', () => {
  it('exchanges a token once for a cookie that names the port and stays away from scripts and other sites', () => {
    const access = new Access(8090);
    const token = access.createToken();
    const cookie = access.exchange(token);
    expect(cookie).toMatch(/^crosstalk_8090=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(access.exchange(token)).toBeNull();
    expect(access.hasSession({ cookie: `other=1; ${cookie?.split(';')[0]}` })).toBe(true);
  });

  it('knows nobody else', () => {
    const access = new Access(8090);
    const other = new Access(8090);
    const foreign = other.exchange(other.createToken())?.split(';')[0];
    expect(access.hasSession({})).toBe(false);
    expect(access.hasSession({ cookie: foreign })).toBe(false);
    expect(access.hasSession({ cookie: 'crosstalk_8090=' })).toBe(false);
    expect(access.exchange('')).toBeNull();
    expect(access.exchange('x'.repeat(10_000))).toBeNull();
  });

  it('forgets the oldest of too many unused tokens', () => {
    const access = new Access(1);
    const tokens = Array.from({ length: 17 }, () => access.createToken());
    expect(access.exchange(tokens[0]!)).toBeNull();
    expect(access.exchange(tokens[1]!)).not.toBeNull();
  });
});

describe('cookieValue', () => {
  it('finds the cookie of exactly that name', () => {
    expect(cookieValue('a=1; ab=2;b = 3', 'b')).toBe('3');
    expect(cookieValue('xa=1', 'a')).toBeNull();
    expect(cookieValue(undefined, 'a')).toBeNull();
  });
});
