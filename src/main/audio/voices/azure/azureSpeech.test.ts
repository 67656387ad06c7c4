/** The list of voices and the test of the connection, with the real SDK against a service on loopback. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startSpeechServer, type SpeechServer } from '../../../../../test/fixtures/azureSpeech/server.ts';
import { createAzureSpeech, type AzureSpeech } from './azureSpeech.ts';
import {
  promptRetries,
  testHome,
  testKey,
  watchNetwork,
  type NetworkWatch,
  type TestHome,
} from './testing.ts';

const token = 'opaque-t0ken';
let at: TestHome;
let server: SpeechServer;
let network: NetworkWatch;
const opened: AzureSpeech[] = [];

beforeEach(async () => {
  at = testHome();
  server = await startSpeechServer({
    samples: new Int16Array(8000).fill(1000),
    accept: { key: testKey, token },
  });
  network = watchNetwork();
});
afterEach(async () => {
  for (const azure of opened.splice(0)) azure.close();
  network.end();
  await server.close();
  at.remove();
});

function speech(
  env: Record<string, string | undefined> = {},
  retries = promptRetries(),
  patienceMs = 10_000,
): AzureSpeech {
  const { settings, secrets, home } = at;
  const azure = createAzureSpeech({
    settings,
    secrets,
    env: { AZURE_SPEECH_KEY: testKey, AZURE_SPEECH_ENDPOINT: server.origin, ...env },
    voicesFile: home.azureVoices,
    retries,
    patienceMs,
    now: () => new Date('2026-01-02T03:04:05Z'),
  });
  opened.push(azure);
  return azure;
}

describe('the list of voices', () => {
  test('is told with what a person looks for', async () => {
    const listed = await speech().list(false);
    expect(listed).toMatchObject({ ok: true, value: { fetchedAt: '2026-01-02T03:04:05.000Z' } });
    expect(listed.ok && listed.value.voices).toEqual([
      {
        provider: 'azure',
        name: 'en-US-JennyMultilingualNeural',
        displayName: 'Jenny Multilingual',
        locale: 'en-US',
        localeName: 'English (United States)',
        gender: 'female',
        styles: [],
      },
      expect.objectContaining({ name: 'en-US-AriaNeural', styles: ['chat', 'cheerful', 'customerservice'] }),
      expect.objectContaining({ name: 'de-DE-ConradNeural', gender: 'male', localeName: 'German (Germany)' }),
      expect.objectContaining({ name: 'en-US-AlloyTurboMultilingualNeural', gender: 'neutral' }),
    ]);
  });

  test('is kept for each place, and fetched anew when asked', async () => {
    await speech().list(false);
    server.voices.pop();
    expect(await speech().list(false)).toMatchObject({ value: { voices: { length: 4 } } });
    expect(server.listRequests).toHaveLength(1);
    expect(await speech().list(true)).toMatchObject({ value: { voices: { length: 3 } } });
    const elsewhere = speech({ AZURE_SPEECH_ENDPOINT: server.origin.replace('127.0.0.1', '127.0.0.2') });
    expect(await elsewhere.list(false)).toMatchObject({ ok: false });
    expect(readFileSync(at.home.azureVoices, 'utf8')).not.toContain(testKey);
  });

  test('is there without a network and without a key', async () => {
    await speech().list(false);
    await server.close();
    expect(await speech({ AZURE_SPEECH_KEY: undefined }).list(false)).toMatchObject({
      value: { voices: { length: 4 } },
    });
  });

  test('a kept list that is damaged is fetched again', async () => {
    writeFileSync(at.home.azureVoices, '{"version":1,"lists":[{"place":');
    expect(await speech().list(false)).toMatchObject({ value: { voices: { length: 4 } } });
    expect(JSON.parse(readFileSync(at.home.azureVoices, 'utf8'))).toMatchObject({ version: 1 });
  });

  test('is asked for again when the service is in trouble, no sooner than it asks', async () => {
    const retries = promptRetries();
    server.nextLists.push({ status: 503 }, { status: 429, headers: { 'Retry-After': '3' } });
    expect(await speech({}, retries).list(true)).toMatchObject({ ok: true });
    expect(retries.waits).toEqual([1000, 3500]);
  });

  test('that cannot be had leaves the kept one', async () => {
    await speech().list(false);
    const refused = await speech({ AZURE_SPEECH_KEY: 'another' }).list(true);
    expect(refused).toMatchObject({ ok: false, error: { code: 'bad_key' } });
    expect(await speech().list(false)).toMatchObject({ value: { voices: { length: 4 } } });
  });

  test('that never comes is given up', async () => {
    server.nextLists.push('silent');
    expect(await speech({}, promptRetries({ attempts: 1 }), 100).list(true)).toMatchObject({
      error: { code: 'timed_out' },
    });
  });

  test('asked for with a token shows no key of before', async () => {
    await speech().list(true);
    const byToken = speech({ AZURE_SPEECH_KEY: undefined, AZURE_SPEECH_TOKEN: token });
    expect(await byToken.list(true)).toMatchObject({ ok: true });
    const [withKey, withToken] = server.listRequests;
    expect(withKey?.headers['ocp-apim-subscription-key']).toBe(testKey);
    expect(withToken?.headers.authorization).toBe(`Bearer ${token}`);
    expect(JSON.stringify(withToken)).not.toContain(testKey);
    expect(JSON.stringify(withKey?.url)).not.toContain(testKey);
  });
});

test('a token lets speak as well', async () => {
  const azure = speech({ AZURE_SPEECH_KEY: undefined, AZURE_SPEECH_TOKEN: token });
  expect(await azure.synthesise('Hello', { name: 'en-US-AriaNeural' })).toMatchObject({ ok: true });
  expect(server.connections[0]?.headers.authorization).toBe(`Bearer ${token}`);
  expect(JSON.stringify(server.connections[0]?.messages)).not.toContain(token);
});

test('audio without a sample is no answer', async () => {
  server.samples = new Int16Array();
  expect(await speech().synthesise('Hello', { name: 'en-US-AriaNeural' })).toMatchObject({
    ok: false,
    error: { kind: 'invalid_input', code: 'nothing_said' },
  });
});

describe('the test of the connection', () => {
  test('speaks one word and counts the voices', async () => {
    const result = await speech().test();
    expect(result).toMatchObject({ ok: true, code: 'ok', voices: 4 });
    expect(result.message).toMatch(
      /^Azure Speech \(127\.0\.0\.1:\d+\) spoke a word in \d+ ms and has 4 voices\.$/,
    );
    expect(server.connections[0]?.messages[2]?.body).toContain(
      '<voice name="en-US-JennyMultilingualNeural">Hello</voice>',
    );
  });

  test('speaks with a voice that is there', async () => {
    server.voices.splice(0, 2);
    expect(await speech().test()).toMatchObject({ ok: true, voices: 2 });
    expect(server.connections[0]?.messages[2]?.body).toContain('<voice name="de-DE-ConradNeural">');
  });

  test.each<[string, Record<string, string | undefined>, () => void]>([
    ['bad_key', { AZURE_SPEECH_KEY: 'another' }, () => {}],
    ['bad_token', { AZURE_SPEECH_KEY: undefined, AZURE_SPEECH_TOKEN: 'another' }, () => {}],
    ['quota', {}, () => server.nextLists.push({ status: 429 })],
    ['quota', {}, () => server.next.push({ kind: 'closes', code: 4429, reason: '' })],
    ['service_trouble', {}, () => server.next.push({ kind: 'refuses', status: 500 })],
    ['not_configured', { AZURE_SPEECH_KEY: undefined }, () => {}],
    ['no_network', {}, () => void server.close()],
  ])('says %s with %o, and tries once', async (code, env, prepare) => {
    prepare();
    const retries = promptRetries();
    const result = await speech(env, retries).test();
    expect(result).toMatchObject({ ok: false, code, voices: null });
    expect(result.message).toMatch(/^[A-Z].*\.$/);
    expect(JSON.stringify(result)).not.toContain(testKey);
    expect(retries.waits).toEqual([]);
  });

  test('without a key contacts nobody and writes nothing', async () => {
    await speech({ AZURE_SPEECH_KEY: undefined }).test();
    expect(network.addresses).toEqual([]);
    expect(existsSync(at.home.azureVoices)).toBe(false);
  });
});
