import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readClip } from '../../audio/clips.ts';
import { readManifest } from '../../audio/manifest.ts';
import { measureSpeech } from '../../audio/speech.ts';
import { bytesOf, tone, wavOf } from '../../audio/testing/clips.ts';
import { withoutRights } from '../../audio/testing/permissions.ts';
import { must, refusal } from '../testing.ts';
import { importRecording } from './fromDisk.ts';

let home = '';
let workspace = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'crosstalk-recordings-'));
  workspace = join(home, 'workspace');
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function put(name: string, bytes: Uint8Array | string): Promise<string> {
  await writeFile(join(home, name), bytes);
  return join(home, name);
}
const recordings = () => readdir(join(workspace, 'recordings'));
const as = (path: string, options = {}) => importRecording(path, { workspace, ...options });
const plain = { trim: false, normalise: false };

test('a recording is kept as 16 kHz mono WAV, with what was done to it in words', async () => {
  const loud = tone(1000, { sampleRate: 44_100, silenceMs: 900, level: 0.02 });
  const stereo = new Int16Array(loud.length * 2);
  loud.forEach((sample, i) => stereo.fill(sample, 2 * i, 2 * i + 2));
  const path = await put('My Greeting!.WAV', wavOf(bytesOf(stereo), { sampleRate: 44_100, channels: 2 }));
  const kept = must(await as(path, { text: ' Hello   there ' }));
  expect(kept).toEqual({
    clip: '../recordings/my-greeting.wav',
    filename: 'my-greeting.wav',
    notes: [
      'Converted from 44.1 kHz stereo.',
      expect.stringMatching(/^Made 1\d\.\d dB louder\.$/),
      'Trimmed 1.6 s of silence.',
    ],
  });
  const file = join(workspace, 'recordings', kept.filename);
  const header = (await readFile(file)).subarray(0, 44);
  expect(header.readUInt16LE(20)).toBe(1);
  expect(header.readUInt16LE(22)).toBe(1);
  expect(header.readUInt32LE(24)).toBe(16_000);
  expect(header.readUInt16LE(34)).toBe(16);
  const samples = must(await readClip(file));
  expect(samples.length / 16).toBeGreaterThan(1190);
  expect(samples.length / 16).toBeLessThan(1225);
  expect(measureSpeech(samples)?.level).toBeCloseTo(-20, 0);
  expect(await readManifest(join(workspace, 'recordings'))).toMatchObject([
    { filename: 'my-greeting.wav', text: 'Hello there', provider: 'recording', sample_rate: 16_000 },
  ]);
});

test('nothing is done to it that was not asked for', async () => {
  const samples = tone(300, { silenceMs: 500, level: 0.05 });
  const kept = must(await as(await put('a.wav', wavOf(bytesOf(samples))), plain));
  expect(kept.notes).toEqual([]);
  expect(must(await readClip(join(workspace, 'recordings', 'a.wav')))).toEqual(samples);
});

test.each([
  [
    '8-bit',
    wavOf(
      Uint8Array.from({ length: 8000 }, (_, i) => 128 + 60 * Math.sin(i)),
      { bits: 8, sampleRate: 8000 },
    ),
    'Converted from 8 kHz mono, 8-bit PCM.',
  ],
  [
    'µ-law',
    wavOf(
      Uint8Array.from({ length: 8000 }, (_, i) => (i * 7) % 256),
      { bits: 8, sampleRate: 8000, codec: 7 },
    ),
    'Converted from 8 kHz mono, 8-bit µ-law.',
  ],
])('%s WAV comes in', async (_what, bytes, note) => {
  const kept = must(await as(await put('a.wav', bytes), plain));
  expect(kept.notes).toEqual([note]);
  expect(must(await readClip(join(workspace, 'recordings', 'a.wav'))).length).toBe(16_000);
});

test('raw samples come in as they are, at their own rate where it is known', async () => {
  const raw = await put('a.pcm', bytesOf(tone(500)));
  expect(must(await as(raw, plain))).toMatchObject({ filename: 'a.wav', notes: [] });
  const slow = must(await as(raw, { ...plain, name: 'slow', sampleRate: 8000 }));
  expect(slow.notes).toEqual(['Converted from 8 kHz mono.']);
  expect(must(await readClip(join(workspace, 'recordings', 'slow.wav'))).length).toBe(16_000);
  const disguised = must(await as(await put('b.pcm', wavOf(bytesOf(tone(100)))), plain));
  expect(must(await readClip(join(workspace, 'recordings', disguised.filename))).length).toBe(1600);
});

test('a file that ends too early comes in as far as it goes, with a word', async () => {
  const cut = wavOf(bytesOf(tone(500)), { claimed: 32_000 });
  expect(must(await as(await put('a.wav', cut), plain)).notes).toEqual([
    'a.wav ends too early: 50 % of the audio its header promises is there.',
  ]);
});

