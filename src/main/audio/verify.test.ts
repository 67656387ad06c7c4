import { chmod, mkdir, mkdtemp, open, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CacheReport } from '#contract/api/clips';
import { utteranceOf } from './address.ts';
import { ClipCache } from './cache.ts';
import { ClipShelf } from './shelf.ts';
import { finishSpeech } from './speech.ts';
import { bytesOf, tone, wavOf } from './testing/clips.ts';
import { writeOriginalCache } from './testing/originalCache.ts';
import { withoutRights } from './testing/permissions.ts';
import { verifyFolder } from './verify.ts';

let folder = '';
let shelf: ClipShelf;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosstalk-verify-'));
  shelf = new ClipShelf({ workspace: join(folder, 'workspace'), folders: [] });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const fine = finishSpeech(tone(600)) ?? new Int16Array();

async function verified(options: { expectManifest?: boolean } = {}): Promise<CacheReport> {
  const report = await verifyFolder(folder, { shelf, ...options });
  if (!report.ok) throw new Error(report.error.message);
  return report.value;
}
/** `kind file mend`, in the report's order. */
async function found(): Promise<string[]> {
  return (await verified()).findings.map(({ kind, filename, mend }) =>
    [kind, filename ?? '-', mend ?? '-'].join(' '),
  );
}
async function withClip(name: string, bytes: Uint8Array): Promise<string> {
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
}

describe('a folder in order', () => {
  test('is told as it is', async () => {
    const cache = new ClipCache([folder]);
    for (const text of ['One', 'Two'])
      await cache.keep(folder, utteranceOf(text, { provider: 'offline', name: 'slt' }), fine);
    const report = await verified();
    expect(report).toMatchObject({ folder, writable: true, made: 'crosstalk', findings: [] });
    expect(report.bytes).toBe(fine.byteLength * 2);
    expect(report.durationMs).toBe((fine.length / 16) * 2);
    expect(report.clips.map((clip) => [clip.text, clip.voice, clip.provider])).toEqual([
      ['One', 'slt', 'offline'],
      ['Two', 'slt', 'offline'],
    ]);
  });

  test('recordings without a manifest are nothing wrong, but where one is expected', async () => {
    await withClip('a.wav', wavOf(bytesOf(fine)));
    expect(await verified()).toMatchObject({ made: 'plain', findings: [] });
    const expected = await verified({ expectManifest: true });
    expect(expected.findings).toMatchObject([{ kind: 'orphan', filename: 'a.wav', mend: 'adopt' }]);
  });

  test('the original tool’s is one, with or without its manifest', async () => {
    const turns = [1, 2].map((turn) => ({ scenario: 'a_b', turn, turns: turn, text: `Words ${turn}` }));
    await writeOriginalCache(folder, turns);
    const report = await verified();
    expect(report).toMatchObject({ made: 'original', findings: [] });
    expect(report.clips[0]).toMatchObject({ text: 'Words 1', voice: 'en-US-JennyMultilingualNeural' });
    await rm(join(folder, 'manifest.jsonl'));
    const bare = await verified();
    expect(bare).toMatchObject({ made: 'original', findings: [] });
    expect(bare.clips.map((clip) => clip.text)).toEqual(['Words 1', 'Words 2']);
    const voice = { provider: 'azure', name: 'en-US-JennyMultilingualNeural', style: 'chat' } as const;
    const found = await new ClipCache([folder]).find(utteranceOf('Words 2', voice));
    expect(found).toBe(join(folder, bare.clips[1]?.filename ?? ''));
  });
});

