import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { utteranceOf } from '../audio/address.ts';
import { ClipCache } from '../audio/cache.ts';
import { readClip } from '../audio/clips.ts';
import { readManifest } from '../audio/manifest.ts';
import { bytesOf, tone, wavOf } from '../audio/testing/clips.ts';
import { bundled } from '../entries.ts';
import { importFolder } from './importFolder.ts';
import { createLibrary, type Library } from './library.ts';
import { must, refusal } from './testing.ts';

let home = '';
let workspace = '';
let source = '';
let library: Library;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'crosstalk-import-folder-'));
  workspace = join(home, 'workspace');
  source = join(home, 'their_clips');
  await mkdir(source);
  library = createLibrary({ workspace });
});
afterEach(() => rm(home, { recursive: true, force: true }));

const pcm = (ms: number) => bytesOf(tone(ms));
const put = (name: string, bytes: Uint8Array | string) => writeFile(join(source, name), bytes);
const conversation = async (id: string | undefined) => must(await library.get(id ?? ''));
const jenny = { provider: 'azure' as const, name: 'en-US-JennyMultilingualNeural', style: 'chat' };

/** A line as the original tool writes it, into its manifest and beside the clip. */
async function original(
  filename: string,
  line: Record<string, unknown>,
  audio: Uint8Array | null = pcm(200),
) {
  const meta = {
    filename,
    path: `tests/load/audio_cache/${filename}`,
    voice: 'en-US-JennyMultilingualNeural',
    sample_rate: 16000,
    style: 'chat',
    rate: '+0%',
    duration_seconds: 0.2,
    label: filename.replace(/_[^_]*$/, ''),
    created_at: '2025-08-30T10:00:00.000000Z',
    hash: 'd41d8cd98f',
    ...line,
  };
  if (audio) await put(filename, audio);
  await put(filename.replace(/\.pcm$/, '.json'), JSON.stringify(meta, null, 2));
  return `${JSON.stringify(meta)}\n`;
}

test("the original tool's cache: a conversation a scenario, in its turns' order, its audio found by its words", async () => {
  const lines = [
    await original('quick-question-turn-1-of-1_aaaaaaaaaa.pcm', {
      text: 'Hi there, I have a  quick question',
      scenario: 'quick_question',
      turn_index: 1,
      turn_count: 1,
    }),
    await original(
      'insurance-inquiry-turn-2-of-2_bbbbbbbbbb.pcm',
      { text: 'I have a policy', scenario: 'insurance_inquiry', turn_index: 2, turn_count: 2 },
      pcm(300),
    ),
    await original('insurance-inquiry-turn-10-of-10_cccccccccc.pcm', {
      text: 'Goodbye',
      scenario: 'insurance_inquiry',
      turn_index: 10,
      turn_count: 10,
    }),
    await original('insurance-inquiry-turn-1-of-1_dddddddddd.pcm', {
      text: 'Hello',
      scenario: 'insurance_inquiry',
      turn_index: 1,
      turn_count: 1,
    }),
  ];
  // It adds a line each time it makes a clip anew.
  await put('manifest.jsonl', [...lines, lines[0], '{ broken'].join(''));
  const before = await readdir(source);
  const { ids, notes } = must(await importFolder(library, source));
  expect(notes).toEqual(['1 line of manifest.jsonl cannot be read and was passed over.']);
  expect(await readdir(source)).toEqual(before);
  const [question, insurance] = await Promise.all(ids.map(conversation));
  expect(question?.draft).toMatchObject({ name: 'quick_question', voice: jenny });
  expect(question?.draft.turns.map(({ say, voice }) => [say, voice])).toEqual([
    ['Hi there, I have a quick question', null],
  ]);
  expect(insurance?.draft.turns.map(({ say }) => say)).toEqual(['Hello', 'I have a policy', 'Goodbye']);

  const cache = new ClipCache([join(workspace, 'audio_cache')]);
  for (const turn of insurance?.draft.turns ?? []) {
    const found = await cache.find(utteranceOf(turn.say ?? '', insurance?.draft.voice ?? jenny));
    expect(found).toMatch(/insurance_inquiry_turn_\d_of_3_[0-9a-f]{6}\.pcm$/);
    expect(must(await readClip(found ?? '')).length).toBe(turn.say === 'I have a policy' ? 4800 : 3200);
  }

  const again = must(await importFolder(library, source));
  expect(again.notes).toContain(
    'There is a conversation "quick_question" already; this one is called "quick_question 2".',
  );
  expect(await readManifest(join(workspace, 'audio_cache'))).toHaveLength(4);
});

