import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytesOf, tone } from '../../audio/testing/clips.ts';
import { bundled } from '../../entries.ts';
import { speak } from '../testing.ts';

let folder: string;
let cache: string;
let env: Record<string, string>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-verify-'));
  cache = join(folder, 'cache');
  mkdirSync(cache);
  env = { CROSSTALK_HOME: join(folder, 'home') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const good = 'quick_question_turn_1_of_3_2ee871.pcm';

/** The cache with some of the bundled clips and their lines. */
function withClips(...names: string[]): void {
  const lines = readFileSync(bundled('audio_cache', 'manifest.jsonl'), 'utf8').split('\n');
  for (const name of names) copyFileSync(bundled('audio_cache', name), join(cache, name));
  const kept = lines.filter((line) => names.some((name) => line.includes(name)));
  writeFileSync(join(cache, 'manifest.jsonl'), kept.map((line) => `${line}\n`).join(''));
}

describe('audio verify', () => {
  it('finds nothing wrong with what is in order, also when nothing is there yet', async () => {
    withClips(good);
    const { code, out, err } = await speak(['audio', 'verify', cache], env);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/cache: 1 clip, 2\.\d+ s, 0\.1 MB\n\n✓ Nothing is wrong\.\n$/);
    expect(await speak(['audio', 'verify'], env)).toMatchObject({ code: 0 });
  });

  it('groups what it finds and ends with 1', async () => {
    withClips(good);
    writeFileSync(join(cache, 'silent.pcm'), new Uint8Array(32_000));
    writeFileSync(join(cache, 'mute.pcm'), new Uint8Array(32_000));
    const { code, out } = await speak(['audio', 'verify', cache], env);
    expect(code).toBe(1);
    expect(out).toMatch(/✕ error {4}silent \(2\)\n {4}.*mute\.pcm.*\n {4}.*silent\.pcm/);
    expect(out).toMatch(/! warning {2}files without a line in the manifest \(2\)/);
    expect(out).toMatch(/\n2 errors, 2 warnings\.\n$/);
    const json = await speak(['audio', 'verify', cache, '--json'], env);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ folder: cache, made: 'crosstalk', writable: true });
  });

  it('mends what can be mended, says what it did, and looks again', async () => {
    withClips(good);
    const bytes = readFileSync(join(cache, good));
    // A second of silence more and an odd byte, which hides it at first.
    writeFileSync(join(cache, good), Buffer.concat([bytes, Buffer.alloc(32_001)]));
    writeFileSync(join(cache, 'found.pcm'), bytesOf(tone(1000)));
    const { code, out, err } = await speak(['audio', 'verify', cache, '--mend'], env);
    expect(code).toBe(0);
    expect(err).toContain(`cut the odd byte off 1 clip: ${good}`);
    expect(err).toContain(`trimmed 1 clip: ${good}`);
    expect(err).toContain('took 1 clip into the manifest: found.pcm');
    expect(out).not.toContain('odd number of bytes');
    expect(readFileSync(join(cache, good)).length % 2).toBe(0);
    expect(readdirSync(cache).filter((name) => name.startsWith('.'))).toEqual([]);
    const again = await speak(['audio', 'verify', cache, '--mend', '--json'], env);
    expect(JSON.parse(again.out)).toMatchObject({ mended: [] });
  });

  it('names some of very many that it mended', async () => {
    withClips(good);
    const line = (i: number) => JSON.stringify({ filename: `gone${i}.pcm`, text: 'Hi', voice: 'slt' });
    const lines = Array.from({ length: 500 }, (_, i) => `${line(i)}\n`).join('');
    appendFileSync(join(cache, 'manifest.jsonl'), lines);
    const { code, err } = await speak(['audio', 'verify', cache, '--mend'], env);
    expect(code).toBe(0);
    expect(err).toMatch(/dropped 500 lines of the manifest: gone0\.pcm, .*, and 490 more\n/);
  });

  it('names a folder that is not there', async () => {
    const { code, out, err } = await speak(['audio', 'verify', join(folder, 'nowhere')], env);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('There is no folder');
  });
});

describe('audio list', () => {
  it('shows each clip with its place, length, level, voice and words', async () => {
    withClips(good, 'insurance_inquiry_turn_2_of_5_681ef9.pcm');
    writeFileSync(join(cache, 'other-turn-2-of-4_abc.pcm'), bytesOf(tone(500)));
    const { code, out, err } = await speak(['audio', 'list', cache], env);
    expect([code, err]).toEqual([0, '']);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^file +conversation +turn +seconds +dBFS +voice +text$/);
    expect(lines[1]).toMatch(/insurance_inquiry +2\/5 +2\.86 +-1\d\.\d +slt +I'm calling about/);
    expect(lines[2]).toMatch(/^other-turn-2-of-4_abc\.pcm +other +2\/4 +0\.50 .*–$/);
    const json = await speak(['audio', 'list', cache, '--json'], env);
    expect(JSON.parse(json.out)).toMatchObject([
      { filename: 'insurance_inquiry_turn_2_of_5_681ef9.pcm', turn: 2, turns: 5, provider: 'offline' },
      { filename: 'other-turn-2-of-4_abc.pcm', conversation: 'other', text: null },
      { filename: good, conversation: 'quick_question' },
    ]);
  });

  it('says how to make clips where there are none', async () => {
    const { code, out, err } = await speak(['audio', 'list'], env);
    expect([code, out]).toEqual([0, '']);
    expect(err).toContain('crosstalk audio generate');
    expect(await speak(['audio', 'list', '--json'], env)).toMatchObject({ code: 0, out: '[]\n' });
  });
});
