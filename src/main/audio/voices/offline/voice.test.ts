import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { nodeProcessHost } from '../../../processes/nodeHost.ts';
import { eventually } from '../../../../../test/fixtures/eventually.ts';
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

test('what it was writing is removed with it', { timeout: 60_000 }, async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'crosstalk-scratch-'));
  vi.stubEnv('TMPDIR', scratch);
  vi.stubEnv('TEMP', scratch);
  try {
    const voice = voiceOn(nodeProcessHost);
    const long = 'This takes the voice a while to say, and it is ended before it has. '.repeat(60);
    const spoken = voice.synthesise(long, { name: 'slt' });
    const files = async () => (await readdir(scratch, { recursive: true })).length;
    await eventually(async () => expect(await files()).toBeGreaterThan(1));
    await voice.close();
    expect(await spoken).toMatchObject({ error: { code: 'cancelled' } });
    expect(await files()).toBe(0);
  } finally {
    vi.unstubAllEnvs();
    await rm(scratch, { recursive: true, force: true });
  }
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

  test('without a folder for what it writes it says so, each time', async () => {
    const nowhere = join(tmpdir(), 'crosstalk-no-such-folder');
    vi.stubEnv('TMPDIR', nowhere);
    vi.stubEnv('TEMP', nowhere);
    const voice = voiceOn(never);
    const spoken = await Promise.all(['one', 'two'].map((text) => voice.synthesise(text, { name: 'slt' })));
    vi.unstubAllEnvs();
    for (const result of spoken)
      expect(!result.ok && result.error.message).toContain(`The offline voice cannot write in ${nowhere}: `);
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

describe('several at a time', () => {
  /** A process that answers when it is told to. */
  function slowHost() {
    const heard: { id: number; text: string }[] = [];
    const ends: (() => void)[] = [];
    const answers: ((message: unknown) => void)[] = [];
    const host: ProcessHost = {
      spawn: () => ({
        pid: 1,
        send: (message) => void heard.push(message as { id: number; text: string }),
        onMessage(listener) {
          answers.push(listener);
          return () => {};
        },
        exited: new Promise((resolve) => ends.push(() => resolve({ code: 1, stderr: '' }))),
        kill: () => Promise.resolve(ends.at(-1)?.()),
      }),
    };
    const answer = () => answers.at(-1)?.({ id: heard.at(-1)?.id, pcm: new Uint8Array([1, 0]) });
    return { host, heard, ends, answer };
  }

  test('are asked for one after another, and one that was given up is left out', async () => {
    const { host, heard, answer } = slowHost();
    const voice = voiceOn(host);
    const stop = new AbortController();
    const one = voice.synthesise('one', { name: 'slt' });
    const two = voice.synthesise('two', { name: 'slt', signal: stop.signal });
    const three = voice.synthesise('three', { name: 'slt' });
    expect(heard.map(({ text }) => text)).toEqual(['one']);
    stop.abort();
    expect(await two).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    answer();
    expect(await one).toEqual({ ok: true, value: new Int16Array([1]) });
    expect(heard.map(({ text }) => text)).toEqual(['one', 'three']);
    answer();
    expect(await three).toMatchObject({ ok: true });
  });

  test('one that was given up while it is spoken does not give its audio to the next', async () => {
    const { host, heard, answer } = slowHost();
    const voice = voiceOn(host);
    const stop = new AbortController();
    const one = voice.synthesise('one', { name: 'slt', signal: stop.signal });
    const two = voice.synthesise('two', { name: 'slt' });
    stop.abort();
    expect(await one).toMatchObject({ error: { code: 'cancelled' } });
    expect(heard).toHaveLength(1);
    answer();
    expect(heard).toHaveLength(2);
    answer();
    expect(await two).toMatchObject({ ok: true });
  });

  test('a process that breaks takes only one with it', async () => {
    const { host, heard, ends, answer } = slowHost();
    const voice = voiceOn(host);
    const one = voice.synthesise('one', { name: 'slt' });
    const two = voice.synthesise('two', { name: 'slt' });
    ends[0]?.();
    expect(await one).toMatchObject({ error: { code: 'voice_failed' } });
    expect(heard).toHaveLength(2);
    answer();
    expect(await two).toMatchObject({ ok: true });
  });

  test('all end when it is closed, and nothing is started after', async () => {
    const { host, ends } = slowHost();
    const voice = voiceOn(host);
    const spoken = ['one', 'two'].map((text) => voice.synthesise(text, { name: 'slt' }));
    await voice.close();
    for (const result of await Promise.all(spoken))
      expect(result).toMatchObject({ error: { code: 'cancelled' } });
    expect(await voice.synthesise('three', { name: 'slt' })).toMatchObject({ error: { code: 'cancelled' } });
    expect(ends).toHaveLength(1);
  });
});

test('typography becomes plain letters', () => {
  expect(spellForOfflineVoice('“It’s naïve”, Zoë said — twice…')).toEqual({
    text: '"It\'s naive", Zoe said - twice...',
  });
  expect(spellForOfflineVoice('a\u0000b\n\tc')).toEqual({ text: 'a b c' });
  expect(spellForOfflineVoice('ok 中')).toEqual({ unspeakable: '中' });
});
