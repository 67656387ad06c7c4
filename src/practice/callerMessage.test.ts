import { describe, expect, test } from 'vitest';
import { readCallerMessage } from './callerMessage.ts';

const data = Buffer.from(Int16Array.of(1, -2, 300).buffer).toString('base64');

describe('messages of the caller', () => {
  test.each([
    { kind: 'AudioData', audioData: { data, silent: false } },
    { Kind: 'AudioData', AudioData: { Data: data, Silent: false } },
    { KIND: 'audiodata', AUDIODATA: { DATA: data } },
  ])('audio with its keys in any case: %j', (message) => {
    const read = readCallerMessage(JSON.stringify(message));
    expect(read).toEqual({ kind: 'audio', silent: false, samples: Int16Array.of(1, -2, 300) });
  });

  test('silent is what the caller says it is', () => {
    expect(
      readCallerMessage(JSON.stringify({ kind: 'AudioData', audioData: { data, silent: true } })),
    ).toMatchObject({
      silent: true,
    });
  });

  test('set-up, with a rate only when it is one', () => {
    const setup = (sampleRate: unknown): string =>
      JSON.stringify({ kind: 'AudioMetadata', audioMetadata: { sampleRate } });
    expect(readCallerMessage(setup(24_000))).toEqual({ kind: 'setup', sampleRate: 24_000 });
    expect(readCallerMessage(setup('24000'))).toEqual({ kind: 'setup', sampleRate: null });
    expect(readCallerMessage(setup(-1))).toEqual({ kind: 'setup', sampleRate: null });
    expect(readCallerMessage('{"kind":"AudioMetadata"}')).toEqual({ kind: 'setup', sampleRate: null });
  });

  test('everything else is tolerated', () => {
    expect(readCallerMessage('{"kind":"DtmfData","dtmfData":{"data":"3"}}')).toEqual({ kind: 'other' });
    expect(readCallerMessage('{}')).toEqual({ kind: 'other' });
    for (const text of [
      '',
      'nonsense',
      '[]',
      'null',
      '7',
      '{"kind":"AudioData"}',
      '{"kind":"AudioData","audioData":{"data":7}}',
    ]) {
      expect(readCallerMessage(text)).toEqual({ kind: 'unreadable' });
    }
  });
});
