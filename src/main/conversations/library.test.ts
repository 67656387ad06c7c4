import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConversationDocument, ConversationEntry } from '#contract/api/conversations';
import type { ConversationDraft } from '#contract/audio/conversation';
import { bundledScenarios } from '../scenarios/library.ts';
import { createLibrary, type Library } from './library.ts';
import { draft, must, refusal, turn } from './testing.ts';

let workspace = '';
let changes = 0;
let library: Library;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'crosstalk-conversations-'));
  changes = 0;
  library = createLibrary({ workspace, onChange: () => changes++ });
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

const add = async (over: Partial<ConversationDraft> = {}) =>
  must(await library.save({ id: null, revision: null, draft: draft(over) }));
const fileOf = (name: string) => join(library.folder, name);
const put = async (name: string, text: string) => {
  await mkdir(library.folder, { recursive: true });
  await writeFile(fileOf(name), text);
};
const own = async () => must(await library.list()).filter((entry) => entry.origin === 'library');

test('a new conversation is a file that says it', async () => {
  const made = await add();
  expect(ConversationDocument.parse({ ...made }).entry).toEqual({
    id: made.entry.id,
    name: 'Card lost',
    origin: 'library',
    scenario: null,
    bundled: false,
    path: fileOf('card-lost.yaml'),
    turns: 2,
    problem: null,
  });
  expect(await readFile(made.entry.path, 'utf8')).toBe(
    [
      'version: 1',
      'name: Card lost',
      'voice: { provider: offline, name: slt }',
      'turns:',
      '  - say: I lost my card',
      '  - clip: ../recordings/thanks.wav',
      '',
    ].join('\n'),
  );
  expect(must(await library.get(made.entry.id))).toMatchObject({
    folder: library.folder,
    revision: made.revision,
  });
  expect(changes).toBe(1);
  expect(await readdir(library.folder)).toEqual(['card-lost.yaml']);
});

test('names make safe files, and no two of them the same', async () => {
  const files: string[] = [];
  for (const name of [
    'Über uns: Größe/Preis?',
    'über uns groesse',
    'CON',
    '漢字',
    '漢字',
    '..',
    'Card lost',
    'card LOST',
  ])
    files.push((await add({ name })).entry.path.slice(library.folder.length + 1));
  expect(files).toEqual([
    'uber-uns-gro-e-preis.yaml',
    'uber-uns-groesse.yaml',
    'con-conversation.yaml',
    'conversation.yaml',
    'conversation-2.yaml',
    'conversation-3.yaml',
    'card-lost.yaml',
    'card-lost-2.yaml',
  ]);
  expect((await own()).map((entry) => entry.name)).toContain('漢字');
});

test('saving keeps the file, its comments and its order; renaming too', async () => {
  await put(
    'mine.yml',
    [
      '# About a lost card.',
      'version: 1',
      'turns: # what is said',
      '  # It begins politely.',
      '  - say: Hello there',
      '    pause_before: 1500ms # a breath',
      '  # The matter itself.',
      '  - barge_in: { after: 0.3s } # in a hurry',
      "    say: 'I lost my card'",
      '',
      '  - clip: ../recordings/thanks.wav',
      'name: Lost card',
      '',
    ].join('\n'),
  );
  const [entry] = await own();
  const opened = must(await library.get(entry?.id ?? ''));
  expect(opened.draft.turns[0]).toMatchObject({ say: 'Hello there', pauseBeforeMs: 1500, kept: {} });
  expect(opened.draft.turns[1]).toMatchObject({
    say: 'I lost my card',
    kept: { barge_in: { after: '0.3s' } },
  });
  const [first, second, third] = opened.draft.turns;
  if (!first || !second || !third) throw new Error('three turns are expected');
  const saved = must(
    await library.save({
      id: opened.entry.id,
      revision: opened.revision,
      draft: {
        ...opened.draft,
        name: 'Stolen card',
        weight: 2,
        turns: [third, { ...second, say: 'My card was stolen' }, turn({ key: 'new', say: 'Quickly' }), first],
      },
    }),
  );
  expect(saved.entry).toMatchObject({ id: opened.entry.id, name: 'Stolen card', turns: 4 });
  expect(saved.draft.turns.map(({ key }) => key)).toEqual([third.key, second.key, 'new', first.key]);
  expect(await readFile(fileOf('mine.yml'), 'utf8')).toBe(
    [
      '# About a lost card.',
      'version: 1',
      'weight: 2',
      'turns:',
      '  # what is said',
      '  # It begins politely.',
      '  - clip: ../recordings/thanks.wav',
      '  # The matter itself.',
      '  - barge_in: { after: 0.3s } # in a hurry',
      "    say: 'My card was stolen'",
      '  - say: Quickly',
      '  - say: Hello there',
      '    pause_before: 1500ms # a breath',
      'name: Stolen card',
      '',
    ].join('\n'),
  );
});

