import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fail, ok, type AppError } from '#contract/errors';
import { utteranceOf } from './address.ts';
import { ClipCache } from './cache.ts';
import { readManifest } from './manifest.ts';
import { measureSpeech } from './meter.ts';
import { createSpeaker } from './speaker.ts';
import { tone } from './testing/clips.ts';
import { voicesThat } from './testing/voices.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosstalk-speaker-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const words = (text: string) => utteranceOf(text, { provider: 'offline', name: 'slt' });
const speaking = voicesThat(() => ok(tone(400, { silenceMs: 800, level: 0.9 })));

test('what a voice says is made fit, kept under its place and told', async () => {
  const said: string[] = [];
  const speak = createSpeaker({ voices: speaking, folder, onProgress: (text) => said.push(text) });
  const place = { conversation: 'a', turn: 1, turns: 2 };
  const spoken = await speak(words('Hello'), { place });
  if (!spoken.ok) throw new Error(spoken.error.message);
  expect(measureSpeech(spoken.value)).toMatchObject({ leadingMs: 100 });
  expect(measureSpeech(spoken.value)?.level).toBeCloseTo(-20, 0);
  expect(said).toEqual(['Speaking "Hello"']);
  expect(await readManifest(folder)).toMatchObject([{ text: 'Hello', scenario: 'a', turn_index: 1 }]);
  expect(await new ClipCache([folder]).find(words('Hello'))).toMatch(/a_turn_1_of_2_[0-9a-f]{6}\.pcm$/);
});

test.each([
  ['', 'nothing_to_say', 'has no words'],
  ['  \n ', 'nothing_to_say', 'has no words'],
  ['x'.repeat(5001), 'text_too_long', 'has 5001 characters; at most 5000'],
])('%.5j… is refused before a voice is asked', async (text, code, message) => {
  const voices = voicesThat(() => {
    throw new Error('must not be asked');
  });
  const refused = await createSpeaker({ voices, folder })({ ...words('x'), text });
  expect(!refused.ok && refused.error).toMatchObject({ kind: 'invalid_input', code });
  expect(!refused.ok && refused.error.message).toContain(message);
});

test('a voice that says nothing, and one that fails', async () => {
  const silent = createSpeaker({ voices: voicesThat(() => ok(new Int16Array(8000))), folder });
  const nothing = await silent(words('...'));
  expect(!nothing.ok && nothing.error.code).toBe('nothing_said');
  const error: AppError = { kind: 'unavailable', code: 'quota', message: 'Too much.' };
  const failing = createSpeaker({ voices: voicesThat(() => ({ ok: false, error })), folder });
  expect(await failing(words('Hello'))).toEqual({ ok: false, error });
  expect(await readdir(folder)).toEqual([]);
});

test('a clip that cannot be kept is an error, or told where it need not be one', async () => {
  await writeFile(join(folder, 'file'), '');
  const taken = join(folder, 'file');
  const refused = await createSpeaker({ voices: speaking, folder: taken })(words('Hello'));
  expect(!refused.ok && refused.error).toMatchObject({ kind: 'unavailable', code: 'cache_unwritable' });
  expect(!refused.ok && refused.error.message).toContain('a file is in the way of the folder');
  const told: AppError[] = [];
  const lenient = createSpeaker({ voices: speaking, folder: taken, onUnkept: (error) => told.push(error) });
  expect((await lenient(words('Hello'))).ok).toBe(true);
  expect(told.map((error) => error.code)).toEqual(['cache_unwritable']);
});

test('given up before or while it is said, nothing is kept', async () => {
  const before = AbortSignal.abort();
  const speak = createSpeaker({ voices: speaking, folder });
  const refused = await speak(words('Hello'), { signal: before });
  expect(!refused.ok && refused.error.code).toBe('cancelled');
  const stop = new AbortController();
  const voices = voicesThat(() => {
    stop.abort();
    return fail('internal', 'voice_failed', 'broke');
  });
  const cancelled = await createSpeaker({ voices, folder })(words('Hello'), { signal: stop.signal });
  expect(!cancelled.ok && cancelled.error.code).toBe('cancelled');
  expect(await readdir(folder)).toEqual([]);
});
