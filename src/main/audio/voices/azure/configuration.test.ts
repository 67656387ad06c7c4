import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AzureSpeechInput } from '#contract/api/voices';
import type { Result } from '#contract/errors';
import { createAzureConfiguration, type AzureConfiguration } from './configuration.ts';
import { testHome, type TestHome } from './testing.ts';

const input: AzureSpeechInput = { auth: 'key', region: 'East US', endpoint: '', resourceId: '' };
const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
const now = new Date('2026-01-01T00:00:00Z');
const later = now.getTime() / 1000 + 3600;
const entraToken = jwt({ exp: later, aud: 'https://cognitiveservices.azure.com' });

let at: TestHome;
beforeEach(() => {
  at = testHome();
});
afterEach(() => at.remove());

function configured(env: Record<string, string> = {}): AzureConfiguration {
  return createAzureConfiguration({ settings: at.settings, secrets: at.secrets, env, now: () => now });
}

function errorOf(result: Result<unknown>) {
  if (result.ok) throw new Error('It was expected to fail.');
  return result.error;
}

test('nothing configured says what to do', async () => {
  expect(await configured().state()).toEqual({
    auth: 'key',
    region: '',
    endpoint: '',
    resourceId: '',
    secretFrom: null,
    keptIn: 'file',
    tokenExpiresAt: null,
  });
  expect(errorOf(await configured().resource())).toMatchObject({
    kind: 'unavailable',
    code: 'not_configured',
    message:
      'Azure Speech has no key here; set AZURE_SPEECH_KEY and AZURE_SPEECH_REGION, or fill in Settings > Speech.',
  });
  expect(await configured().place()).toBeNull();
});

test('what is typed in is kept: the key in the private file, the rest in the settings', async () => {
  const azure = configured();
  expect(await azure.change({ ...input, secret: ' abc123 ' })).toMatchObject({
    ok: true,
    value: { region: 'eastus', secretFrom: 'file', keptIn: 'file' },
  });
  expect(JSON.stringify(await azure.state())).not.toContain('abc123');
  expect(readFileSync(at.home.settings, 'utf8')).not.toContain('abc123');
  expect(readFileSync(at.home.secrets, 'utf8')).toContain('abc123');
  expect(statSync(at.home.secrets).mode & 0o777).toBe(0o600);
  expect(await azure.resource()).toMatchObject({
    ok: true,
    value: {
      place: { name: 'eastus', speech: { by: 'region', region: 'eastus' } },
      credential: { key: 'abc123' },
    },
  });
  expect(await azure.change({ ...input, region: 'westeurope' })).toMatchObject({
    value: { secretFrom: 'file' },
  });
  expect(await azure.place()).toBe('westeurope');
  expect(await azure.forget()).toMatchObject({ ok: true, value: { secretFrom: null, region: 'westeurope' } });
  expect(readFileSync(at.home.secrets, 'utf8')).not.toContain('abc123');
});

test('a key is never sent as a token, nor a token as a key', async () => {
  const azure = configured();
  await azure.change({ ...input, secret: 'abc123' });
  expect(await azure.change({ ...input, auth: 'entra' })).toMatchObject({ value: { secretFrom: null } });
  expect(errorOf(await azure.resource())).toMatchObject({ code: 'not_configured' });
});