describe('clips', () => {
  test.each([
    ['empty.pcm', new Uint8Array(0), 'empty empty.pcm -'],
    ['odd.pcm', new Uint8Array(641).fill(9), 'odd_length odd.pcm cut_odd_byte'],
    ['phone.wav', wavOf(bytesOf(fine), { sampleRate: 8000 }), 'wrong_format phone.wav -'],
    ['cut.wav', wavOf(new Uint8Array(10), { claimed: 99 }), 'wrong_format cut.wav -'],
    ['text.wav', Buffer.from('hello'), 'wrong_format text.wav -'],
    ['silent.pcm', new Uint8Array(6400), 'silent silent.pcm -'],
    ['quiet.pcm', bytesOf(tone(500, { level: 0.02 })), 'too_quiet quiet.pcm normalise'],
    ['loud.pcm', bytesOf(tone(500, { level: 0.8 })), 'too_loud loud.pcm normalise'],
    [
      'late.pcm',
      bytesOf(new Int16Array([...new Int16Array(6400), ...fine])),
      'leading_silence late.pcm trim',
    ],
    [
      'long_end.pcm',
      bytesOf(new Int16Array([...fine, ...new Int16Array(16_000)])),
      'trailing_silence long_end.pcm trim',
    ],
    [
      'pause.pcm',
      bytesOf(new Int16Array([...fine, ...new Int16Array(8000), ...fine])),
      'long_pause pause.pcm -',
    ],
  ])('%s', async (name, bytes, wanted) => {
    await withClip(name, bytes);
    expect(await found()).toEqual([wanted]);
    const [finding] = (await verified()).findings;
    expect(finding?.message).toMatch(/^\S.*[.]$/s);
    expect(finding?.message).toContain(name);
  });

  test('one that is clipped', async () => {
    const clipped = tone(500, { level: 0.5 });
    for (let at = 100; at < 7000; at += 700) clipped.fill(32_767, at, at + 5);
    await withClip('clipped.pcm', bytesOf(clipped));
    expect(await found()).toContain('clipped clipped.pcm -');
    expect((await verified()).findings[0]?.message).toContain('10 peaks are cut off at full scale');
  });

  test('one that a single peak keeps from being made louder', async () => {
    const quiet = tone(500, { level: 0.02 });
    quiet[3000] = 25_000;
    await withClip('quiet.pcm', bytesOf(quiet));
    expect(await found()).toEqual(['too_quiet quiet.pcm -']);
    expect((await verified()).findings[0]?.message).toContain('leave no room');
  });

  test('2 GB, which are not read, and a minute too much', async () => {
    const path = await withClip('huge.pcm', new Uint8Array(0));
    await truncate(path, 2 * 1024 ** 3);
    expect(await found()).toEqual(['too_long huge.pcm -']);
    expect((await verified()).bytes).toBe(2 * 1024 ** 3);
    await rm(path);
    const long = new Int16Array(16_000 * 121);
    for (let at = 0; at < long.length; at += fine.length) long.set(fine.subarray(0, long.length - at), at);
    await withClip('long.pcm', bytesOf(long));
    expect(await found()).toEqual(['too_long long.pcm -']);
  });

  test('one that may not be read', async () => {
    const path = await withClip('a.pcm', bytesOf(fine));
    await chmod(folder, 0o755);
    await chmod(path, 0o000);
    const report = await withoutRights(() => verified());
    expect(report.findings).toMatchObject([{ kind: 'unreadable', severity: 'error', filename: 'a.pcm' }]);
    expect(report.findings[0]?.message).toContain('permission denied');
  });
});

