import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { utteranceOf } from './address.ts';
import { ClipCache } from './cache.ts';
import { readClip } from './clips.ts';
import { readManifest } from './manifest.ts';
import { mendFolder, mendingsOf, type Mending } from './mend.ts';
import { measureSpeech } from './meter.ts';
import { ClipShelf } from './shelf.ts';
import { finishSpeech } from './speech.ts';
import { bytesOf, tone, wavOf } from './testing/clips.ts';
import { writeOriginalCache } from './testing/originalCache.ts';
import { withoutRights } from './testing/permissions.ts';
import { verifyFolder } from './verify.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosstalk-mend-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const fine = finishSpeech(tone(600)) ?? new Int16Array();

async function put(name: string, content: Uint8Array | string): Promise<void> {
  await writeFile(join(folder, name), content);
}
async function mended(...mendings: Mending[]): Promise<void> {
  const result = await mendFolder(folder, mendings);
  if (!result.ok) throw new Error(result.error.message);
}
async function findings() {
  const shelf = new ClipShelf({ workspace: folder, folders: [] });
  const report = await verifyFolder(folder, { shelf });
  if (!report.ok) throw new Error(report.error.message);
  return report.value.findings;
}
async function samplesOf(name: string): Promise<Int16Array> {
  const read = await readClip(join(folder, name));
  if (!read.ok) throw new Error(read.error.message);
  return read.value;
}
const line = (more: object) =>
  `${JSON.stringify({ filename: 'a.pcm', text: 'Hi', voice: 'slt', ...more })}\n`;

describe('clips', () => {
  test('too loud and with silence around it, both put right; the line follows, the rest of it stays', async () => {
    await put('a.pcm', bytesOf(tone(500, { silenceMs: 900, level: 0.9 })));
    await put('manifest.jsonl', line({ durationSeconds: 2.3, label: 'mine' }) + line({ filename: 'b.pcm' }));
    await mended({ filename: 'a.pcm', mend: 'normalise' }, { filename: 'a.pcm', mend: 'trim' });
    const figures = measureSpeech(await samplesOf('a.pcm'));
    expect(figures).toMatchObject({ leadingMs: 100 });
    expect(figures?.level).toBeCloseTo(-20, 1);
    expect(figures?.trailingMs).toBeLessThan(121);
    const [own, other] = (await readFile(join(folder, 'manifest.jsonl'), 'utf8')).split('\n');
    expect(JSON.parse(own ?? '')).toMatchObject({ durationSeconds: 0.7, label: 'mine' });
    expect(`${other ?? ''}\n`).toBe(line({ filename: 'b.pcm' }));
    expect((await findings()).map((finding) => finding.kind)).toEqual(['missing']);
  });

  test('a WAV stays a WAV', async () => {
    await put('a.wav', wavOf(bytesOf(tone(500, { level: 0.02 })), { extraChunk: true }));
    await mended({ filename: 'a.wav', mend: 'normalise' });
    expect((await readFile(join(folder, 'a.wav'))).toString('latin1', 0, 4)).toBe('RIFF');
    expect(measureSpeech(await samplesOf('a.wav'))?.level).toBeCloseTo(-20, 1);
  });

  test.each([
    ['a.pcm', (bytes: Uint8Array) => Buffer.concat([bytes, Uint8Array.of(7)])],
    ['a.wav', (bytes: Uint8Array) => wavOf(Buffer.concat([bytes, Uint8Array.of(7)]))],
  ])('an odd byte at the end of %s is cut off', async (name, odd) => {
    await put(name, odd(bytesOf(fine)));
    expect(await findings()).toMatchObject([{ kind: 'odd_length', mend: 'cut_odd_byte' }]);
    await mended({ filename: name, mend: 'cut_odd_byte' });
    expect(await samplesOf(name)).toEqual(fine);
    expect(await findings()).toEqual([]);
  });

  test('what has nothing to mend, cannot be read or is not there stays as it is', async () => {
    await put('a.pcm', bytesOf(fine));
    await put('broken.wav', 'hello');
    const mendings: Mending[] = ['a.pcm', 'broken.wav', 'gone.pcm'].map((filename) => ({
      filename,
      mend: 'cut_odd_byte',
    }));
    await mended(
      ...mendings,
      { filename: 'broken.wav', mend: 'adopt' },
      { filename: 'gone.pcm', mend: 'trim' },
    );
    expect(await readFile(join(folder, 'broken.wav'), 'utf8')).toBe('hello');
    expect(new Uint8Array(await readFile(join(folder, 'a.pcm')))).toEqual(bytesOf(fine));
    expect(await readdir(folder)).toEqual(['a.pcm', 'broken.wav']);
  });

  test('all of a large folder', { timeout: 30_000 }, async () => {
    const names = Array.from({ length: 40 }, (_, i) => `clip_${i}.pcm`);
    for (const name of names) await put(name, bytesOf(tone(100, { level: 0.9 })));
    await put('manifest.jsonl', names.map((filename) => line({ filename })).join(''));
    await mended(...names.map((filename): Mending => ({ filename, mend: 'normalise' })));
    expect(await findings()).toEqual([]);
    expect((await readManifest(folder)).map((one) => one.duration_seconds)).toEqual(names.map(() => 0.1));
    expect((await readdir(folder)).length).toBe(41);
  });
});

