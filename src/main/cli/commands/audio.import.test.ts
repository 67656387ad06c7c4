import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytesOf, tone, wavOf } from '../../audio/testing/clips.ts';
import { bundled } from '../../entries.ts';
import { speak } from '../testing.ts';

let folder: string;
let env: Record<string, string>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-import-'));
  env = { CROSSTALK_HOME: join(folder, 'home') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const library = () => join(folder, 'home', 'workspace', 'conversations');
const recordings = () => join(folder, 'home', 'workspace', 'recordings');

describe('audio import', () => {
  it('brings a WAV of another rate in and prints the line that uses it', async () => {
    const samples = tone(1000, { sampleRate: 44_100, silenceMs: 800 });
    const path = file('thanks.wav', wavOf(bytesOf(samples), { sampleRate: 44_100 }));
    const { code, out, err } = await speak(['audio', 'import', path, '--text', 'Thanks'], env);
    expect(code).toBe(0);
    expect(err).toMatch(/✓ .*thanks\.wav is kept as .*recordings.*, 1\.2\d? s\./);
    expect(err).toContain('44.1 kHz');
    const clip = /^clip: (\S+)\n$/.exec(out)?.[1] ?? '';
    expect(clip).toMatch(/^\.\.\/recordings\/.*\.wav$/);
    expect(existsSync(resolve(library(), clip))).toBe(true);
  });

  it('leaves length and level alone when it is told to', async () => {
    const path = file('raw.pcm', bytesOf(tone(1000, { silenceMs: 800, level: 0.05 })));
    const argv = ['audio', 'import', path, '--name', 'quiet one', '--no-trim', '--no-normalise', '--json'];
    const { code, out } = await speak(argv, env);
    expect(code).toBe(0);
    const [answer] = JSON.parse(out) as { clip: string; durationMs: number; level: number }[];
    expect(answer?.clip).toContain('quiet');
    expect(answer?.durationMs).toBe(2600);
    expect(answer?.level).toBeLessThan(-25);
  });

  it('makes conversations of a YAML file and of a folder of clips', async () => {
    const yaml = file('mine.yaml', 'version: 1\nname: mine\nturns:\n  - say: Hello\n');
    const clips = join(folder, 'clips');
    mkdirSync(clips);
    for (const name of readdirSync(bundled('audio_cache')))
      copyFileSync(bundled('audio_cache', name), join(clips, name));
    const { code, out } = await speak(['audio', 'import', yaml, clips], env);
    expect(code).toBe(0);
    const names = out.trimEnd().split('\n');
    expect(names[0]).toBe('mine');
    expect(names.slice(1).sort()).toEqual(['insurance_inquiry', 'quick_question']);
    expect(readdirSync(library()).filter((name) => name.endsWith('.yaml'))).toHaveLength(3);
  });

  it('goes on with the rest when one is no good', async () => {
    const odd = file('odd.pcm', new Uint8Array(3));
    const good = file('good.wav', wavOf(bytesOf(tone(500))));
    const { code, out, err } = await speak(['audio', 'import', odd, good], env);
    expect(code).not.toBe(0);
    expect(err).toMatch(/^Error: /);
    expect(out).toMatch(/^clip: /);
    expect(readdirSync(recordings()).filter((name) => name.endsWith('.wav'))).toHaveLength(1);
  });

  it.each([
    ['song.mp3', 'import it in the studio'],
    ['notes.txt', 'must be called .pcm or .raw'],
  ])('says what to do with %s', async (name, words) => {
    const { code, out, err } = await speak(['audio', 'import', file(name, 'ID3 something')], env);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(words);
  });

  it('names what is not there', async () => {
    const { code, err } = await speak(['audio', 'import', join(folder, 'nowhere.wav')], env);
    expect(code).toBe(2);
    expect(err).toContain('There is no file or folder');
  });
});