test('what was not changed is not written', async () => {
  const text = 'version:   1\nname: "x"\nturns: [ { say: a }, {say: &b b}, { say: *b } ]\n';
  await put('x.yaml', text);
  const opened = must(await library.get((await own())[0]?.id ?? ''));
  must(await library.save({ id: opened.entry.id, revision: opened.revision, draft: opened.draft }));
  expect(await readFile(fileOf('x.yaml'), 'utf8')).toBe(text);
  expect(changes).toBe(0);
});

test('a file that was changed on disk is not written over unasked', async () => {
  const made = await add();
  await writeFile(made.entry.path, 'version: 1\nname: Theirs\nturns: [{ say: x }]\n');
  const request = { id: made.entry.id, revision: made.revision, draft: draft({ name: 'Ours' }) };
  expect(refusal(await library.save(request))).toMatchObject({ kind: 'conflict', code: 'changed_on_disk' });
  expect(refusal(await library.save({ ...request, revision: null })).code).toBe('changed_on_disk');
  expect(await readFile(made.entry.path, 'utf8')).toContain('Theirs');
  expect(must(await library.save({ ...request, overwrite: true })).entry.name).toBe('Ours');
  await rm(made.entry.path);
  const gone = refusal(await library.save(request));
  expect(gone).toMatchObject({ code: 'changed_on_disk' });
  expect(gone.message).toContain('was removed from disk');
  const back = must(await library.save({ ...request, overwrite: true }));
  expect(back.entry).toMatchObject({ id: made.entry.id, path: made.entry.path });
});

test('a broken file is listed with its place and may be written over', async () => {
  await put('broken.yaml', 'version: 1\nname: x\nturns:\n  - sya: Hello\n');
  const [entry] = await own();
  expect(entry?.name).toBe('broken.yaml');
  expect(entry?.problem).toContain('broken.yaml:4:5: turns[0]: unknown key "sya"; did you mean "say"?');
  expect(refusal(await library.get(entry?.id ?? ''))).toMatchObject({ code: 'invalid_conversation' });
  const saved = must(
    await library.save({ id: entry?.id ?? '', revision: null, draft: draft(), overwrite: true }),
  );
  expect(saved.entry).toMatchObject({ name: 'Card lost', problem: null });
});

test.each([
  ['', 'the file is empty'],
  ['- say: x', 'its top level must be keys and values'],
  ['name: x\nturns: [{ say: x }]', '"version" is missing'],
  ['version: 1\nname: x', 'needs either "turns" or "clips"'],
  ['version: 1\nname: x\nturns: [{ say: "${env:X}" }]', 'is filled in only in'],
  ['version: 1\nname: x\nclips: ./none', 'There is no folder'],
  ['version: 1\nname: x\n\tturns: y', 'a tab cannot indent YAML'],
])('%j is listed as not valid', async (text, why) => {
  await put('a.yaml', text);
  const [entry] = await own();
  expect(ConversationEntry.parse(entry).problem).toContain(why);
  expect(refusal(await library.get(entry?.id ?? '')).message).toContain(why);
});

test('a file that is no text, or too long, is listed as such', async () => {
  await put('bytes.yaml', '');
  await writeFile(fileOf('bytes.yaml'), new Uint8Array([0xff, 0xfe, 0]));
  const many = Array.from({ length: 1001 }, () => '  - say: x').join('\n');
  await put('many.yaml', `version: 1\nname: many\nturns:\n${many}\n`);
  await put('not-yaml.txt', 'x');
  await mkdir(fileOf('folder.yaml'));
  const problems = (await own()).map((entry) => entry.problem);
  expect(problems).toEqual([
    'bytes.yaml is not text in UTF-8; save it as UTF-8.',
    'It has 1001 turns; the studio works with at most 1000, so split it.',
  ]);
});

