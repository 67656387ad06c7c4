import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { practiceScenario } from '../scenarios/library.ts';
import { exportScenario } from './exportScenario.ts';
import { importYaml } from './importYaml.ts';
import { createLibrary, type Library } from './library.ts';
import { must, refusal, turn, draft } from './testing.ts';

let workspace = '';
let library: Library;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'crosstalk-import-yaml-'));
  library = createLibrary({ workspace });
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

const imported = async (text: string, filename = 'x.yaml', folder?: string) =>
  importYaml(library, { text, filename, folder });
const conversation = async (id: string | undefined) => must(await library.get(id ?? ''));

test('the conversations of a scenario, with what they say about their turns and their comments', async () => {
  const text = await readFile(practiceScenario(), 'utf8');
  const { ids, notes } = must(await imported(text, 'practice.yaml'));
  expect(notes).toEqual([]);
  const [inquiry, question] = await Promise.all(ids.map(conversation));
  expect(inquiry?.draft).toMatchObject({ name: 'insurance_inquiry', weight: 2 });
  expect(inquiry?.draft.turns[1]).toMatchObject({
    say: "I'm calling about my auto insurance policy",
    kept: { barge_in: { after: '600ms', probability: 0.5 } },
  });
  expect(question?.entry).toMatchObject({ origin: 'library', turns: 3, problem: null });
  expect(await readFile(inquiry?.entry.path ?? '', 'utf8')).toContain('# Half of the callers do not let');
});

test.each([
  ['a list', '- name: a\n  turns: [{ say: x }]\n- name: b\n  turns: [{ say: y }]\n'],
  [
    'a list under a key',
    'conversations:\n  - name: a\n    turns: [{ say: x }]\n  - name: b\n    turns: [{ say: y }]\n',
  ],
  ['JSON', '[{"name":"a","turns":[{"say":"x"}]},{"name":"b","turns":[{"say":"y"}]}]'],
  [
    'several users entries',
    'users:\n  - conversations: [{ name: a, turns: [{ say: x }] }]\n  - conversations: [{ name: b, turns: [{ say: y }] }]\n',
  ],
])('%s of conversations', async (_what, text) => {
  const { ids } = must(await imported(text));
  const found = await Promise.all(ids.map(conversation));
  expect(found.map((one) => [one.draft.name, one.draft.turns[0]?.say])).toEqual([
    ['a', 'x'],
    ['b', 'y'],
  ]);
});

test('a single conversation, with a version or without; the name gets a number when it is taken', async () => {
  const one = 'name: a\nturns:\n  - say: x # hello\n';
  const first = must(await imported(one));
  const second = must(await imported(`version: 1\n${one}`));
  expect(first.notes).toEqual([]);
  expect(second.notes).toEqual(['There is a conversation "a" already; this one is called "a 2".']);
  const found = await conversation(second.ids[0]);
  expect(await readFile(found.entry.path, 'utf8')).toBe(
    'version: 1\nname: a 2\nturns:\n  - say: x # hello\n',
  );
});

test('what is not valid is left out and explained; the rest is brought in', async () => {
  const text = [
    'users:',
    '  - kind: voice',
    '    conversations:',
    '      - name: good',
    '        turns: [{ say: x }]',
    '      - name: slip',
    '        turns: [{ sya: x }]',
    '      - nmae: other',
    '        turns: [{ say: "${env:WHO}" }]',
    'load: whatever',
    '',
  ].join('\n');
  const { ids, notes } = must(await imported(text, 'mixed.yaml'));
  expect(ids).toHaveLength(1);
  expect(notes).toHaveLength(2);
  expect(notes[0]).toContain(
    '"slip" was left out: mixed.yaml:7:19: users[0].conversations[1].turns[0]: unknown key "sya"; did you mean "say"?',
  );
  expect(notes[1]).toContain('"conversation 3" was left out: mixed.yaml:8:9');
  expect(notes[1]).toContain('did you mean "name"?');
  expect(notes[1]).toContain('is filled in only in');

  const bad = refusal(await imported(text.replace('say: x', 'say: ""'), 'mixed.yaml'));
  expect(bad).toMatchObject({ kind: 'invalid_input', code: 'invalid_conversation' });
  expect(bad.detail?.split('\n').length).toBeGreaterThan(3);
});

test.each([
  [
    '',
    'x.yaml has no conversations: it needs users (a scenario), conversations (a list) or turns (one conversation).',
  ],
  ['just words', 'x.yaml has no conversations'],
  ['converstions: []', 'did you mean "conversations" by "converstions"?'],
  ['conversations: []', 'x.yaml has no conversations'],
  ['users: 7', 'x.yaml has no conversations'],
  ['a: [', 'x.yaml:1:'],
  ['a: 1\na: 2', 'this key stands here twice'],
  ['- 5', 'x.yaml:1:3'],
  ['turns: &a [ *a ]', 'would have no end'],
])('%j is refused', async (text, message) => {
  const refused = refusal(await imported(text));
  expect(refused.kind).toBe('invalid_input');
  expect(refused.message).toContain(message);
  expect(must(await library.list()).filter((entry) => entry.origin === 'library')).toEqual([]);
});

test('relative clips begin where the text came from, and a missing one is named', async () => {
  const folder = join(workspace, 'elsewhere');
  await mkdir(join(folder, 'sounds'), { recursive: true });
  await writeFile(join(folder, 'sounds', 'a.wav'), '');
  const text =
    'conversations:\n  - name: a\n    turns: [{ clip: sounds/a.wav }, { clip: sounds/b.wav }]\n  - { name: b, clips: sounds }\n  - { name: c, clips: none }\n';
  const { ids, notes } = must(await imported(text, 'x.yaml', folder));
  const [a, b] = await Promise.all(ids.map(conversation));
  expect(a?.draft.turns.map(({ clip }) => clip)).toEqual([
    '../elsewhere/sounds/a.wav',
    '../elsewhere/sounds/b.wav',
  ]);
  expect(b?.draft.turns.map(({ clip }) => clip)).toEqual(['../elsewhere/sounds/a.wav']);
  expect(notes).toHaveLength(2);
  expect(notes[0]).toContain(`"a" names a clip that is not there: ${join(folder, 'sounds', 'b.wav')}`);
  expect(notes[1]).toContain(`"c" was left out. There is no folder ${join(folder, 'none')}`);
});

test('what was exported comes back the same', async () => {
  await mkdir(join(workspace, 'recordings'));
  await writeFile(join(workspace, 'recordings', 'thanks.wav'), '');
  const made = must(
    await library.save({
      id: null,
      revision: null,
      draft: draft({
        weight: 2.5,
        turns: [
          turn({
            say: 'One',
            pauseBeforeMs: 1500,
            kept: { barge_in: { after: '200ms', clip: '../recordings/thanks.wav' } },
          }),
          turn({
            clip: '../recordings/thanks.wav',
            name: 'thanks',
            voice: { provider: 'offline', name: 'rms' },
          }),
        ],
      }),
    }),
  );
  const { text } = must(await exportScenario(library, { ids: [made.entry.id] }));
  expect(text).toContain('clip: ./recordings/thanks.wav');
  const { ids, notes } = must(await imported(text));
  expect(notes).toEqual(['There is a conversation "Card lost" already; this one is called "Card lost 2".']);
  expect((await conversation(ids[0])).draft).toEqual({
    ...(await conversation(made.entry.id)).draft,
    name: 'Card lost 2',
  });
});
