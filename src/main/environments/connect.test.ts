import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createPrivateKey } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Target } from '#contract/scenario/environment';
import { localCertificate } from '../../../test/fixtures/localAuthority.ts';
import { readClientCertificate } from './certificates.ts';
import { connectTarget } from './connect.ts';
import { environmentProblems } from './problems.ts';
import { readValues, textsIn } from './values.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-connect-'));
  const [one, other] = [await localCertificate(), await localCertificate()];
  const locked = createPrivateKey(one.key).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'open sesame',
  });
  writeFileSync(join(folder, 'client.pem'), one.cert);
  writeFileSync(join(folder, 'client.key'), one.key);
  writeFileSync(join(folder, 'other.key'), other.key);
  writeFileSync(join(folder, 'locked.key'), locked);
  writeFileSync(join(folder, 'ca.pem'), one.ca);
  writeFileSync(join(folder, 'text.txt'), 'no certificate');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function connected(target: object, env: Record<string, string> = {}) {
  const parsed = Target.parse({ url: 'wss://agent.test/call', ...target });
  const values = await readValues(textsIn(parsed), {}, { env, secrets: null });
  return connectTarget('default', parsed, { folder, values });
}
async function plan(target: object, env: Record<string, string> = {}) {
  const made = await connected(target, env);
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}
async function refusal(target: object, env: Record<string, string> = {}) {
  const made = await connected(target, env);
  if (made.ok) throw new Error('accepted');
  return made.error;
}

describe('auth', () => {
  it.each([
    [{ type: 'bearer', token: '${secret:T}' }, { Authorization: 'Bearer abc' }],
    [
      { type: 'basic', user: 'me', password: '${secret:T}' },
      { Authorization: `Basic ${Buffer.from('me:abc').toString('base64')}` },
    ],
    [{ type: 'header', name: 'X-Api', value: 'k-${secret:T}' }, { 'X-Api': 'k-abc' }],
  ])('%j becomes a header', async (auth, headers) => {
    expect(await plan({ auth, headers: { 'x-a': '1' } }, { T: 'abc' })).toMatchObject({
      url: 'wss://agent.test/call',
      headers: { 'x-a': '1', ...headers },
    });
  });

  it('a bearer token may have been copied with the word before it', async () => {
    const made = await plan({ auth: { type: 'bearer', token: '${secret:T}' } }, { T: ' Bearer abc ' });
    expect(made.headers).toEqual({ Authorization: 'Bearer abc' });
  });

  it('may be a parameter of the address, which is shown without its value', async () => {
    const auth = { type: 'query', name: 'access token', value: '${secret:T}' };
    expect(await plan({ auth }, { T: 'a&b=c' })).toMatchObject({
      url: 'wss://agent.test/call?access%20token=a%26b%3Dc',
      shownUrl: 'wss://agent.test/call?access token=***',
    });
    const longer = await plan({ auth: { ...auth, name: 't' }, url: 'wss://agent.test/c?x=1' }, { T: 'v' });
    expect(longer.url).toBe('wss://agent.test/c?x=1&t=v');
  });

  it('is not written twice', async () => {
    const problems = async (target: object) => {
      const parsed = Target.parse({ url: 'wss://agent.test/call', ...target });
      const environment = {
        targets: { default: parsed },
        latency: 'live' as const,
        variables: {},
        production: null,
      };
      return (await environmentProblems(environment, target, folder)).map(
        ({ path, message }) => `${path.join('.')} ${message}`,
      );
    };
    expect(await problems({ auth: { type: 'bearer', token: 'x' }, headers: { authorization: 'y' } })).toEqual(
      ['auth makes the header Authorization, which "headers" has already; remove one of them'],
    );
    const query = { type: 'query', name: 'key', value: 'x' };
    expect(await problems({ auth: query, url: 'wss://agent.test/?a=1&key=2' })).toEqual([
      'auth adds the parameter key, which the address has already; remove one of them',
    ]);
    expect(await problems({ auth: { type: 'basic', user: 'a:b', password: 'c' } })).toEqual([
      'auth has a ":" in its user, which basic auth cannot carry',
    ]);
    expect(
      await problems({ tls: { ca: 'text.txt', cert: 'client.pem', key: 'gone.key' }, proxy: 'http://[' }),
    ).toEqual([
      'proxy "http://[" is not a URL; write it like http://proxy:3128',
      expect.stringMatching(/^tls\.ca .*text\.txt is not a certificate in PEM form/),
      expect.stringMatching(/^tls\.key there is no readable file .*gone\.key$/),
    ]);
  });

  it('that cannot be sent is refused without being shown', async () => {
    const { message, code } = await refusal(
      { auth: { type: 'bearer', token: '${secret:T}' } },
      { T: 'se\ncret' },
    );
    expect(code).toBe('invalid_header');
    expect(message).toBe(
      'The header Authorization of target default holds a line break or another character that headers cannot carry.',
    );
  });

  it('without a value names what to set', async () => {
    const error = await refusal({ auth: { type: 'basic', user: '${env:U}', password: '${secret:P}' } });
    expect(error).toMatchObject({ code: 'placeholder_unset' });
    expect(error.message).toBe('Target default needs ${env:U}: set the environment variable U (and 1 more).');
    expect(error.detail).toContain('CROSSTALK_SECRET_P or P');
  });
});