test('the files beside the clips do when there is no manifest', async () => {
  await original('a-turn-1-of-1_aaaaaaaaaa.pcm', {
    text: 'Hello',
    scenario: 'a',
    turn_index: 1,
    turn_count: 1,
  });
  const { ids, notes } = must(await importFolder(library, source));
  expect(notes).toEqual([]);
  expect((await conversation(ids[0])).draft).toMatchObject({
    name: 'a',
    voice: jenny,
    turns: [{ say: 'Hello' }],
  });
});

test('the bundled clips come in with the offline voice', async () => {
  const { ids, notes } = must(await importFolder(library, bundled('audio_cache')));
  expect(notes).toEqual([]);
  const found = await Promise.all(ids.map(conversation));
  expect(found.map(({ draft }) => [draft.name, draft.voice, draft.turns.length])).toEqual([
    ['insurance_inquiry', { provider: 'offline', name: 'slt' }, 5],
    ['quick_question', { provider: 'offline', name: 'slt' }, 3],
  ]);
});

test('the same words by two voices are two conversations; the odd voice out stays with its turn', async () => {
  const line = (name: string, turn: number, voice: string, scenario = 'both') =>
    original(name, { text: `Turn ${turn}`, voice, scenario, turn_index: turn, turn_count: turn });
  const lines = [
    await line('a1.pcm', 1, 'en-US-GuyNeural'),
    await line('a2.pcm', 2, 'en-US-GuyNeural'),
    await line('b1.pcm', 1, 'en-US-JennyNeural'),
    await line('c1.pcm', 1, 'en-US-GuyNeural', 'mixed'),
    await line('c2.pcm', 2, 'en-US-GuyNeural', 'mixed'),
    await line('c3.pcm', 3, 'rms', 'mixed'),
  ];
  await put('manifest.jsonl', lines.join(''));
  const found = await Promise.all(must(await importFolder(library, source)).ids.map(conversation));
  expect(found.map(({ draft }) => [draft.name, draft.turns.length])).toEqual([
    ['both en-US-GuyNeural', 2],
    ['both en-US-JennyNeural', 1],
    ['mixed', 3],
  ]);
  const mixed = found[2]?.draft;
  expect(mixed?.voice).toMatchObject({ name: 'en-US-GuyNeural' });
  expect(mixed?.turns.map(({ voice }) => voice)).toEqual([null, null, { provider: 'offline', name: 'rms' }]);
});

test('words whose clip is missing, silent or broken are kept and named', async () => {
  const lines = [
    await original('gone.pcm', { text: 'Gone', scenario: 's', turn_index: 1 }, null),
    await original('odd.pcm', { text: 'Odd', scenario: 's', turn_index: 2 }, pcm(100).subarray(1)),
    await original('silent.pcm', { text: 'Silent', scenario: 's', turn_index: 3 }, new Uint8Array(3200)),
    await original('good.pcm', { text: 'Good', scenario: 's', turn_index: 4 }),
  ];
  await put('manifest.jsonl', lines.join(''));
  const { ids, notes } = must(await importFolder(library, source));
  expect((await conversation(ids[0])).draft.turns.map(({ say }) => say)).toEqual([
    'Gone',
    'Odd',
    'Silent',
    'Good',
  ]);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toContain('3 turns have words but no audio yet');
  expect(notes[0]).toContain('odd number of bytes');
  expect(await readManifest(join(workspace, 'audio_cache'))).toHaveLength(1);
});

test('clips without words become recordings, in the order a person would say', async () => {
  await put('10 thanks.wav', wavOf(pcm(300)));
  await put('9 hello.pcm', pcm(200));
  await put('stereo.wav', wavOf(bytesOf(tone(400, { sampleRate: 44_100 })), { sampleRate: 44_100 }));
  await put('song.mp3', 'ID3');
  await put('readme.txt', 'x');
  await put('broken.wav', 'RIFF....WAVE');
  const { ids, notes } = must(await importFolder(library, source));
  const { draft, folder } = await conversation(ids[0]);
  expect(draft.name).toBe('their_clips');
  expect(draft.turns.map(({ clip, name }) => [clip, name])).toEqual([
    ['../recordings/their_clips-9-hello.wav', '9 hello.pcm'],
    ['../recordings/their_clips-10-thanks.wav', '10 thanks.wav'],
    ['../recordings/their_clips-stereo.wav', 'stereo.wav'],
  ]);
  const lengths = await Promise.all(
    draft.turns.map(async ({ clip }) => must(await readClip(join(folder, clip ?? ''))).length),
  );
  expect(lengths).toEqual([3200, 4800, 6400]);
  expect(notes).toHaveLength(2);
  expect(notes[0]).toContain('broken.wav was left out');
  expect(notes[1]).toContain('song.mp3 is neither WAV nor raw PCM');
});

