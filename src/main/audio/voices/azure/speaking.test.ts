/** The real SDK against a service on loopback: what is sent, what comes back, and what is tried again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { samplesOf } from '#contract/audio/level';
import type { Result } from '#contract/errors';
import {
  startSpeechServer,
  type Behaviour,
  type SpeechServer,
} from '../../../../../test/fixtures/azureSpeech/server.ts';
import { eventually } from '../../../../../test/fixtures/eventually.ts';
import { bundled } from '../../../entries.ts';
import { createAzureSpeech, type AzureSpeech } from './azureSpeech.ts';
import {
  promptRetries,
  testHome,
  testKey,
  watchNetwork,
  type NetworkWatch,
  type TestHome,
} from './testing.ts';

const clip = samplesOf(readFileSync(bundled('audio_cache', 'insurance_inquiry_turn_1_of_5_f51df8.pcm')));
const name = 'en-US-JennyMultilingualNeural';

let at: TestHome;
let server: SpeechServer;
let network: NetworkWatch;
let retries: ReturnType<typeof promptRetries>;
let azure: AzureSpeech;

beforeEach(async () => {
  at = testHome();
  server = await startSpeechServer({ samples: clip, accept: { key: testKey } });
  network = watchNetwork();
  retries = promptRetries();
  azure = speech();
});
afterEach(async () => {
  azure.close();
  network.end();
  await server.close();
  at.remove();
});

function speech(env: Record<string, string> = {}, patienceMs = 10_000): AzureSpeech {
  const { settings, secrets, home } = at;
  return createAzureSpeech({
    settings,
    secrets,
    env: { AZURE_SPEECH_KEY: testKey, AZURE_SPEECH_ENDPOINT: server.origin, ...env },
    voicesFile: join(home.folder, 'voices.json'),
    retries,
    patienceMs,
  });
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message, { cause: result.error });
  return result.value;
}

function errorOf(result: Result<unknown>) {
  if (result.ok) throw new Error('It was expected to fail.');
  expect(JSON.stringify(result.error)).not.toContain(testKey);
  return result.error;
}

describe('an utterance', () => {
  test('comes back sample by sample, and leaves nothing open', async () => {
    const spoken = await azure.synthesise('Tom & "Jerry"', { name, style: 'chat', rate: '+10%' });
    expect(
      Buffer.compare(
        Buffer.from(valueOf(spoken).buffer),
        Buffer.from(clip.buffer, clip.byteOffset, clip.byteLength),
      ),
    ).toBe(0);
    expect(server.connections).toHaveLength(1);
    await eventually(() => expect(server.connections[0]?.closed).toEqual({ code: 1000 }));
  });

  test('is asked for in the words of the protocol', async () => {
    valueOf(await azure.synthesise('Tom & "Jerry"', { name, style: 'chat', rate: '+10%' }));
    const [config, context, ssml] = server.connections[0]?.messages ?? [];
    expect(config).toMatchObject({ path: 'speech.config', contentType: 'application/json' });
    expect(JSON.parse(context?.body ?? '')).toMatchObject({
      synthesis: { audio: { outputFormat: 'raw-16khz-16bit-mono-pcm' } },
    });
    expect(ssml).toMatchObject({
      path: 'ssml',
      contentType: 'application/ssml+xml',
      body:
        '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xmlns:mstts="https://www.w3.org/2001/mstts" xml:lang="en-US">' +
        `<voice name="${name}"><mstts:express-as style="chat"><prosody rate="+10%">Tom &amp; &quot;Jerry&quot;</prosody></mstts:express-as></voice></speak>`,
    });
  });

  test('shows the key when it connects and in no message', async () => {
    valueOf(await azure.synthesise('Hello', { name }));
    const connection = server.connections[0];
    expect(connection?.headers['ocp-apim-subscription-key']).toBe(testKey);
    const { pathname, searchParams } = new URL(connection?.url ?? '', server.origin);
    // The SDK repeats its headers in the address, because a browser's WebSocket has no headers.
    expect([...searchParams.keys()].sort()).toEqual(['Ocp-Apim-Subscription-Key', 'X-ConnectionId']);
    expect(pathname).toBe('/tts/cognitiveservices/websocket/v1');
    const others = Object.entries(connection?.headers ?? {}).filter(
      ([header]) => header !== 'ocp-apim-subscription-key',
    );
    expect(JSON.stringify([others, connection?.messages])).not.toContain(testKey);
  });

  test('goes to the service and nowhere else', async () => {
    valueOf(await azure.synthesise('Hello', { name }));
    valueOf(await azure.list(true));
    expect(network.lookedUp).toEqual([]);
    expect(new Set(network.addresses)).toEqual(new Set(['127.0.0.1']));
    expect(server.connections.length + server.listRequests.length).toBe(network.addresses.length);
  });

  test('four at a time each get their own answer', async () => {
    const texts = ['one', 'two', 'three', 'four'];
    const spoken = await Promise.all(texts.map((text) => azure.synthesise(text, { name })));
    for (const result of spoken) expect(valueOf(result)).toEqual(clip);
    const asked = server.connections.map(
      ({ messages }) => />([a-z]+)<\/voice>/.exec(messages[2]?.body ?? '')?.[1],
    );
    expect(asked.sort()).toEqual([...texts].sort());
  });

  test('of 5,000 characters of any script goes through', async () => {
    const text = `${'語&'.repeat(2499)}終a`;
    valueOf(await azure.synthesise(text, { name: 'de-DE-ConradNeural' }));
    expect(server.connections[0]?.messages[2]?.body).toContain(`xml:lang="de-DE"`);
    expect(server.connections[0]?.messages[2]?.body).toContain(text.replaceAll('&', '&amp;'));
  });

  test('through a full address of a socket goes to that address', async () => {
    azure = speech({ AZURE_SPEECH_ENDPOINT: `ws://127.0.0.1:${server.port}/cognitiveservices/websocket/v1` });
    valueOf(await azure.synthesise('Hello', { name }));
    expect(server.connections[0]?.url).toMatch(/^\/cognitiveservices\/websocket\/v1\?/);
    expect(valueOf(await azure.list(true)).voices).toHaveLength(server.voices.length);
  });
});

describe('what may help is tried again', () => {
  test.each<[string, Behaviour]>([
    ['too many requests', { kind: 'refuses', status: 429 }],
    ['a service in trouble', { kind: 'refuses', status: 503 }],
    ['a gateway in trouble', { kind: 'refuses', status: 502 }],
    ['too many requests, told when closing', { kind: 'closes', code: 4429, reason: 'throttled' }],
    ['a service that fails', { kind: 'closes', code: 1011, reason: 'internal error' }],
    ['a line cut in the middle of the audio', { kind: 'breaksOff', code: null }],
    ['a goodbye in the middle of the audio', { kind: 'breaksOff', code: 1000 }],
  ])('%s', async (_what, behaviour) => {
    server.next.push(behaviour, behaviour);
    expect(valueOf(await azure.synthesise('Hello', { name }))).toEqual(clip);
    expect(server.connections).toHaveLength(3);
    expect(retries.waits).toEqual([1000, 2000]);
  });

  test('no sooner than the service asks', async () => {
    server.next.push({ kind: 'refuses', status: 429, headers: { 'Retry-After': '7' } });
    valueOf(await azure.synthesise('Hello', { name }));
    expect(retries.waits).toEqual([7250]);
  });

  test('but not for ever', async () => {
    server.next.push(...Array.from({ length: 9 }, (): Behaviour => ({ kind: 'refuses', status: 429 })));
    expect(errorOf(await azure.synthesise('Hello', { name }))).toMatchObject({
      kind: 'unavailable',
      code: 'quota',
      message: expect.stringMatching(
        /^Azure Speech \(127\.0\.0\.1:\d+\) is asked more than its quota allows.* It was tried 5 times\.$/,
      ) as string,
    });
    expect(server.connections).toHaveLength(5);
  });

  test('and not when the service asks for more patience than anyone has', async () => {
    server.next.push({ kind: 'refuses', status: 429, headers: { 'Retry-After': '3600' } });
    expect(errorOf(await azure.synthesise('Hello', { name })).message).toMatch(/ It asks to wait 3600 s\.$/);
    expect(server.connections).toHaveLength(1);
  });
});

describe('what cannot help is not tried again', () => {
  test.each<[Behaviour, string, RegExp]>([
    [{ kind: 'refuses', status: 400 }, 'bad_request', /did not accept the request \(400\)/],
    [
      { kind: 'refuses', status: 401 },
      'bad_key',
      /refused the key \(401\): it is wrong, or belongs to another endpoint/,
    ],
    [{ kind: 'refuses', status: 403 }, 'forbidden', /\(403\): check the resource's network rules/],
    [
      { kind: 'refuses', status: 404 },
      'wrong_endpoint',
      /There is no speech service at 127\.0\.0\.1:\d+ \(404\)/,
    ],
    [{ kind: 'closes', code: 1007, reason: 'Invalid SSML' }, 'bad_request', /Invalid SSML/],
    [{ kind: 'closes', code: 4401, reason: '' }, 'bad_key', /refused the key/],
  ])('%o', async (behaviour, code, message) => {
    server.next.push(behaviour);
    const error = errorOf(await azure.synthesise('Hello', { name }));
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
    expect(server.connections).toHaveLength(1);
  });

  test('a wrong key', async () => {
    azure = speech({ AZURE_SPEECH_KEY: 'another' });
    expect(errorOf(await azure.synthesise('Hello', { name }))).toMatchObject({
      kind: 'refused',
      code: 'bad_key',
    });
    expect(server.connections).toHaveLength(1);
  });

  test('a voice that is gone', async () => {
    expect(errorOf(await azure.synthesise('Hello', { name: 'en-US-GoneNeural' }))).toMatchObject({
      kind: 'invalid_input',
      code: 'unknown_voice',
      message: expect.stringContaining(
        'has no voice "en-US-GoneNeural" (any more); choose another',
      ) as string,
    });
  });

  test('a service that has moved away', async () => {
    await server.close();
    expect(errorOf(await azure.synthesise('Hello', { name }))).toMatchObject({
      kind: 'unavailable',
      code: 'no_network',
    });
  });
});

describe('silence', () => {
  test.each(['connection', 'words'] as const)('after the %s ends in time, with its socket', async (after) => {
    azure = speech({}, 100);
    retries.attempts = 1;
    server.next.push({ kind: 'isSilent', after });
    expect(errorOf(await azure.synthesise('Hello', { name }))).toMatchObject({ code: 'timed_out' });
    await eventually(() => expect(server.connections[0]?.closed).not.toBeNull());
  });
});

describe('giving up', () => {
  test.each(['connection', 'words'] as const)(
    'after the %s ends it at once, and closes the line',
    async (after) => {
      server.next.push({ kind: 'isSilent', after });
      const stop = new AbortController();
      const spoken = azure.synthesise('Hello', { name, signal: stop.signal });
      await eventually(() => expect(server.connections[0]?.messages).toHaveLength(after === 'words' ? 3 : 0));
      stop.abort();
      expect(errorOf(await spoken)).toMatchObject({ code: 'cancelled' });
      await eventually(() => expect(server.connections[0]?.closed).not.toBeNull());
      expect(server.connections).toHaveLength(1);
    },
  );

  test('while waiting to try again', async () => {
    const stop = new AbortController();
    retries.wait = () => {
      stop.abort();
      return Promise.reject(new Error('aborted'));
    };
    server.next.push({ kind: 'refuses', status: 429 });
    expect(errorOf(await azure.synthesise('Hello', { name, signal: stop.signal }))).toMatchObject({
      code: 'cancelled',
    });
  });

  test('before it began connects to nothing', async () => {
    expect(errorOf(await azure.synthesise('Hello', { name, signal: AbortSignal.abort() }))).toMatchObject({
      code: 'cancelled',
    });
    expect(network.addresses).toEqual([]);
  });

  test('for all, when the program ends', async () => {
    server.next.push({ kind: 'isSilent', after: 'words' });
    const spoken = azure.synthesise('Hello', { name });
    await eventually(() => expect(server.connections[0]?.messages).toHaveLength(3));
    azure.close();
    expect(errorOf(await spoken)).toMatchObject({ code: 'cancelled' });
  });
});

describe('where it is', () => {
  const elsewhere = { AZURE_SPEECH_ENDPOINT: '' };
  test.each([
    ['ENOTFOUND', { ...elsewhere, AZURE_SPEECH_REGION: 'eastmoon' }, /wrong_region|no_network/, 1],
    ['ENOTFOUND', { AZURE_SPEECH_ENDPOINT: 'https://contoso.invalid/' }, /wrong_endpoint|no_network/, 1],
    ['EAI_AGAIN', { ...elsewhere, AZURE_SPEECH_REGION: 'eastus' }, /no_network/, 1],
    ['EAI_AGAIN', { AZURE_SPEECH_ENDPOINT: 'https://contoso.invalid/' }, /no_network/, 1],
  ])('%s of %o', async (code, env, expected, attempts) => {
    network.end();
    network = watchNetwork(code);
    retries.attempts = attempts;
    azure = speech(env);
    expect(errorOf(await azure.synthesise('Hello', { name })).code).toMatch(expected);
    expect(network.lookedUp).toHaveLength(1);
    expect(network.addresses).toEqual([]);
  });
});
