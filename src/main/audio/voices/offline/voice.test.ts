import { afterEach, describe, expect, test } from 'vitest';
import { nodeProcessHost } from '../../../processes/nodeHost.ts';
import type { HostedProcess, ProcessHost } from '../../../processes/host.ts';
import { finishSpeech, measureSpeech } from '../../speech.ts';
import { spellForOfflineVoice } from './spelling.ts';
import { createOfflineVoice, type OfflineVoice } from './voice.ts';

let open: OfflineVoice | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});
function voiceOn(host: ProcessHost): OfflineVoice {
  open = createOfflineVoice(host);
  return open;
}

describe('in its own process', () => {
  test('every voice speaks 16 kHz, several at a time', { timeout: 60_000 }, async () => {
    const voice = voiceOn(nodeProcessHost);
    const names = ['slt', 'rms', 'awb', 'kal16'];
    const spoken = await Promise.all(names.map((name) => voice.synthesise('Good morning to you', { name })));
    for (const result of spoken) {
      if (!result.ok) throw new Error(result.error.message);
      const figures = measureSpeech(finishSpeech(result.value) ?? new Int16Array());
      expect(figures?.durationMs).toBeGreaterThan(700);
      expect(figures?.durationMs).toBeLessThan(3000);
    }
  });

  test(
    'the same words sound the same, and words are not taken for options',
    { timeout: 60_000 },
    async () => {
      const voice = voiceOn(nodeProcessHost);
      const [a, b] = [
        await voice.synthesise('--version', { name: 'slt' }),
        await voice.synthesise('--version', { name: 'slt' }),
      ];
      if (!a.ok || !b.ok) throw new Error('refused');
      expect(a.value.length).toBeGreaterThan(8000);
      expect(a.value).toEqual(b.value);
    },
  );
});

describe('what it cannot do', () => {
  const never: ProcessHost = {
    spawn: () => {
      throw new Error('must not be started');
    },
  };

  test.each(['日本語', 'hi 🙂', '...'])('%s is refused without starting anything', async (text) => {
    const result = await voiceOn(never).synthesise(text, { name: 'slt' });
    expect(!result.ok && result.error).toMatchObject({ kind: 'invalid_input', code: 'cannot_say' });
  });

  test('an unknown voice lists those there are', async () => {
    const result = await voiceOn(never).synthesise('hi', { name: 'bob' });
    expect(!result.ok && result.error.message).toBe(
      'There is no offline voice "bob"; it is one of slt, rms, awb, kal16.',
    );
  });

  test('a process that ends fails what was waiting for it, with its own words', async () => {
    const died: HostedProcess = {
      pid: 1,
      send: () => {},
      onMessage: () => () => {},
      exited: Promise.resolve({ code: 1, stderr: 'no such module' }),
      kill: () => Promise.resolve(),
    };
    const result = await voiceOn({ spawn: () => died }).synthesise('hi', { name: 'slt' });
    expect(!result.ok && result.error).toMatchObject({
      kind: 'internal',
      code: 'voice_failed',
      detail: 'no such module',
    });
  });
});

test('typography becomes plain letters', () => {
  expect(spellForOfflineVoice('“It’s naïve”, Zoë said — twice…')).toEqual({
    text: '"It\'s naive", Zoe said - twice...',
  });
  expect(spellForOfflineVoice('a\u0000b\n\tc')).toEqual({ text: 'a b c' });
  expect(spellForOfflineVoice('ok 中')).toEqual({ unspeakable: '中' });
});
