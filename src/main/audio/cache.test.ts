import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addressOf, utteranceOf } from './address.ts';
import { ClipCache } from './cache.ts';
import { readManifest } from './manifest.ts';
import { bytesOf, tone } from './testing/clips.ts';

const utterance = utteranceOf('Hello there', { provider: 'offline', name: 'slt' });
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosstalk-cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a kept clip is found again, by this cache and by a new one', async () => {
  const cache = new ClipCache([folder]);
  expect(await cache.find(utterance)).toBeNull();
  const path = await cache.keep(folder, utterance, tone(100));
  expect(await cache.find(utterance)).toBe(path);
  expect(await new ClipCache([folder]).find(utterance)).toBe(path);
  expect(new Uint8Array(await readFile(path))).toEqual(bytesOf(tone(100)));
  const [line] = await readManifest(folder);
  expect(line).toMatchObject({
    text: 'Hello there',
    voice: 'slt',
    duration_seconds: 0.1,
    hash: addressOf(utterance),
  });
});

test('a clip stays as it is until it is to be replaced', async () => {
  const cache = new ClipCache([folder]);
  const path = await cache.keep(folder, utterance, tone(100));
  expect(await cache.keep(folder, utterance, tone(200))).toBe(path);
  expect(new Uint8Array(await readFile(path))).toEqual(bytesOf(tone(100)));
  expect(await cache.keep(folder, utterance, tone(200), null, true)).toBe(path);
  expect(new Uint8Array(await readFile(path))).toEqual(bytesOf(tone(200)));
  expect(await readManifest(folder)).toMatchObject([{ text: 'Hello there', duration_seconds: 0.2 }]);
});

test('a WAV of another program is replaced by raw samples under a name that says so', async () => {
  await writeFile(join(folder, 'hello.wav'), 'RIFF');
  await writeFile(
    join(folder, 'manifest.jsonl'),
    '{"filename":"hello.wav","text":"Hello there","voice":"slt"}',
  );
  const cache = new ClipCache([folder]);
  expect(await cache.find(utterance)).toBe(join(folder, 'hello.wav'));
  const path = await cache.keep(folder, utterance, tone(100), null, true);
  expect(path).toMatch(/hello_there_[0-9a-f]{12}\.pcm$/);
  expect(await cache.find(utterance)).toBe(path);
  expect(await readFile(join(folder, 'hello.wav'), 'utf8')).toBe('RIFF');
});

test('everything that decides how words sound makes another clip', () => {
  const others = [
    utteranceOf('Hello there!', { provider: 'offline', name: 'slt' }),
    utteranceOf('Hello there', { provider: 'offline', name: 'rms' }),
    utteranceOf('Hello there', { provider: 'azure', name: 'slt' }),
    utteranceOf('Hello there', { provider: 'azure', name: 'slt', style: 'chat' }),
    utteranceOf('Hello there', { provider: 'azure', name: 'slt', rate: '+5%' }),
  ];
  expect(new Set([utterance, ...others].map(addressOf)).size).toBe(6);
  expect(addressOf(utteranceOf('  Hello \n there ', { provider: 'offline', name: 'slt' }))).toBe(
    addressOf(utterance),
  );
});

test('folders are searched in order, and a line without its file is passed over', async () => {
  const [first, second] = [join(folder, 'a'), join(folder, 'b')];
  const cache = new ClipCache([first, second]);
  const inSecond = await cache.keep(second, utterance, tone(100));
  const inFirst = await cache.keep(first, utterance, tone(100));
  expect(await new ClipCache([first, second]).find(utterance)).toBe(inFirst);
  await rm(inFirst);
  expect(await new ClipCache([first, second]).find(utterance)).toBe(inSecond);
});

test('clips kept at the same time all get their line, and nothing else is left behind', async () => {
  const cache = new ClipCache([folder]);
  const texts = ['one', 'two', 'three', 'four'];
  await Promise.all(
    texts.map((text) =>
      cache.keep(folder, utteranceOf(text, { provider: 'offline', name: 'slt' }), tone(40)),
    ),
  );
  expect((await readManifest(folder)).map((line) => line.text).sort()).toEqual([...texts].sort());
  expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('a manifest of another program is read by what it says; broken and strange lines are passed over', async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'x.pcm'), bytesOf(tone(40)));
  const lines = [
    '{"filename":"x.pcm","text":"Hi","voice":"en-US-JennyMultilingualNeural","duration":2.2}',
    '{"filename":"../../etc/passwd","text":"Ho","voice":"slt"}',
    '{"filename":"half',
    '[]',
  ];
  await writeFile(join(folder, 'manifest.jsonl'), lines.join('\r\n'));
  const azure = utteranceOf('Hi', { provider: 'azure', name: 'en-US-JennyMultilingualNeural' });
  const cache = new ClipCache([folder]);
  expect(await cache.find(azure)).toBe(join(folder, 'x.pcm'));
  expect(await cache.find(utteranceOf('Ho', { provider: 'offline', name: 'slt' }))).toBeNull();
});

test('a folder that cannot be written rejects', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(new ClipCache([]).keep(join(folder, 'file'), utterance, tone(40))).rejects.toThrow();
});
