import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytesOf, tone, wavOf } from '../../audio/testing/clips.ts';
import { withoutRights } from '../../audio/testing/permissions.ts';
import { speak } from '../testing.ts';

let folder: string;
let env: Record<string, string>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-import-'));
  await chmod(folder, 0o777);
  env = { CROSSTALK_HOME: join(folder, 'home') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bring = (...args: string[]) => speak(['audio', 'import', ...args], env);
const workspace = (...parts: string[]) => join(folder, 'home', 'workspace', ...parts);

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const hello = () => wavOf(bytesOf(tone(500, { level: 0.2, sampleRate: 44_100 })), { sampleRate: 44_100 });

describe('audio import of recordings', () => {
  it('keeps a file and says how a turn uses it', async () => {
    const { code, out, err } = await bring(put('Thanks.wav', hello()), '--text', 'Thank you');
    expect([code, out]).toEqual([0, 'clip: ../recordings/thanks.wav\n']);
    expect(err).toContain('Converted from 44.1 kHz mono.');
    expect(readdirSync(workspace('recordings')).sort()).toEqual(['manifest.jsonl', 'thanks.wav']);
    const json = await bring(join(folder, 'Thanks.wav'), '--json', '--name', 'again');
    expect(JSON.parse(json.out)).toMatchObject([{ clip: '../recordings/again.wav', durationMs: 500 }]);
  });

  it.each([
    ['empty.wav', '', 'is empty'],
    ['words.wav', 'hello hello hello', 'is not a WAV file in spite of its name'],
    ['song.wav', `ID3${'x'.repeat(100)}`, 'is an MP3 file'],
    ['odd.pcm', 'abc', 'has an odd number of bytes (3)'],
    ['words.txt', 'hello', 'is neither a WAV file nor raw samples'],
    ['still.pcm', new Uint8Array(32_000), 'is silent'],
  ])('names the file that was typed when it cannot be used: %s', async (name, content, why) => {
    const path = put(name, content);
    const { code, out, err } = await bring(path);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`Error: ${path} ${why}`);
  });

  it('refuses two gigabytes before it reads them', async () => {
    const path = put('day.wav', hello());
    truncateSync(path, 2 ** 31);
    const { code, err } = await bring(path);
    expect(code).toBe(2);
    expect(err).toContain(`Error: ${path} has 2.0 GB; at most 200 MB can be brought in.`);
  });

  it('says of what may not be read that it may not, and goes on with the rest', async () => {
    const [sound, yaml] = [put('mine.wav', hello()), put('mine.yaml', 'version: 1\n')];
    await bring(put('first.wav', hello()));
    await Promise.all([chmod(sound, 0), chmod(yaml, 0), chmod(workspace('recordings'), 0o777)]);
    await chmod(workspace('recordings', 'manifest.jsonl'), 0o666);
    await Promise.all([chmod(join(folder, 'home'), 0o777), chmod(workspace(), 0o777)]);
    const other = put('other.wav', hello());
    const { code, out, err } = await withoutRights(() => bring(sound, yaml, other));
    expect(err).toContain(`Error: ${sound} cannot be read: permission denied`);
    expect(err).toContain(`Error: ${yaml} cannot be read: permission denied`);
    expect(err).not.toMatch(/unexpected|EACCES/);
    expect([code, out]).toEqual([2, 'clip: ../recordings/other.wav\n']);
  });

  it('names what is not there, and refuses a name for what is no recording', async () => {
    const missing = await bring(join(folder, 'nowhere.wav'));
    expect(missing).toMatchObject({ code: 2 });
    expect(missing.err).toContain(`There is no file or folder ${join(folder, 'nowhere.wav')}.`);
    const inside = await bring(join(put('a.wav', hello()), 'b.wav'));
    expect(inside.err).toContain(`There is no file or folder ${join(folder, 'a.wav', 'b.wav')}.`);
    const named = await bring(folder, '--name', 'x');
    expect(named.code).toBe(2);
    expect(named.err).toContain(`--name and --text are about one recording; ${folder} is a folder.`);
  });
});

describe('audio import of conversations', () => {
  it('finds the clips that a file elsewhere names beside itself', async () => {
    put('calls/hello.wav', hello());
    const yaml = put(
      'calls/calls.yaml',
      'name: calls\nturns:\n  - clip: ./hello.wav\n  - clip: ./gone.wav\n',
    );
    const { code, out, err } = await bring(yaml);
    expect([code, out]).toEqual([0, 'calls\n']);
    expect(err).toContain(join(folder, 'calls', 'gone.wav'));
    expect(err).not.toContain('hello.wav');
    const kept = readFileSync(workspace('conversations', 'calls.yaml'), 'utf8');
    expect(kept).toContain(`clip: ${join(folder, 'calls', 'hello.wav')}`);
  });

  it('does not bring in what is not UTF-8', async () => {
    const path = put('old.yaml', Buffer.from('name: old\nturns:\n  - say: caf\xe9\n', 'latin1'));
    const { code, err } = await bring(path);
    expect(code).toBe(2);
    expect(err).toContain(`${path} is not text in UTF-8; save it as UTF-8.`);
    expect(readdirSync(workspace())).not.toContain('conversations');
  });

  it('names the file, line and column of what is wrong', async () => {
    const path = put('bad.yaml', 'name: bad\nturns:\n  - say: ""\n');
    const { code, err } = await bring(path);
    expect(code).toBe(2);
    expect(err).toContain(`${path}:3:10: turns[0].say: must not be empty`);
  });
});
