import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addressOf, utteranceOf } from './address.ts';
import { ClipCache } from './cache.ts';
import { readManifest } from './manifest.ts';
import { bytesOf, tone } from './testing/clips.ts';
import { writeOriginalCache } from './testing/originalCache.ts';

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

describe('names', () => {
  const place = { conversation: 'Insurance inquiry', turn: 1, turns: 5 };

  test('a clip is called after the place it was first spoken for, and made once for all', async () => {
    const cache = new ClipCache([folder]);
    const path = await cache.keep(folder, utterance, tone(100), place);
    const hex = addressOf(utterance).slice(0, 6);
    expect(path).toBe(join(folder, `insurance_inquiry_turn_1_of_5_${hex}.pcm`));
    const elsewhere = { conversation: 'other', turn: 3, turns: 3 };
    expect(await cache.keep(folder, utterance, tone(100), elsewhere)).toBe(path);
    expect(await readManifest(folder)).toMatchObject([
      { scenario: 'Insurance inquiry', turn_index: 1, turn_count: 5, provider: 'offline' },
    ]);
  });

  test('a name that another clip has is not taken: the address is told further', async () => {
    const hex = addressOf(utterance).slice(0, 6);
    const taken = `insurance_inquiry_turn_1_of_5_${hex}.pcm`;
    await writeFile(join(folder, taken), 'somebody else’s');
    const path = await new ClipCache([]).keep(folder, utterance, tone(100), place);
    expect(path).toBe(join(folder, `insurance_inquiry_turn_1_of_5_${addressOf(utterance).slice(0, 12)}.pcm`));
    expect(await readFile(join(folder, taken), 'utf8')).toBe('somebody else’s');
  });

  test('so is one that only a line has, whatever its letters', async () => {
    const hex = addressOf(utterance).slice(0, 6);
    const line = {
      filename: `INSURANCE_INQUIRY_TURN_1_OF_5_${hex.toUpperCase()}.PCM`,
      text: 'x',
      voice: 'slt',
    };
    await writeFile(join(folder, 'manifest.jsonl'), JSON.stringify(line));
    const path = await new ClipCache([]).keep(folder, utterance, tone(100), place);
    expect(path).toContain(addressOf(utterance).slice(0, 12));
    expect(await readManifest(folder)).toHaveLength(2);
  });

  test('the very same file without a line, left by an interruption, gets its line', async () => {
    const name = `insurance_inquiry_turn_1_of_5_${addressOf(utterance).slice(0, 6)}.pcm`;
    await writeFile(join(folder, name), bytesOf(tone(100)));
    expect(await new ClipCache([]).keep(folder, utterance, tone(100), place)).toBe(join(folder, name));
    expect(await readManifest(folder)).toMatchObject([{ filename: name }]);
  });

  test('a clip whose file is gone comes back under its name, with one line', async () => {
    const cache = new ClipCache([folder]);
    const path = await cache.keep(folder, utterance, tone(100), place);
    await rm(path);
    expect(await cache.find(utterance)).toBeNull();
    expect(await cache.keep(folder, utterance, tone(100), { ...place, turn: 2 })).toBe(path);
    expect(await readManifest(folder)).toHaveLength(1);
  });
});

test('lines of other programs stay to the letter, and a last line without its end is no trouble', async () => {
  const foreign = '{"filename":"x.pcm","text":"Hi","voice":"v","label":"my own", "more":[1,2]}';
  await writeFile(join(folder, 'manifest.jsonl'), `${foreign}\n{"half`);
  await new ClipCache([]).keep(folder, utterance, tone(40));
  const lines = (await readFile(join(folder, 'manifest.jsonl'), 'utf8')).split('\n');
  expect(lines.slice(0, 2)).toEqual([foreign, '{"half']);
  expect(lines.slice(2).filter((line) => line !== '')).toHaveLength(1);
});