describe('the environment', () => {
  test('wins over what was typed in, secret and place each as a whole', async () => {
    await configured().change({ ...input, endpoint: 'https://typed.example/', secret: 'typed' });
    const azure = configured({ AZURE_SPEECH_KEY: ' given\n', AZURE_SPEECH_REGION: 'WestUS' });
    expect(await azure.state()).toMatchObject({ secretFrom: 'environment', region: 'WestUS', endpoint: '' });
    expect(await azure.resource()).toMatchObject({
      value: { place: { name: 'westus' }, credential: { key: 'given' } },
    });
    expect(await configured({ AZURE_SPEECH_KEY: 'given' }).resource()).toMatchObject({
      value: { place: { name: 'typed.example' }, credential: { key: 'given' } },
    });
  });

  test('may name an endpoint, and a token', async () => {
    const token = jwt({ exp: later });
    const azure = configured({
      AZURE_SPEECH_ENDPOINT: 'https://c.example',
      AZURE_SPEECH_TOKEN: `Bearer ${token}`,
    });
    expect(await azure.state()).toMatchObject({
      auth: 'entra',
      secretFrom: 'environment',
      tokenExpiresAt: '2026-01-01T01:00:00.000Z',
    });
    expect(await azure.resource()).toMatchObject({ value: { auth: 'entra', credential: { token } } });
  });

  test.each([
    [{ AZURE_SPEECH_KEY: 'k', AZURE_SPEECH_REGION: 'evil.example/' }, 'invalid_region'],
    [{ AZURE_SPEECH_KEY: 'k', AZURE_SPEECH_ENDPOINT: 'http://far.example/' }, 'invalid_endpoint'],
    [{ AZURE_SPEECH_KEY: 'a b', AZURE_SPEECH_REGION: 'eastus' }, 'bad_key'],
    [{ AZURE_SPEECH_KEY: 'k' }, 'not_configured'],
    [
      { AZURE_SPEECH_TOKEN: entraToken, AZURE_SPEECH_REGION: 'eastus', AZURE_SPEECH_RESOURCE_ID: '/x#y' },
      'invalid_resource_id',
    ],
    [{ AZURE_SPEECH_TOKEN: 'a b', AZURE_SPEECH_REGION: 'eastus' }, 'bad_token'],
  ])('with %o is refused before anything is sent', async (env, code) => {
    const error = errorOf(await configured(env).resource());
    expect(error.code).toBe(code);
    expect(JSON.stringify(error)).not.toContain('a b');
  });
});

describe('a token', () => {
  const region = { AZURE_SPEECH_REGION: 'eastus' };

  test('of Microsoft Entra goes with its resource id where a region is named', async () => {
    const id = '/subscriptions/1/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a';
    expect(
      await configured({
        ...region,
        AZURE_SPEECH_TOKEN: entraToken,
        AZURE_SPEECH_RESOURCE_ID: id,
      }).resource(),
    ).toMatchObject({ value: { credential: { token: `aad#${id}#${entraToken}` } } });
    const azure = configured();
    await azure.change({ ...input, auth: 'entra', resourceId: id, secret: entraToken });
    expect(await azure.resource()).toMatchObject({
      value: { credential: { token: `aad#${id}#${entraToken}` } },
    });
  });

  test('of Microsoft Entra without one says so', async () => {
    expect(errorOf(await configured({ ...region, AZURE_SPEECH_TOKEN: entraToken }).resource())).toMatchObject(
      {
        code: 'not_configured',
        message: expect.stringContaining('AZURE_SPEECH_RESOURCE_ID') as string,
      },
    );
  });

  test('that is whole already, or of the resource itself, goes as it is', async () => {
    for (const token of [`aad#/subscriptions/1#${entraToken}`, jwt({ exp: later }), 'opaque']) {
      expect(await configured({ ...region, AZURE_SPEECH_TOKEN: token }).resource()).toMatchObject({
        value: { credential: { token } },
      });
    }
  });

  test('that has ended is not sent', async () => {
    const token = jwt({ exp: now.getTime() / 1000 - 60 });
    const error = errorOf(await configured({ ...region, AZURE_SPEECH_TOKEN: token }).resource());
    expect(error).toMatchObject({
      code: 'token_expired',
      message: expect.stringContaining('2025-12-31 23:59 UTC') as string,
    });
    expect(JSON.stringify(error)).not.toContain(token);
  });
});

test.each<[Partial<AzureSpeechInput>, string]>([
  [{ region: 'x/y' }, 'invalid_region'],
  [{ endpoint: 'contoso' }, 'invalid_endpoint'],
  [{ resourceId: 'contoso' }, 'invalid_resource_id'],
  [{ secret: 'a\nb' }, 'bad_key'],
  [{ auth: 'entra', secret: 'a b' }, 'bad_token'],
])('%o is refused and changes nothing', async (wrong, code) => {
  const azure = configured();
  const before = await azure.state();
  expect(errorOf(await azure.change({ ...input, secret: 'abc', ...wrong }))).toMatchObject({
    kind: 'invalid_input',
    code,
  });
  expect(await azure.state()).toEqual(before);
});

test('a secret that cannot be read can still be seen to, and says so when it is needed', async () => {
  await configured().change({ ...input, secret: 'abc' });
  writeFileSync(at.home.secrets, '{"version":1,"secrets":{"azure-speech-key":"abc"', { mode: 0o600 });
  expect(await configured().state()).toMatchObject({ region: 'eastus', secretFrom: null });
  const error = errorOf(await configured().resource());
  expect(error).toMatchObject({ code: 'secrets_unreadable' });
  expect(JSON.stringify(error)).not.toContain('abc');
});
