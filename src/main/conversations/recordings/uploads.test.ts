import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { eventually } from '../../../../test/fixtures/eventually.ts';
import { readClip } from '../../audio/clips.ts';
import { bytesOf, tone, wavOf } from '../../audio/testing/clips.ts';
import { must, refusal } from '../testing.ts';
import type { RecordingFormat } from './decode.ts';
import { Uploads } from './uploads.ts';

let workspace = '';
let uploads: Uploads;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'crosstalk-uploads-'));
  uploads = new Uploads({ workspace });
});
afterEach(async () => {
  await uploads.close();
  await rm(workspace, { recursive: true, force: true });
});

const wav = { kind: 'wav' } as const;
const finish = { trim: false, normalise: false, text: '' };
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const begin = async (bytes: number, format: RecordingFormat = wav, name = 'Hello.wav') =>
  must(await uploads.begin({ name, bytes, format })).upload;

async function send(bytes: Uint8Array, format: RecordingFormat = wav, part = 1_000_000): Promise<string> {
  const upload = await begin(bytes.length, format);
  for (let at = 0; at < bytes.length; at += part)
    must(await uploads.add(upload, base64(bytes.subarray(at, at + part))));
  return upload;
}

/** Every file below the workspace. */
async function files(): Promise<string[]> {
  const all = await readdir(workspace, { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile()).map((entry) => entry.name);
}
const incoming = async () => (await files()).filter((name) => name.endsWith('.part'));

test('what arrives in parts is one recording', async () => {
  const samples = tone(400, { silenceMs: 20 });
  const upload = await send(wavOf(bytesOf(samples)), wav, 999);
  expect(await incoming()).toHaveLength(1);
  const kept = must(await uploads.finish(upload, finish));
  expect(kept).toEqual({ clip: '../recordings/hello.wav', filename: 'hello.wav', notes: [] });
  expect(must(await readClip(join(workspace, 'recordings', 'hello.wav')))).toEqual(samples);
  expect((await files()).sort()).toEqual(['hello.wav', 'manifest.jsonl']);
  expect(refusal(await uploads.finish(upload, finish)).code).toBe('unknown_upload');
});

test('parts that are sent at once are taken in their order', async () => {
  const bytes = wavOf(bytesOf(tone(400)));
  const upload = await begin(bytes.length);
  const parts = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, i) =>
    bytes.subarray(i * 1000, (i + 1) * 1000),
  );
  const added = parts.map((part) => uploads.add(upload, base64(part)));
  const kept = must(await uploads.finish(upload, finish));
  for (const one of added) must(await one);
  expect(must(await readClip(join(workspace, 'recordings', kept.filename)))).toEqual(tone(400));
});

test('what a page decoded is converted', async () => {
  const frames = 48_000;
  const floats = new Float32Array(frames * 2);
  for (let i = 0; i < frames; i++)
    floats.fill(0.5 * Math.sin((2 * Math.PI * 440 * i) / 48_000), 2 * i, 2 * i + 2);
  floats[100] = Number.NaN;
  const format = { kind: 'decoded', sampleRate: 48_000, channels: 2 } as const;
  const upload = await send(new Uint8Array(floats.buffer), format, 100_001);
  const kept = must(await uploads.finish(upload, finish));
  expect(kept.notes).toEqual(['Converted from 48 kHz stereo.']);
  const samples = must(await readClip(join(workspace, 'recordings', kept.filename)));
  expect(samples.length).toBe(16_000);
  expect(Math.max(...samples.subarray(4000, 12_000))).toBeGreaterThan(16_000);
});

test.each<[string, Uint8Array, RecordingFormat, string]>([
  ['silence', wavOf(new Uint8Array(32_000)), wav, 'Hello.wav is silent'],
  ['a file that is no audio', Buffer.from('no audio at all'), wav, 'is not a WAV file'],
  ['half a raw sample', Buffer.alloc(1001, 1), { kind: 'pcm16k' }, 'odd number of bytes'],
  [
    'half a frame',
    Buffer.alloc(1004, 1),
    { kind: 'decoded', sampleRate: 44_100, channels: 2 },
    'a part of a sample missing',
  ],
])('%s leaves nothing behind', async (_what, bytes, format, message) => {
  const upload = await send(bytes, format);
  const refused = refusal(await uploads.finish(upload, finish));
  expect(refused.kind).toBe('invalid_input');
  expect(refused.message).toContain(message);
  expect(await files()).toEqual([]);
});