test('what a program left half-written long ago is removed, nothing else is', async () => {
  const names = [
    '.a.pcm.0123abcd',
    '.manifest.jsonl.0123abcd',
    '.b.pcm.0123abce',
    '.a.pcm.mine',
    'x.0123abcd',
  ];
  const past = new Date(Date.now() - 3_600_000);
  for (const name of names) {
    await writeFile(join(folder, name), 'half');
    if (!name.startsWith('.b')) await utimes(join(folder, name), past, past);
  }
  await new ClipCache([]).keep(folder, utterance, tone(40));
  const left = (await readdir(folder)).filter((name) => names.includes(name));
  expect(left.sort()).toEqual(['.a.pcm.mine', '.b.pcm.0123abce', 'x.0123abcd']);
});

test('what another program adds is found', async () => {
  const cache = new ClipCache([folder]);
  expect(await cache.find(utterance)).toBeNull();
  const path = await new ClipCache([]).keep(folder, utterance, tone(40));
  expect(await cache.find(utterance)).toBe(path);
});

describe('caches of the original tool', () => {
  const turns = [
    { scenario: 'quick_question', turn: 1, turns: 1, text: 'Hi there, I have a quick question' },
    { scenario: 'quick_question', turn: 2, turns: 2, text: 'Can you help me check my account balance?' },
  ];
  const jenny = { provider: 'azure', name: 'en-US-JennyMultilingualNeural', style: 'chat' } as const;

  test.each([
    ['manifest and sidecars', {}],
    ['sidecars alone', { manifest: false }],
    ['the manifest alone', { sidecars: false }],
  ])('%s are enough to find its clips', async (_, options) => {
    const names = await writeOriginalCache(folder, turns, options);
    const cache = new ClipCache([folder]);
    const found = await Promise.all(turns.map(({ text }) => cache.find(utteranceOf(text, jenny))));
    expect(found).toEqual(names.map((name) => join(folder, name)));
    // Its rate of +0% is none.
    expect(await cache.find(utteranceOf(turns[0]?.text ?? '', { ...jenny, rate: '+0%' }))).toBe(found[0]);
    expect(await cache.find(utteranceOf(turns[0]?.text ?? '', { ...jenny, style: 'sad' }))).toBeNull();
  });

  test('its clips are not made again, and new ones stand beside them', async () => {
    const names = await writeOriginalCache(folder, turns);
    const before = await readFile(join(folder, 'manifest.jsonl'), 'utf8');
    const cache = new ClipCache([folder]);
    const known = utteranceOf(turns[1]?.text ?? '', jenny);
    expect(await cache.keep(folder, known, tone(40))).toBe(join(folder, names[1] ?? ''));
    await cache.keep(folder, utterance, tone(40));
    const after = await readFile(join(folder, 'manifest.jsonl'), 'utf8');
    expect(after.startsWith(before)).toBe(true);
    expect(await readManifest(folder)).toHaveLength(3);
  });
});

describe('what a line may say', () => {
  const read = async (line: object) => {
    await writeFile(join(folder, 'manifest.jsonl'), JSON.stringify(line));
    return (await readManifest(folder))[0];
  };

  test('other words and other cases', async () => {
    expect(
      await read({ fileName: 'x.pcm', Text: 'Hi', voiceName: 'slt', durationSeconds: '1.5', turnIndex: 2 }),
    ).toMatchObject({ filename: 'x.pcm', text: 'Hi', voice: 'slt', duration_seconds: 1.5, turn_index: 2 });
    expect(await read({ path: 'C:\\clips\\x.pcm', text: 'Hi' })).toMatchObject({
      filename: 'x.pcm',
      voice: '',
    });
  });

  test('what is of another kind is left out, not the line', async () => {
    expect(
      await read({ filename: 'x.pcm', text: null, voice: 7, style: {}, turn_index: 'two', scenario: null }),
    ).toMatchObject({ filename: 'x.pcm', text: '', voice: '', scenario: null });
  });

  test.each([{}, { text: 'Hi' }, { filename: '' }, { filename: '../x.pcm' }, { filename: 'a\\b.pcm' }, []])(
    '%j is no line',
    async (line) => {
      expect(await read(line)).toBeUndefined();
    },
  );
});