test.each<[string, Partial<ConversationDraft>, string]>([
  ['no name', { name: '  ' }, 'has no name'],
  ['no turns', { turns: [] }, '"Card lost" has no turns'],
  [
    'an empty turn',
    { turns: [turn({ say: 'x' }), turn({ say: ' ', clip: '' })] },
    'Turn 2 of "Card lost" has neither words nor a clip',
  ],
  [
    'words and a clip',
    { turns: [turn({ say: 'x', clip: 'y.wav' })] },
    'Turn 1 of "Card lost" has both words and a clip',
  ],
  ['too long a text', { turns: [turn({ say: 'x'.repeat(5001) })] }, 'has 5,001 characters; at most 5,000'],
  ['too many turns', { turns: Array.from({ length: 1001 }, () => turn({ say: 'x' })) }, 'has 1,001 turns'],
  [
    'an endless pause',
    { turns: [turn({ say: 'x', pauseBeforeMs: 1e300 })] },
    'pauses for more than 24 hours',
  ],
  [
    'a key that is none',
    { turns: [turn({ say: 'x', kept: { brage_in: {} } })] },
    'unknown key "brage_in"; did you mean "barge_in"?',
  ],
  ['a placeholder', { turns: [turn({ say: '${secret:X}' })] }, 'is filled in only in'],
  ['a name too long', { name: 'x'.repeat(201) }, 'must be at most 200 characters'],
])('a draft with %s is not saved', async (_what, over, message) => {
  const made = await add({ name: 'Before' });
  for (const id of [null, made.entry.id]) {
    const refused = refusal(await library.save({ id, revision: made.revision, draft: draft(over) }));
    expect(refused).toMatchObject({ kind: 'invalid_input' });
    expect(refused.message).toContain(message);
  }
  expect(await readdir(library.folder)).toEqual(['before.yaml']);
  expect(must(await library.get(made.entry.id)).revision).toBe(made.revision);
});

test('5,000 characters and 1,000 turns are not too many', async () => {
  const turns = Array.from({ length: 1000 }, (_, i) => turn({ say: `${'words '.repeat(830)}${i}` }));
  const made = await add({ turns });
  expect(made.entry.turns).toBe(1000);
  expect(must(await library.get(made.entry.id)).draft.turns[999]?.say).toBe(turns[999]?.say);
});

test('ids lead nowhere else', async () => {
  await writeFile(join(workspace, 'outside.yaml'), 'version: 1\nname: x\nturns: [{ say: x }]\n');
  const made = await add();
  const idOf = (name: string) => `file-${Buffer.from(name).toString('base64url')}`;
  expect(idOf('card-lost.yaml')).toBe(made.entry.id);
  for (const id of [
    '',
    'card-lost.yaml',
    made.entry.path,
    idOf('../outside.yaml'),
    idOf('..\\outside.yaml'),
    idOf('/etc/passwd'),
    idOf('.trash/x.yaml'),
    idOf('x\0.yaml'),
    idOf('none.yaml'),
    `${made.entry.id}=`,
    'scenario-0000000000000000-0-0000000000000000',
  ]) {
    expect(refusal(await library.get(id))).toMatchObject({ kind: 'not_found', code: 'unknown_conversation' });
    expect(refusal(await library.duplicate(id)).kind).toBe('not_found');
    expect(refusal(await library.remove(id)).kind).toMatch(
      id.startsWith('scenario') ? 'refused' : 'not_found',
    );
    expect(refusal(await library.restore(id)).kind).toBe('not_found');
  }
  const outside = { id: idOf('../outside.yaml'), revision: null, draft: draft(), overwrite: true };
  expect(refusal(await library.save(outside)).kind).toBe('not_found');
});

test('conversations of scenarios are listed, opened and duplicated, not edited', async () => {
  await mkdir(join(workspace, 'sounds'));
  await writeFile(join(workspace, 'sounds', 'b10.wav'), '');
  await writeFile(join(workspace, 'sounds', 'b9.pcm'), '');
  const text = [
    'version: 1',
    'name: Mine',
    'audio: { cache: ./own }',
    'users:',
    '  - kind: voice',
    '    conversations:',
    '      - name: order',
    '        turns: # as recorded',
    '          - clip: ./recordings/a.wav # the first',
    '            barge_in: { clip: sub/b.wav }',
    '          - clip: /else/c.wav',
    '      - name: folder',
    '        clips: sounds',
    '      - name: wrong',
    '        tunrs: []',
    'load: nonsense',
    '',
  ].join('\n');
  await writeFile(join(workspace, 'mine.yaml'), text);
  const entries = must(await library.list()).map((entry) => ConversationEntry.parse(entry));
  expect(
    entries.filter((entry) => entry.bundled).map((entry) => [entry.name, entry.scenario]),
  ).toContainEqual(['insurance_inquiry', 'Practice run']);
  const mine = entries.filter((entry) => !entry.bundled);
  expect(mine.map(({ name, turns, origin }) => [name, turns, origin])).toEqual([
    ['order', 2, 'scenario'],
    ['folder', 2, 'scenario'],
    ['wrong', 0, 'scenario'],
  ]);
  expect(mine[2]?.problem).toContain('mine.yaml:15:9');
  const [order, folder, wrong] = mine.map((entry) => entry.id);
  if (!order || !folder || !wrong) throw new Error('three are expected');
  const opened = must(await library.get(order));
  expect(opened).toMatchObject({ folder: workspace, cache: join(workspace, 'own') });
  expect(refusal(await library.get(wrong)).code).toBe('invalid_conversation');
  expect(
    refusal(await library.save({ id: order, revision: opened.revision, draft: opened.draft })).code,
  ).toBe('not_in_library');
  expect(refusal(await library.remove(order)).code).toBe('not_in_library');

  const copy = must(await library.duplicate(order));
  expect(copy.entry).toMatchObject({ origin: 'library', name: 'order' });
  expect(await readFile(copy.entry.path, 'utf8')).toBe(
    [
      'version: 1',
      'name: order',
      'turns:',
      '  # as recorded',
      '  - clip: ../recordings/a.wav # the first',
      '    barge_in: { clip: ../sub/b.wav }',
      '  - clip: /else/c.wav',
      '',
    ].join('\n'),
  );
  const ofFolder = must(await library.duplicate(folder));
  expect(ofFolder.draft.turns.map(({ clip, name }) => [clip, name])).toEqual([
    ['../sounds/b9.pcm', 'b9.pcm'],
    ['../sounds/b10.wav', 'b10.wav'],
  ]);
  expect(await readFile(join(workspace, 'mine.yaml'), 'utf8')).toBe(text);
});