test.each<[string, string, Uint8Array | string, string]>([
  ['an empty file', 'a.wav', '', 'a.wav is empty'],
  ['an empty raw file', 'a.pcm', '', 'a.pcm is empty'],
  ['an odd raw file', 'a.pcm', bytesOf(tone(100)).subarray(1), 'a.pcm has an odd number of bytes (3199)'],
  ['silence', 'a.wav', wavOf(new Uint8Array(32_000)), 'a.wav is silent (nothing at all is heard)'],
  [
    'a muted microphone',
    'a.pcm',
    bytesOf(tone(500, { level: 0.0005 })),
    'a.pcm is silent (nothing above -69 dBFS is heard)',
  ],
  ['words in a file', 'a.wav', 'hello, I am no audio', 'a.wav is not a WAV file in spite of its name'],
  ['a broken header', 'a.wav', wavOf(bytesOf(tone(100))).subarray(0, 20), 'a.wav has a broken header'],
  ['a WAV without samples', 'a.wav', wavOf(new Uint8Array(0)), 'a.wav has no samples'],
  [
    'another codec',
    'a.wav',
    wavOf(bytesOf(tone(100)), { codec: 85 }),
    'a.wav is 16000 Hz, 16-bit, mono MP3, which cannot be read',
  ],
  ['an MP3', 'a.mp3', 'ID3', 'a.mp3 is an MP3 file; bring it in with Import in the studio'],
  ['an MP3 by its name', 'a.mp3', '\xff\xfb', 'a.mp3 is an MP3 file'],
  ['an Ogg called .wav', 'a.wav', 'OggS', 'a.wav is an Ogg file'],
  ['an M4A', 'a.m4a', '\0\0\0\x20ftypM4A ', 'a.m4a is an M4A file'],
  ['a FLAC called .pcm', 'a.pcm', 'fLaC', 'a.pcm is a FLAC file'],
  [
    'a big-endian WAV',
    'a.wav',
    'RIFX\0\0\0\0WAVE',
    'a.wav is a WAV file of the big-endian kind (RIFX), which is not read here; convert it to an ordinary WAV file',
  ],
  ['an AIFF', 'a.aiff', 'FORM\0\0\0\0AIFF', 'a.aiff is an AIFF file, which is not read here; convert it'],
  ['a WMA by its name', 'a.wma', '0&', 'a.wma is a WMA file, which is not read here; convert it'],
  ['another file', 'a.txt', 'hello', 'a.txt is neither a WAV file nor raw samples'],
  ['an hour', 'a.wav', wavOf(bytesOf(tone(200)), { sampleRate: 1 }), 'a.wav is 53 minutes long'],
])('%s is refused and nothing is left behind', async (_what, name, bytes, message) => {
  const path = await put(name, bytes);
  const refused = refusal(await as(path));
  expect(refused.kind).toBe('invalid_input');
  expect(refused.message).toContain(message);
  expect(await readdir(home)).toEqual([name]);
});

test('a file of 2 GB is refused before it is read', async () => {
  const path = join(home, 'huge.wav');
  const file = await open(path, 'w');
  await file.write(wavOf(bytesOf(tone(100)), { claimed: 2 ** 31 }));
  await file.truncate(2 ** 31);
  await file.close();
  const before = process.memoryUsage().arrayBuffers;
  const refused = refusal(await as(path));
  expect(refused).toMatchObject({ kind: 'invalid_input', code: 'recording_too_large' });
  expect(refused.message).toContain('huge.wav has 2.0 GB; at most 200 MB can be brought in.');
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
});

test('what is not there, or is a folder, says so', async () => {
  expect(refusal(await as(join(home, 'none.wav'))).message).toBe(
    `There is no file ${join(home, 'none.wav')}.`,
  );
  await mkdir(join(home, 'folder.wav'));
  expect(refusal(await as(join(home, 'folder.wav'))).message).toContain('is not a file');
});

test('a recording keeps its name from others of it, and is kept once', async () => {
  const [one, two] = [
    await put('x.wav', wavOf(bytesOf(tone(100)))),
    await put('y.wav', wavOf(bytesOf(tone(200)))),
  ];
  const all = [];
  for (const [path, text] of [
    [one, ''],
    [two, ''],
    [one, ''],
    [two, ''],
    [one, 'with words'],
  ] as const)
    all.push(must(await as(path, { name: 'same', text })).filename);
  expect(all).toEqual(['same.wav', 'same-2.wav', 'same.wav', 'same-2.wav', 'same-3.wav']);
  expect((await recordings()).sort()).toEqual(['manifest.jsonl', 'same-2.wav', 'same-3.wav', 'same.wav']);
  const many = await Promise.all(
    Array.from({ length: 6 }, async (_, i) =>
      as(await put(`p${i}.wav`, wavOf(bytesOf(tone(100 + i * 20)))), { name: 'at once' }),
    ),
  );
  expect(new Set(many.map((kept) => must(kept).filename)).size).toBe(6);
  expect(await readManifest(join(workspace, 'recordings'))).toHaveLength(9);
});

/** Frames of MPEG 1, layer III, 128 kbit/s at 44.1 kHz: 417 bytes each. */
function mp3(frames: number): Buffer {
  return Buffer.concat(
    Array.from({ length: frames }, () =>
      Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0]), Buffer.alloc(413)]),
    ),
  );
}

test.each(['song.wav', 'song.pcm'])('an MP3 file without a title is told by its frames: %s', async (name) => {
  const error = refusal(await as(await put(name, mp3(4))));
  expect(error.message).toContain(`${name} is an MP3 file; bring it in with Import in the studio`);
});

test('raw samples that begin like a frame are raw samples', async () => {
  const samples = tone(300, { level: 0.2 });
  samples[0] = Buffer.from([0xff, 0xfb]).readInt16LE();
  expect(must(await as(await put('loud.pcm', bytesOf(samples)), plain)).filename).toBe('loud.wav');
});

test('a file that may not be read is named, with why and what to do', async () => {
  const path = await put('mine.wav', wavOf(bytesOf(tone(300))));
  await chmod(path, 0);
  await chmod(home, 0o777);
  const error = refusal(await withoutRights(() => as(path)));
  expect(error).toMatchObject({ kind: 'invalid_input', code: 'recording_unreadable' });
  expect(error.message).toBe(`${path} cannot be read: permission denied; give yourself access to it.`);
});
