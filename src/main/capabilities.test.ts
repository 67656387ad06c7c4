import { describe, expect, it } from 'vitest';
import { externalUrl } from './capabilities.ts';

describe('externalUrl', () => {
  it.each(['https://example.com/', 'http://localhost:8080/a?b=c#d'])('lets %s through', (url) => {
    expect(externalUrl(url)).toEqual({ ok: true, value: url });
  });

  it.each([
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://server/share',
    'ms-msdt:/id',
    'app://crosstalk/index.html',
    'data:text/html,x',
    ' javascript:alert(1)',
    '//example.com',
    'example.com',
    '',
    'https://user:secret@example.com/',
  ])('refuses %j', (url) => {
    expect(externalUrl(url)).toMatchObject({ ok: false, error: { kind: 'refused' } });
  });
});
