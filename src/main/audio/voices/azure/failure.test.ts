import { describe, expect, test } from 'vitest';
import { failureOf, symptomOf, type Asked, type Symptom } from './failure.ts';

const asked: Asked = {
  place: 'eastus',
  byRegion: true,
  auth: 'key',
  secret: 's3cret/+=',
  voice: 'en-US-AriaNeural',
  online: () => true,
};
const of = (told: unknown, more: Partial<Asked> = {}) => failureOf(symptomOf(told), { ...asked, ...more });
const upgrade = (status: number) =>
  `Unable to contact server. StatusCode: 1006,\n  wss://eastus.tts.speech.microsoft.com/ Reason:  Unexpected server response: ${status}`;

describe('what the SDK says is understood', () => {
  test.each<[string, unknown, Partial<Symptom>]>([
    ['a refused upgrade', upgrade(401), { status: 401 }],
    ['a refused list', 'Error: 403: Forbidden', { status: 403 }],
    ['a failed list', Object.assign(new Error('Too Many Requests'), { statusCode: 429 }), { status: 429 }],
    ['a close code', 'throttled websocket error code: 4429', { closeCode: 4429, status: 429 }],
    ['a close code of the protocol', 'Unsupported voice x. websocket error code: 1007', { closeCode: 1007 }],
    [
      'a name that is not found',
      'Reason:  getaddrinfo ENOTFOUND x.tts.speech.microsoft.com',
      { errno: 'ENOTFOUND' },
    ],
    [
      'a cause within',
      new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'EAI_AGAIN' }) }),
      { errno: 'EAI_AGAIN' },
    ],
    [
      'causes side by side',
      new AggregateError([Object.assign(new Error(''), { code: 'ECONNREFUSED' })]),
      { errno: 'ECONNREFUSED' },
    ],
    ['nothing', undefined, { text: '' }],
  ])('%s', (_what, told, symptom) => {
    expect(symptomOf(told)).toMatchObject(symptom);
  });
});

describe('every failure has a sentence and a code', () => {
  test.each<[unknown, Partial<Asked>, string, boolean, RegExp]>([
    [
      upgrade(400),
      {},
      'bad_request',
      false,
      /^Azure Speech \(eastus\) did not accept the request \(400\)\.$/,
    ],
    [
      upgrade(401),
      {},
      'bad_key',
      false,
      /refused the key \(401\): it is wrong, or belongs to another region; check both\.$/,
    ],
    [
      upgrade(401),
      { auth: 'entra' },
      'bad_token',
      false,
      /refused the token \(401\): it has ended, or is for another resource/,
    ],
    [upgrade(403), { auth: 'entra' }, 'forbidden', false, /role Cognitive Services Speech User/],
    [
      upgrade(404),
      {},
      'wrong_region',
      false,
      /There is no speech service at eastus \(404\); check the region\.$/,
    ],
    [upgrade(404), { byRegion: false }, 'wrong_endpoint', false, /check the endpoint\.$/],
    [upgrade(408), {}, 'service_trouble', true, /in trouble \(408\)/],
    [upgrade(429), {}, 'quota', true, /quota/],
    [upgrade(500), {}, 'service_trouble', true, /in trouble \(500\)/],
    ['x websocket error code: 4503', {}, 'service_trouble', true, /503/],
    [
      'Unsupported voice x. websocket error code: 1007',
      {},
      'unknown_voice',
      false,
      /no voice "en-US-AriaNeural" \(any more\)/,
    ],
    ['bad SSML websocket error code: 1007', {}, 'bad_request', false, /bad SSML/],
    ['websocket error code: 1006', {}, 'connection_lost', true, /broke off/],
    ['Reason: read ECONNRESET', {}, 'connection_lost', true, /broke off/],
    ['Reason: socket hang up', {}, 'connection_lost', true, /broke off/],
    ['getaddrinfo ENOTFOUND x', {}, 'wrong_region', false, /no Azure Speech in a region "eastus"/],
    ['getaddrinfo ENOTFOUND x', { byRegion: false }, 'wrong_endpoint', false, /There is no host eastus/],
    ['getaddrinfo ENOTFOUND x', { online: () => false }, 'no_network', true, /cannot be reached/],
    ['getaddrinfo EAI_AGAIN x', {}, 'no_network', true, /cannot be reached/],
    [
      'Unable to contact server. StatusCode: 1006, wss://x/ Reason: ',
      {},
      'no_network',
      true,
      /cannot be reached/,
    ],
    [
      'Reason: self-signed certificate in certificate chain',
      {},
      'untrusted_certificate',
      false,
      /NODE_EXTRA_CA_CERTS/,
    ],
    ['something else', {}, 'failed', false, /did not speak: something else\.$/],
    [null, {}, 'failed', false, /did not speak\.$/],
  ])('%s %o', (told, more, code, retry, message) => {
    const failure = of(told, more);
    expect(failure).toMatchObject({ retry, error: { code } });
    expect(failure.error.message).toMatch(message);
    expect(failure.error.message).not.toMatch(/[\r\n]/);
  });

  test('silence too', () => {
    expect(failureOf({ text: '', silent: true }, asked)).toMatchObject({
      retry: true,
      error: { code: 'timed_out' },
    });
  });
});

test('the secret is shown nowhere, however it is written', () => {
  const told = `x s3cret/+= y?key=${encodeURIComponent('s3cret/+=')} websocket error code: 1007`;
  const { error } = of(told);
  expect(JSON.stringify(error)).not.toMatch(/s3cret/);
  expect(error.detail).toContain('x *** y?key=***');
  expect(JSON.stringify(of('s3cret/+=').error)).not.toMatch(/s3cret/);
});

test('a long and winding text is cut', () => {
  expect(of(`a\u001b[31m\n${'b'.repeat(9000)}`).error.detail).toHaveLength(500);
});
