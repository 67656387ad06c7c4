import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../program.ts';
import { speak, testCli } from '../testing.ts';

let folder: string;
let env: Record<string, string>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-audio-'));
  env = { CROSSTALK_HOME: join(folder, 'home') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const scenario = (turns: string[], name = 'greeting') => `version: 1
name: Calls
environment: { url: "ws://127.0.0.1:1/x" }
users:
  - kind: voice
    conversations:
      - name: ${name}
        turns:
${turns.map((turn) => `          - ${turn}\n`).join('')}
load: { users: 1, duration: 1s }
`;
const says = (...words: string[]) => words.map((text) => `say: ${JSON.stringify(text)}`);

const cache = () => join(folder, 'home', 'workspace', 'audio_cache');
const clips = (where = cache()) => readdirSync(where).filter((name) => name.endsWith('.pcm'));

describe('audio generate', () => {
  it('speaks what is missing, under the names of its places, and the second time nothing', async () => {
    const path = file(
      'calls.yaml',
      scenario([
        ...says('Good day', 'And good bye'),
        '{ say: Wait, barge_in: { after: 1s, say: One moment } }',
        'say: Good day',
      ]),
    );
    const first = await speak(['audio', 'generate', path], env);
    expect([first.code, first.out]).toEqual([0, '']);
    expect(first.err).toContain('4/4');
    expect(first.err).toContain('4 clips made in');
    expect(clips().map((name) => name.replace(/_[0-9a-f]+\.pcm$/, ''))).toEqual([
      'greeting_turn_1_of_4',
      'greeting_turn_2_of_4',
      'greeting_turn_3_of_4',
      'one_moment',
    ]);
    const before = clips().map((name) => statSync(join(cache(), name)).mtimeMs);
    const second = await speak(['audio', 'generate', path], env);
    expect(second).toMatchObject({ code: 0, out: '' });
    expect(second.err).toBe('Nothing is missing: 4 clips of 1 conversation are there.\n');
    expect(clips().map((name) => statSync(join(cache(), name)).mtimeMs)).toEqual(before);
  });

  it('takes the words of the original tool', async () => {
    const argv = [
      'audio',
      'generate',
      '--max-turns',
      '2',
      '--scenarios',
      'insurance_inquiry',
      'quick_question',
    ];
    const out = join(folder, 'out');
    const { code, err } = await speak([...argv, '--out', out], env);
    expect(code).toBe(0);
    expect(err).toContain('4 taken over from other folders');
    expect(clips(out).map((name) => name.replace(/_[0-9a-f]{6}\.pcm$/, ''))).toEqual([
      'insurance_inquiry_turn_1_of_2',
      'insurance_inquiry_turn_2_of_2',
      'quick_question_turn_1_of_2',
      'quick_question_turn_2_of_2',
    ]);
  });

  it("takes a conversation's own file, also when it stands among the names", async () => {
    const path = file('c.yaml', 'version: 1\nname: own\nturns:\n  - say: Only here\n');
    const { code, out } = await speak(['audio', 'generate', '--json', '--scenarios', 'own', path], env);
    expect(code).toBe(0);
    const answer = JSON.parse(out) as { made: object[]; ready: number };
    expect(answer).toMatchObject({
      ready: 0,
      cancelled: false,
      made: [{ conversation: 'own', turn: 1, text: 'Only here', voice: 'slt', how: 'spoken' }],
      failed: [],
    });
  });

  it('goes on when one cannot be said, ends with 1 and lists it', async () => {
    const path = file('calls.yaml', scenario(says('One', '...', 'Two')));
    const { code, err } = await speak(['audio', 'generate', path], env);
    expect(code).toBe(1);
    expect(err).toContain('2 clips made in');
    expect(err).toMatch(/Error: 1 clip could not be made: .*cannot say/);
    expect(err).toMatch(/\n {7}greeting 2 of 3 \(slt\) "\.\.\."\n$/);
    expect(clips()).toHaveLength(2);
  });

  it('speaks once more what is there when it must', async () => {
    const path = file('calls.yaml', scenario(says('One')));
    await speak(['audio', 'generate', path], env);
    const [name] = clips();
    writeFileSync(join(cache(), name!), new Uint8Array(320));
    const { code, err } = await speak(['audio', 'generate', path, '--force'], env);
    expect(code).toBe(0);
    expect(err).toContain('1 clip made');
    expect(clips()).toEqual([name]);
    expect(statSync(join(cache(), name!)).size).toBeGreaterThan(320);
  });

  it('speaks with another voice and says that the file does not', async () => {
    const path = file('calls.yaml', scenario(says('One')));
    const { code, out, err } = await speak(['audio', 'generate', path, '--voice', 'rms', '--json'], env);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ made: [{ provider: 'offline', voice: 'rms' }] });
    expect(err).toContain('The files still name their own voices');
  });

  it('keeps what was made when it is cancelled, and goes on from there', async () => {
    const words = Array.from({ length: 24 }, (_, i) => `Sentence number ${i + 1}`);
    const path = file('calls.yaml', scenario(says(...words)));
    const context = testCli(env);
    const ended = runCli(['audio', 'generate', path], context);
    await context.until(/✓ 1\/24/);
    context.interrupts.raise('SIGINT');
    expect(await ended).toBe(130);
    expect(context.said.err).toContain('Cancelled. The same command goes on');
    const kept = clips().length;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(24);
    expect(readdirSync(cache()).filter((name) => name.startsWith('.'))).toEqual([]);
    const { code, err } = await speak(['audio', 'generate', path], env);
    expect(code).toBe(0);
    expect(err).toContain(`${24 - kept} clips made in`);
    expect(clips()).toHaveLength(24);
  });

  it('says once that the folder cannot be written', async () => {
    const out = join(file('in-the-way', ''), 'cache');
    const path = file('calls.yaml', scenario(says('One', 'Two')));
    const { code, err } = await speak(['audio', 'generate', path, '--out', out], env);
    expect(code).toBe(1);
    expect(err.match(/Error:/g)).toHaveLength(1);
    expect(err).toContain('2 clips could not be made');
  });

  it.each([
    [['--scenarios', 'nobody'], 'No conversation is called "nobody"; there are insurance_inquiry'],
    [['--provider', 'offline', '--voice', 'en-US-AriaNeural'], 'it has slt, rms, awb, kal16'],
    [['nowhere.yaml'], 'There is no scenario file nowhere.yaml'],
  ])('%j is one sentence and code 2', async (argv, words) => {
    const { code, out, err } = await speak(['audio', 'generate', ...argv], env);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(words);
  });

  it('names what is wrong with a file by line', async () => {
    const path = file('c.yaml', 'version: 1\nname: own\nturns:\n  - sayy: Only here\n');
    const { code, err } = await speak(['audio', 'generate', path], env);
    expect(code).toBe(2);
    expect(err).toMatch(/c\.yaml:4:\d+: /);
  });

  it('without a file passes over those that are wrong', async () => {
    const library = join(folder, 'home', 'workspace', 'conversations');
    mkdirSync(library, { recursive: true });
    writeFileSync(join(library, 'broken.yaml'), 'turns: [');
    writeFileSync(join(library, 'mine.yaml'), 'version: 1\nname: mine\nturns:\n  - say: Only mine\n');
    const { code, err } = await speak(['audio', 'generate', '--scenarios', 'mine'], env);
    expect(code).toBe(0);
    expect(err).toMatch(/Note: Passed over: .*broken\.yaml/);
    expect(err).toContain('1 clip made');
  });
});