test('a bundled conversation is duplicated with its comments', async () => {
  const entries = must(await library.list());
  const bundled = entries.find(
    (entry) => entry.name === 'quick_question' && entry.scenario === 'Practice run',
  );
  const copy = must(await library.duplicate(bundled?.id ?? ''));
  const again = must(await library.duplicate(copy.entry.id));
  expect([copy.entry.name, again.entry.name]).toEqual(['quick_question', 'quick_question 2']);
  expect(await readFile(again.entry.path, 'utf8')).toContain('# In a hurry: the next sentence');
  expect(again.draft.turns.map(({ say }) => say)).toEqual(
    must(await library.get(bundled?.id ?? '')).draft.turns.map(({ say }) => say),
  );
  expect(bundled?.path.startsWith(bundledScenarios())).toBe(true);
});

test('a conversation of a folder of clips keeps saying so until its turns are changed', async () => {
  await mkdir(join(workspace, 'sounds'));
  for (const name of ['2.wav', '10.wav', 'notes.txt']) await writeFile(join(workspace, 'sounds', name), '');
  await put('clips.yaml', 'version: 1\nname: clips\nclips: ../sounds # all of them\n');
  const opened = must(await library.get((await own())[0]?.id ?? ''));
  expect(opened.draft.turns.map(({ clip }) => clip)).toEqual(['../sounds/2.wav', '../sounds/10.wav']);
  const request = { id: opened.entry.id, revision: opened.revision };
  const renamed = must(await library.save({ ...request, draft: { ...opened.draft, name: 'Other' } }));
  expect(await readFile(opened.entry.path, 'utf8')).toBe(
    'version: 1\nname: Other\nclips: ../sounds # all of them\n',
  );
  const turns = opened.draft.turns.slice(0, 1);
  must(await library.save({ ...request, revision: renamed.revision, draft: { ...renamed.draft, turns } }));
  expect(await readFile(opened.entry.path, 'utf8')).toBe(
    'version: 1\nname: Other\nturns:\n  - name: 2.wav\n    clip: ../sounds/2.wav\n',
  );
});

test('what is removed comes back, under another name where its own is taken', async () => {
  const made = await add();
  const { trashed } = must(await library.remove(made.entry.id));
  expect(await own()).toEqual([]);
  expect(await readdir(join(library.folder, '.trash'))).toHaveLength(1);
  const back = must(await library.restore(trashed));
  expect(back.entry).toEqual(made.entry);
  expect(await readdir(join(library.folder, '.trash'))).toEqual([]);
  expect(refusal(await library.restore(trashed)).kind).toBe('not_found');

  const again = must(await library.remove(back.entry.id));
  const other = await add({ turns: [turn({ say: 'other' })] });
  expect(other.entry.path).toBe(made.entry.path);
  expect(must(await library.restore(again.trashed)).entry.path).toBe(fileOf('card-lost-2.yaml'));
  expect(changes).toBe(6);
});

test('a library that cannot be written says so', async () => {
  await writeFile(library.folder, 'a file in the way');
  expect(refusal(await library.save({ id: null, revision: null, draft: draft() }))).toMatchObject({
    kind: 'unavailable',
    code: 'disk_refused',
  });
  expect(refusal(await library.list()).code).toBe('disk_refused');
});

test('saves at once do not lose one another', async () => {
  const made = await Promise.all(Array.from({ length: 8 }, () => add()));
  expect(new Set(made.map((one) => one.entry.id)).size).toBe(8);
  expect(await own()).toHaveLength(8);
});