test('a file of 2 GB is refused before its first byte', async () => {
  const refused = refusal(await uploads.begin({ name: 'huge.wav', bytes: 2 ** 31, format: wav }));
  expect(refused).toMatchObject({ kind: 'invalid_input', code: 'recording_too_large' });
  expect(refused.message).toContain('huge.wav has 2.0 GB');
  expect(await files()).toEqual([]);
});

test('an upload that is incomplete, too much or not what was agreed ends with a sentence', async () => {
  const short = await begin(1000);
  must(await uploads.add(short, base64(Buffer.alloc(999))));
  expect(refusal(await uploads.finish(short, finish)).message).toBe(
    'Hello.wav arrived only in part (999 of 1000 bytes); bring it in again.',
  );
  const long = await begin(1000);
  expect(refusal(await uploads.add(long, base64(Buffer.alloc(1001)))).code).toBe('upload_broken');
  const noise = await begin(1000);
  expect(refusal(await uploads.add(noise, 'not base64!')).code).toBe('upload_broken');
  const large = await begin(3_000_000);
  expect(refusal(await uploads.add(large, base64(Buffer.alloc(1_048_577)))).code).toBe('upload_broken');
  for (const upload of [short, long, noise, large, 'none', '../x'])
    expect(refusal(await uploads.add(upload, '')).code).toBe('unknown_upload');
  expect(await files()).toEqual([]);
});

test('only a few at once, and a place is free again when one has ended', async () => {
  const begun = await Promise.all(
    Array.from({ length: 6 }, () => uploads.begin({ name: 'x', bytes: 10, format: wav })),
  );
  expect(begun.map((one) => one.ok)).toEqual([true, true, true, true, false, false]);
  expect(refusal(begun[5] ?? begun[0]!).code).toBe('too_many_uploads');
  await uploads.cancel(must(begun[0]!).upload);
  expect((await incoming()).length).toBe(3);
  await begin(10);
});

test('an upload of which nothing arrives any more is dropped', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const upload = await begin(1000);
    must(await uploads.add(upload, base64(Buffer.alloc(500))));
    vi.advanceTimersByTime(9 * 60_000);
    must(await uploads.add(upload, base64(Buffer.alloc(100))));
    vi.advanceTimersByTime(9 * 60_000);
    must(await uploads.add(upload, base64(Buffer.alloc(100))));
    vi.advanceTimersByTime(11 * 60_000);
    expect(refusal(await uploads.add(upload, base64(Buffer.alloc(100)))).message).toContain('ten minutes');
  } finally {
    vi.useRealTimers();
  }
  await eventually(async () => expect(await files()).toEqual([]));
});

test('cancelling and closing remove what has arrived', async () => {
  const upload = await begin(1000);
  must(await uploads.add(upload, base64(Buffer.alloc(500))));
  await uploads.cancel(upload);
  await uploads.cancel(upload);
  expect(await files()).toEqual([]);
  await begin(1000);
  await begin(1000);
  expect(await incoming()).toHaveLength(2);
  await uploads.close();
  expect(await files()).toEqual([]);
  expect(await readdir(join(workspace, 'recordings'))).toEqual([]);
});

test('what another program left behind is removed, what it may still be sending is not', async () => {
  const folder = join(workspace, 'recordings', '.incoming');
  await mkdir(folder, { recursive: true });
  const long = new Date(Date.now() - 2 * 3_600_000);
  await writeFile(join(folder, 'old.part'), 'x');
  await utimes(join(folder, 'old.part'), long, long);
  await writeFile(join(folder, 'fresh.part'), 'x');
  const upload = await begin(10);
  expect((await incoming()).sort()).toEqual([`${upload}.part`, 'fresh.part'].sort());
});

test('a workspace that cannot be written says so', async () => {
  await writeFile(join(workspace, 'recordings'), 'in the way');
  expect(refusal(await uploads.begin({ name: 'x', bytes: 10, format: wav }))).toMatchObject({
    kind: 'unavailable',
    code: 'disk_refused',
  });
});