describe('lines', () => {
  test('unreadable ones, those of missing files, older ones and wrong ones are dropped when asked', async () => {
    await put('a.pcm', bytesOf(fine));
    await put('c.pcm', bytesOf(fine));
    await put(
      'manifest.jsonl',
      [
        'nonsense\n',
        line({ text: 'Old' }),
        line({ filename: 'gone.pcm' }),
        line({ text: 'New', extra: 1 }),
        line({ filename: 'c.pcm', hash: '0'.repeat(10) }),
        line({ filename: 'kept.pcm' }),
      ].join(''),
    );
    const drop = (filename: string): Mending => ({ filename, mend: 'drop_line' });
    await mended(drop('manifest.jsonl'), drop('a.pcm'), drop('gone.pcm'), drop('c.pcm'));
    expect(await readFile(join(folder, 'manifest.jsonl'), 'utf8')).toBe(
      line({ text: 'New', extra: 1 }) + line({ filename: 'kept.pcm' }),
    );
    expect((await readdir(folder)).sort()).toEqual(['a.pcm', 'c.pcm', 'manifest.jsonl']);
  });

  test('a line that is right is not dropped', async () => {
    await put('a.pcm', bytesOf(fine));
    await put('manifest.jsonl', line({}));
    await mended({ filename: 'a.pcm', mend: 'drop_line' });
    expect(await readManifest(folder)).toHaveLength(1);
  });

  test('an orphan gets its line from its sidecar, else from its name', async () => {
    const turns = [{ scenario: 'a_b', turn: 1, turns: 2, text: 'Words' }];
    const [name = ''] = await writeOriginalCache(folder, turns, { manifest: false });
    await put('quick_question_turn_2_of_3_abcdef.wav', wavOf(bytesOf(fine)));
    await mended(
      { filename: name, mend: 'adopt' },
      { filename: 'quick_question_turn_2_of_3_abcdef.wav', mend: 'adopt' },
    );
    expect(await readManifest(folder)).toMatchObject([
      { filename: name, text: 'Words', style: 'chat', scenario: 'a_b', turn_index: 1, duration_seconds: 0.5 },
      { text: '', scenario: 'quick_question', turn_index: 2, turn_count: 3, sample_rate: 16_000 },
    ]);
    expect(await findings()).toEqual([]);
    const jenny = { provider: 'azure', name: 'en-US-JennyMultilingualNeural', style: 'chat' } as const;
    expect(await new ClipCache([folder]).find(utteranceOf('Words', jenny))).toBe(join(folder, name));
  });
});

describe('what is refused', () => {
  test.each([
    ['a.pcm', 'polish'],
    ['../a.pcm', 'trim'],
    ['a.txt', 'trim'],
    ['/etc/x.pcm', 'adopt'],
    ['', 'trim'],
  ])('%j %s', (filename, mend) => {
    const asked = mendingsOf([{ filename, mend }]);
    expect(!asked.ok && asked.error).toMatchObject({ kind: 'invalid_input', code: 'unknown_mend' });
  });

  test('a folder that may not be written: a sentence, and nothing is changed', async () => {
    const before = bytesOf(tone(500, { level: 0.9 }));
    await put('a.pcm', before);
    await put('manifest.jsonl', line({}) + line({ filename: 'gone.pcm' }));
    await chmod(folder, 0o555);
    const refused = await withoutRights(() =>
      mendFolder(folder, [
        { filename: 'a.pcm', mend: 'normalise' },
        { filename: 'gone.pcm', mend: 'drop_line' },
      ]),
    );
    await chmod(folder, 0o755);
    expect(!refused.ok && refused.error).toMatchObject({ kind: 'unavailable', code: 'cache_unwritable' });
    expect(!refused.ok && refused.error.message).toBe(
      `The clips in ${folder} cannot be written: permission denied; allow writing there or choose another folder.`,
    );
    expect(new Uint8Array(await readFile(join(folder, 'a.pcm')))).toEqual(before);
    expect(await readManifest(folder)).toHaveLength(2);
    expect((await readdir(folder)).sort()).toEqual(['a.pcm', 'manifest.jsonl']);
  });

  test('a folder that is not there', async () => {
    const refused = await mendFolder(join(folder, 'no'), [{ filename: 'a.pcm', mend: 'trim' }]);
    expect(!refused.ok && refused.error.message).toContain('is not there any more');
  });
});
