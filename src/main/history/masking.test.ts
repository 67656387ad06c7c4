import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { maskText, maskYaml } from './masking.ts';

describe('maskYaml', () => {
  it('masks headers, query parameters and passwords by name, and leaves everything else as it is', () => {
    const yaml = `version: 1
name: Keys and tokens   # a name is no secret
environment:
  url: wss://user:hunter2@host/api?region=eu&code=abc123&access_token=xyz#frag
  headers:
    x-api-key: "k-123"          # the key of staging
    Authorization: Bearer abcdef123456
    Ocp-Apim-Subscription-Key: 'k-456'
    Cookie: >-
      session=1;
      other=2
    x-region: eu
    x-token: "\${secret:TOKEN}"
    x-signature: Bearer \${env:SIG}
users: [{ kind: voice, conversations: [{ name: a, turns: [{ say: "My password: is long?" }] }] }]
`;
    const masked = maskYaml(yaml);
    expect(masked).toBe(`version: 1
name: Keys and tokens   # a name is no secret
environment:
  url: wss://user:***@host/api?region=eu&code=***&access_token=***#frag
  headers:
    x-api-key: "***"          # the key of staging
    Authorization: "***"
    Ocp-Apim-Subscription-Key: "***"
    Cookie: "***"
    x-region: eu
    x-token: "\${secret:TOKEN}"
    x-signature: Bearer \${env:SIG}
users: [{ kind: voice, conversations: [{ name: a, turns: [{ say: "My password: is long?" }] }] }]
`);
    expect(() => parse(masked) as unknown).not.toThrow();
  });

  it('masks flow style, nested values, lists and comments', () => {
    expect(maskYaml('environment: { url: wss://h, headers: { x-key: abc, b: c } }')).toBe(
      'environment: { url: wss://h, headers: { x-key: "***", b: c } }',
    );
    expect(maskYaml('auth:\n  user: me\n  more: [one, 2]\n')).toBe(
      'auth:\n  user: "***"\n  more: ["***", "***"]\n',
    );
    expect(maskYaml('# headers: { x-key: abc123 }\nname: x\n')).not.toContain('abc123');
    expect(maskYaml('# wss://h?sig=abc123\nname: x\n')).toBe('# wss://h?sig=***\nname: x\n');
  });

  it('masks what it can in text that is not YAML', () => {
    expect(maskYaml('a: b: [\nx-api-key: abc123')).not.toContain('abc123');
  });
});

describe('maskText', () => {
  it.each([
    ['--url wss://h/x?api_key=abc&a=b', '--url wss://h/x?api_key=***&a=b'],
    ['--set environment.headers.x-api-key=abc', '--set environment.headers.x-api-key=***'],
    ['WS_URL=wss://me:pw@h/', 'WS_URL=wss://me:***@h/'],
    ['Authorization: Bearer abc.def-123456', 'Authorization: Bearer ***'],
    ['authorization: abc', 'authorization: ***'],
    ['sent "Bearer abc.def-123456"', 'sent "Bearer ***"'],
    ['RESPONSE_TOKENS=transcript,partial', 'RESPONSE_TOKENS=transcript,partial'],
    ['--users 3', '--users 3'],
    ['wss://h?key=${secret:KEY}', 'wss://h?key=${secret:KEY}'],
  ])('%s', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  it.each(['x', 'a.', ':', '?a', 'a: ', ' '])('takes in very long text: %j', (piece) => {
    const text = piece.repeat(200_000);
    expect(maskText(text)).toBe(text);
  });
});

it('an environment that was kept stays readable: what identifies nobody is left as it was', () => {
  const kept = `environment:
  auth: { type: header, name: x-any, value: hunter2 }
  tls: { cert: ./c.pem, key: ./k.pem, passphrase: hunter2 }
  guard: { url: "https://a/?code=hunter2", headers: { auth: hunter2 } }
  targets:
    other: { auth: { type: basic, user: me, password: hunter2 } }
`;
  const masked = maskYaml(kept);
  expect(masked).not.toContain('hunter2');
  for (const open of ['type: header, name: x-any', 'key: ./k.pem', 'type: basic'])
    expect(masked).toContain(open);
});