describe('lines', () => {
  const line = (more: object) =>
    `${JSON.stringify({ filename: 'a.pcm', text: 'Hi', voice: 'slt', ...more })}\n`;
  const withLines = async (...lines: string[]) => {
    await withClip('a.pcm', bytesOf(fine));
    await writeFile(join(folder, 'manifest.jsonl'), lines.join(''));
  };

  test('a missing file, a file without a line, lines that cannot be read', async () => {
    await withLines(line({}), line({ filename: 'gone.pcm' }), 'nonsense\n', '{"filename":"../x.pcm"}\n');
    await withClip('more.wav', wavOf(bytesOf(fine)));
    expect(await found()).toEqual([
      'bad_line manifest.jsonl drop_line',
      'missing gone.pcm drop_line',
      'orphan more.wav adopt',
    ]);
    expect((await verified()).findings[0]?.message).toBe(
      '2 lines (the first is 3) of manifest.jsonl cannot be read: not the JSON of a clip in this folder.',
    );
  });

  test('two lines of one file; the last one counts', async () => {
    await withLines(line({ text: 'Old' }), line({ text: 'New' }));
    expect(await found()).toEqual(['duplicate_name a.pcm drop_line']);
    const voice = { provider: 'offline', name: 'slt' } as const;
    const cache = new ClipCache([folder]);
    expect(await cache.find(utteranceOf('Old', voice))).toBeNull();
    expect(await cache.find(utteranceOf('New', voice))).toBe(join(folder, 'a.pcm'));
  });

  test.each([
    ['its own scheme', { provider: 'offline', hash: 'f'.repeat(64) }, true],
    ['the original tool’s', { hash: '0123456789' }, true],
    ['a scheme that nobody knows', { hash: 'v2:abc' }, false],
    ['64 digits of who knows what', { hash: 'f'.repeat(64) }, false],
    ['a recording’s own', { provider: 'recording', hash: 'f'.repeat(64) }, false],
    ['none', {}, false],
  ])('a hash of %s', async (_, more, wrong) => {
    await withLines(line(more));
    expect(await found()).toEqual(wrong ? ['wrong_hash a.pcm drop_line'] : []);
  });

  test('names that are one on other systems', async ({ skip }) => {
    await withClip('A.pcm', bytesOf(fine));
    await withClip('a.PCM', bytesOf(fine));
    if ((await readdir(folder)).length === 1) skip('here they are one');
    expect(await found()).toEqual(['duplicate_name a.PCM -']);
  });

  test('a manifest that may not be read', async () => {
    await withLines(line({}));
    await chmod(folder, 0o755);
    await chmod(join(folder, 'manifest.jsonl'), 0o000);
    const report = await withoutRights(() => verified());
    expect(report.findings).toMatchObject([{ kind: 'unreadable', filename: 'manifest.jsonl' }]);
    const why = 'permission denied; give yourself access to it';
    expect(report.findings[0]?.message).toBe(`manifest.jsonl cannot be read: ${why}.`);
    const own = await withoutRights(() => verified({ expectManifest: true }));
    expect(own.findings.map(({ kind }) => kind)).toEqual(['unreadable']);
  });

  test('what is no clip cannot be taken into the manifest', async () => {
    await withLines(line({}));
    await mkdir(join(folder, 'folder.pcm'));
    expect(await found()).toEqual(['orphan folder.pcm -', 'unreadable folder.pcm -']);
  });
});

describe('folders that cannot be verified', () => {
  test('one that is not there, a file, one that may not be read', async () => {
    const missing = await verifyFolder(join(folder, 'no'), { shelf });
    expect(!missing.ok && missing.error).toMatchObject({ kind: 'not_found', code: 'folder_missing' });
    const file = await verifyFolder(await withClip('a.pcm', bytesOf(fine)), { shelf });
    expect(!file.ok && file.error).toMatchObject({ kind: 'invalid_input', code: 'not_a_folder' });
    await chmod(folder, 0o700);
    const closed = await withoutRights(async () => {
      if (process.geteuid?.() !== 65_534) await chmod(folder, 0o000);
      return await verifyFolder(folder, { shelf });
    });
    await chmod(folder, 0o700);
    expect(!closed.ok && closed.error).toMatchObject({ kind: 'unavailable', code: 'folder_unreadable' });
    expect(shelf.knows(folder)).toBe(false);
  });
});

test('files that change while they are looked at are measured as they are then', async () => {
  const path = await withClip('a.pcm', bytesOf(fine));
  await verified();
  const handle = await open(path, 'a');
  await handle.appendFile(bytesOf(fine));
  await handle.close();
  await utimes(path, new Date(), new Date());
  expect((await verified()).durationMs).toBe(fine.length / 8);
});
