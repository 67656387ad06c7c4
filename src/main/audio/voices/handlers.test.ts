/** What screens are told about voices, the offline voice in its own process included. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ApiHandlers } from '#contract/api/index';
import { voicesApi } from '#contract/api/voices';
import { startSpeechServer, type SpeechServer } from '../../../../test/fixtures/azureSpeech/server.ts';
import { nodeProcessHost } from '../../processes/nodeHost.ts';
import { createAzureSpeech } from './azure/azureSpeech.ts';
import { promptRetries, testHome, testKey, type TestHome } from './azure/testing.ts';
import { createVoiceHandlers } from './handlers.ts';
import type { Voices } from './voice.ts';
import { createVoices } from './voices.ts';

const samples = new Int16Array(16_000).fill(500);
let at: TestHome;
let server: SpeechServer;
let voices: Voices;
let handlers: ApiHandlers['voices'];

beforeEach(async () => {
  at = testHome();
  server = await startSpeechServer({ samples, accept: { key: testKey } });
  const { settings, secrets, home } = at;
  const azure = createAzureSpeech({
    settings,
    secrets,
    env: {},
    voicesFile: home.azureVoices,
    retries: promptRetries(),
  });
  voices = createVoices({ processes: nodeProcessHost, azure });
  handlers = createVoiceHandlers({ voices, azure });
});
afterEach(async () => {
  await voices.close();
  await server.close();
  at.remove();
});

test('the offline speakers are there without anything', async () => {
  const listed = await handlers.list({ provider: 'offline', refresh: false });
  expect(
    voicesApi.list.output.parse(listed.ok && listed.value).voices.map(({ name, gender }) => [name, gender]),
  ).toEqual([
    ['slt', 'female'],
    ['rms', 'male'],
    ['awb', 'male'],
    ['kal16', 'male'],
  ]);
});

test('the offline voice speaks a word', { timeout: 60_000 }, async () => {
  expect(await handlers.test({ provider: 'offline' })).toMatchObject({
    ok: true,
    value: { ok: true, code: 'ok', voices: 4 },
  });
});

test('Azure is set up, tried, spoken with and forgotten', async () => {
  expect(await handlers.test({ provider: 'azure' })).toMatchObject({
    ok: true,
    value: { ok: false, code: 'not_configured' },
  });
  const state = await handlers.setAzure({
    auth: 'key',
    region: '',
    endpoint: server.origin,
    resourceId: '',
    secret: testKey,
  });
  expect(voicesApi.setAzure.output.parse(state.ok && state.value)).toMatchObject({
    secretFrom: 'file',
    endpoint: `${server.origin}/`,
  });
  const tried = await handlers.test({ provider: 'azure' });
  expect(voicesApi.test.output.parse(tried.ok && tried.value)).toMatchObject({ ok: true, voices: 4 });
  expect(await handlers.list({ provider: 'azure', refresh: false })).toMatchObject({
    ok: true,
    value: { voices: { length: 4 } },
  });
  const utterance = {
    text: 'Hello',
    provider: 'azure',
    voice: 'en-US-AriaNeural',
    style: 'chat',
    rate: null,
  } as const;
  expect(await voices.synthesise(utterance)).toEqual({ ok: true, value: samples });
  expect(server.connections.at(-1)?.messages[2]?.body).toContain('<mstts:express-as style="chat">Hello<');
  expect(await handlers.forgetAzureSecret()).toMatchObject({ ok: true, value: { secretFrom: null } });
  expect(await voices.synthesise(utterance)).toMatchObject({ ok: false, error: { code: 'not_configured' } });
});

test('a cancelled utterance is cancelled, whoever speaks', async () => {
  const utterance = { text: 'Hello', style: null, rate: null };
  for (const speaker of [
    { provider: 'offline', voice: 'slt' },
    { provider: 'azure', voice: 'x-y' },
  ] as const) {
    expect(await voices.synthesise({ ...utterance, ...speaker }, AbortSignal.abort())).toMatchObject({
      error: { code: 'cancelled' },
    });
  }
  const stop = new AbortController();
  const spoken = voices.synthesise({ ...utterance, provider: 'offline', voice: 'slt' }, stop.signal);
  stop.abort();
  expect(await spoken).toMatchObject({ error: { code: 'cancelled' } });
});