describe('the way to a target', () => {
  it('has its proxy and its subprotocol', async () => {
    expect(
      await plan(
        { proxy: 'http://${env:U}:${secret:P}@proxy.test:3128', subprotocol: 'voice.v2' },
        { U: 'u', P: 'p' },
      ),
    ).toMatchObject({
      proxy: 'http://u:p@proxy.test:3128',
      subprotocol: 'voice.v2',
    });
    const error = await refusal({ proxy: 'http://${secret:P}' }, { P: 'hunter2 is no host' });
    expect(error.code).toBe('invalid_proxy');
    expect(error.message).not.toContain('hunter2');
  });

  it('shows a certificate of its own, with the passphrase of its key', async () => {
    const tls = { ca: 'ca.pem', cert: 'client.pem', key: '${env:KEY}', passphrase: '${secret:PASS}' };
    const made = await plan({ tls }, { KEY: join(folder, 'locked.key'), PASS: 'open sesame' });
    expect(made.tls).toMatchObject({ verify: true, passphrase: 'open sesame' });
    for (const pem of [made.tls.ca, made.tls.cert, made.tls.key]) expect(pem).toContain('-----BEGIN');
  });

  it.each([
    [
      { cert: 'client.pem', key: 'other.key' },
      'key_mismatch',
      /^The TLS settings of target default: the key .*other\.key does not belong to the certificate .*client\.pem\.$/,
    ],
    [
      { cert: 'client.pem', key: 'locked.key' },
      'wrong_passphrase',
      /locked\.key is protected by a passphrase; give it as tls\.passphrase/,
    ],
    [
      { cert: 'client.pem', key: 'locked.key', passphrase: 'hunter2' },
      'wrong_passphrase',
      /locked\.key cannot be opened with this passphrase\.$/,
    ],
    [{ cert: 'client.pem', key: 'text.txt' }, 'key_invalid', /is not a private key in PEM form/],
    [{ cert: 'gone.pem', key: 'client.key' }, 'ca_missing', /there is no readable file .*gone\.pem\.$/],
  ])('%j is refused in one sentence', async (tls, code, sentence) => {
    const error = await refusal({ tls });
    expect(error.code).toBe(code);
    expect(error.message).toMatch(sentence);
    expect(error.message).not.toContain('hunter2');
  });

  it('does not go out with a certificate that has expired, or is not valid yet', async () => {
    const files = { cert: join(folder, 'client.pem'), key: join(folder, 'client.key'), passphrase: null };
    const late = await readClientCertificate(files, new Date('2200-01-01'));
    expect(late).toMatchObject({ ok: false, error: { code: 'certificate_expired' } });
    expect(!late.ok && late.error.message).toMatch(
      /client\.pem expired on \d{4}-\d\d-\d\d; have it renewed$/,
    );
    const early = await readClientCertificate(files, new Date('2000-01-01'));
    expect(!early.ok && early.error.message).toMatch(/is valid only from \d{4}-\d\d-\d\d on$/);
    expect((await readClientCertificate(files)).ok).toBe(true);
  });
});
