import { describe, expect, test } from 'vitest';
import { endpointOf, placeOfEndpoint, regionOf, type Address } from './place.ts';

describe('a region', () => {
  test.each([
    ['eastus', 'eastus'],
    [' East US 2 ', 'eastus2'],
    ['usgovvirginia', 'usgovvirginia'],
  ])('%j is %s', (written, region) => {
    expect(regionOf(written)).toEqual({ ok: true, value: region });
  });

  test.each(['', 'evil.example/#', 'a@b', 'eastus:8080', 'ö', '-eastus', 'x'.repeat(60)])(
    '%j is none: it would name another host',
    (written) => {
      expect(regionOf(written)).toMatchObject({ ok: false, error: { code: 'invalid_region' } });
    },
  );
});

describe('an endpoint', () => {
  test.each([
    '',
    'eastus',
    'ftp://x/',
    'https://user:pass@x/',
    'https://x/?key=1',
    'https://x/#a',
    'http://x/',
    'ws://10.0.0.5/',
    'http://localhost.example/',
    'http://127.0.0.1.example/',
  ])('%j is refused', (written) => {
    expect(endpointOf(written)).toMatchObject({
      ok: false,
      error: { kind: 'invalid_input', code: 'invalid_endpoint' },
    });
  });

  test.each([
    'https://contoso.cognitiveservices.azure.com/',
    'wss://x/y',
    'http://localhost:5000',
    'ws://127.0.0.1:5000/a',
    'http://[::1]:5000',
  ])('%j is fine', (written) => {
    expect(endpointOf(written)).toMatchObject({ ok: true });
  });

  const written = ({ by, ...more }: Address) => `${by} ${'url' in more ? more.url.href : more.region}`;
  const path = '/cognitiveservices/websocket/v1';
  test.each([
    ['https://c.cognitiveservices.azure.com', 'endpoint https://c.cognitiveservices.azure.com/', null],
    ['wss://c.cognitiveservices.azure.com/', 'endpoint https://c.cognitiveservices.azure.com/', null],
    [
      `https://c.cognitiveservices.azure.com/tts${path}`,
      'endpoint https://c.cognitiveservices.azure.com/',
      null,
    ],
    [
      'https://eastus.api.cognitive.microsoft.com/sts/v1.0/issuetoken',
      'endpoint https://eastus.api.cognitive.microsoft.com/',
      null,
    ],
    ['https://proxy.contoso.com:8443/', 'host https://proxy.contoso.com:8443/', null],
    ['ws://localhost:5000', 'host http://localhost:5000/', null],
    [
      `https://eastus.tts.speech.microsoft.com${path}/`,
      `endpoint wss://eastus.tts.speech.microsoft.com${path}`,
      'host https://eastus.tts.speech.microsoft.com/',
    ],
    [
      `wss://gate.contoso.com/speech${path}`,
      `endpoint wss://gate.contoso.com/speech${path}`,
      'endpoint https://gate.contoso.com/speech',
    ],
    ['wss://gate.contoso.com/own', 'endpoint wss://gate.contoso.com/own', 'host https://gate.contoso.com/'],
  ])('%s is spoken to as %s', (endpoint, speech, list) => {
    const place = placeOfEndpoint(new URL(endpoint));
    expect(written(place.speech)).toBe(speech);
    expect(written(place.list)).toBe(list ?? speech);
    expect(place.name).toBe(new URL(endpoint).host);
  });
});