test("files named in the original tool's way are grouped by it, the longest conversation of each", async () => {
  for (const name of [
    'order_turn_1_of_1_aaaaaa.pcm',
    'order_turn_1_of_2_bbbbbb.pcm',
    'order_turn_2_of_2_cccccc.pcm',
    'quick-question-turn-1-of-1_dddddd.pcm',
    'other.pcm',
  ])
    await put(name, pcm(200));
  const found = await Promise.all(must(await importFolder(library, source)).ids.map(conversation));
  expect(found.map(({ draft }) => [draft.name, draft.turns.map(({ name }) => name)])).toEqual([
    ['order', ['order_turn_1_of_2_bbbbbb.pcm', 'order_turn_2_of_2_cccccc.pcm']],
    ['their_clips', ['other.pcm']],
    ['quick_question', ['quick-question-turn-1-of-1_dddddd.pcm']],
  ]);
});

test('two clips of one name stay two; the very same one is not kept twice', async () => {
  await put('hello.wav', wavOf(pcm(200)));
  must(await importFolder(library, source));
  await put('hello.wav', wavOf(pcm(400)));
  const second = must(await importFolder(library, source));
  const third = must(await importFolder(library, source));
  expect((await conversation(second.ids[0])).draft.turns[0]?.clip).toBe(
    '../recordings/their_clips-hello-2.wav',
  );
  expect((await conversation(third.ids[0])).draft.turns[0]?.clip).toBe(
    '../recordings/their_clips-hello-2.wav',
  );
  const files = await readdir(join(workspace, 'recordings'));
  expect(files.sort()).toEqual(['manifest.jsonl', 'their_clips-hello-2.wav', 'their_clips-hello.wav']);
});

test('clips that lie in the workspace already are named where they are', async () => {
  const inside = join(workspace, 'sounds');
  await mkdir(inside, { recursive: true });
  await writeFile(join(inside, 'a.wav'), wavOf(pcm(200)));
  const { ids } = must(await importFolder(library, inside));
  expect((await conversation(ids[0])).draft.turns[0]?.clip).toBe('../sounds/a.wav');
  expect(await readdir(workspace)).not.toContain('recordings');
});

test('a clip that the manifest does not name is left out, with a word', async () => {
  await put('manifest.jsonl', await original('a.pcm', { text: 'A', scenario: 's', turn_index: 1 }));
  await put('b.pcm', pcm(100));
  const { notes } = must(await importFolder(library, source));
  expect(notes[0]).toContain('b.pcm is not in manifest.jsonl and was left out');
});

test('what cannot be imported says what to do', async () => {
  expect(refusal(await importFolder(library, 'relative/path')).message).toContain('name the folder in full');
  expect(refusal(await importFolder(library, join(home, 'none'))).message).toBe(
    `There is no folder ${join(home, 'none')}.`,
  );
  expect(refusal(await importFolder(library, source)).message).toContain('There are no clips');
  await put('a.mp3', 'ID3');
  expect(refusal(await importFolder(library, source)).message).toContain('a.mp3 is neither WAV nor raw PCM');
  await put('b.wav', 'nonsense');
  expect(refusal(await importFolder(library, source))).toMatchObject({
    kind: 'invalid_input',
    code: 'no_clips',
  });
  expect(refusal(await importFolder(library, join(source, 'b.wav'))).message).toContain('is not a folder');
  expect(await readdir(home)).toEqual(['their_clips']);
});

test('a workspace with a file in the way says so', async () => {
  await put('a.wav', wavOf(pcm(200)));
  await mkdir(workspace);
  await writeFile(join(workspace, 'recordings'), 'in the way');
  const refused = refusal(await importFolder(library, source));
  expect(refused).toMatchObject({ kind: 'unavailable', code: 'disk_refused' });
  expect(refused.message).toContain('a file is where a folder should be');
  expect(await readFile(join(workspace, 'recordings'), 'utf8')).toBe('in the way');
});
