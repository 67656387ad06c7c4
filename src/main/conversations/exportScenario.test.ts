import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConversationDraft } from '#contract/audio/conversation';
import { voiceUsersOf } from '#contract/scenario/users';
import { validateScenario, validateScenarioText } from '../scenarios/validate.ts';
import { exportScenario, saveAsScenario } from './exportScenario.ts';
import { createLibrary, type Library } from './library.ts';
import { draft, must, refusal, turn } from './testing.ts';

let workspace = '';
let library: Library;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'crosstalk-export-'));
  library = createLibrary({ workspace });
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

const add = async (over: Partial<ConversationDraft>) =>
  must(await library.save({ id: null, revision: null, draft: draft(over) })).entry.id;
const says = (...words: string[]) => words.map((say) => turn({ say }));
const bundled = async (name: string) =>
  must(await library.list()).find((entry) => entry.name === name && entry.scenario === 'Practice run')?.id ??
  '';

async function readBack(text: string) {
  const checked = await validateScenarioText(join(workspace, 'exported.yaml'), text);
  expect(checked.problems).toEqual([]);
  if (!checked.file) throw new Error('no scenario');
  return checked.file;
}

test('conversations become a scenario that can be run as it is', async () => {
  const ids = [await add({ name: 'one', turns: says('a', 'b', 'c') }), await bundled('quick_question')];
  const { filename, text } = must(await exportScenario(library, { ids }));
  expect(filename).toBe('one-and-quick_question.yaml');
  const file = await readBack(text);
  expect(file).toMatchObject({ name: 'one and quick_question', environment: 'practice' });
  expect(file.load).toMatchObject({ users: 2, duration: 30_000 });
  expect(file.thresholds.map(({ metric }) => metric)).toEqual([
    'ttfa',
    'barge_in',
    'connection_success',
    'turn_success',
  ]);
  expect(voiceUsersOf(file)[0]?.conversations.map((c) => [c.name, c.weight, c.turns?.length])).toEqual([
    ['one', 1, 3],
    ['quick_question', 3, 3],
  ]);
  expect(text).toContain('load: { users: 2, spawn_rate: 1, duration: 30s, graceful_stop: 15s }');
});

test('the number of turns is capped, and an interruption that could never take place is left out with a word', async () => {
  const ids = [await bundled('quick_question'), await add({ name: 'short', turns: says('a') })];
  const { text } = must(await exportScenario(library, { ids, maxTurns: 1 }));
  const file = await readBack(text);
  expect(voiceUsersOf(file)[0]?.conversations.map((c) => c.turns?.length)).toEqual([1, 1]);
  expect(voiceUsersOf(file)[0]?.conversations[0]?.turns?.[0]?.barge_in).toBeUndefined();
  expect(text).toContain('# Its last turn is not interrupted');
  const whole = must(await exportScenario(library, { ids })).text;
  expect(voiceUsersOf(await readBack(whole))[0]?.conversations[0]?.turns?.[0]?.barge_in).toBeDefined();
  expect(whole).not.toContain('is not interrupted');
  const own = [turn({ say: 'a', kept: { barge_in: { say: 'Wait' } } })];
  const kept = must(await exportScenario(library, { ids: [await add({ turns: own })] })).text;
  expect(voiceUsersOf(await readBack(kept))[0]?.conversations[0]?.turns?.[0]?.barge_in?.say).toBe('Wait');
});

test('conversations of one name are told apart, and one that is named twice is there once', async () => {
  const first = await add({ name: 'same', turns: says('a') });
  const ids = [first, await add({ name: 'same', turns: says('b') }), first];
  const file = await readBack(must(await exportScenario(library, { ids })).text);
  expect(voiceUsersOf(file)[0]?.conversations.map((c) => c.name)).toEqual(['same', 'same 2']);
});

test('saving never writes over another scenario', async () => {
  await writeFile(join(workspace, 'my-test.yaml'), 'mine');
  const ids = [await add({ turns: says('a') })];
  const saved = must(await saveAsScenario(library, { ids, name: 'My test!' }));
  expect(saved.path).toBe(join(workspace, 'my-test-2.yaml'));
  expect(await readFile(join(workspace, 'my-test.yaml'), 'utf8')).toBe('mine');
  const checked = must(await validateScenario(saved.path));
  expect(checked).toMatchObject({ problems: [], file: { name: 'My test!' } });
  expect((await readdir(workspace)).sort()).toEqual([
    '.crosstalk',
    'conversations',
    'my-test-2.yaml',
    'my-test.yaml',
  ]);
});

test('what cannot be exported says why', async () => {
  expect(refusal(await exportScenario(library, { ids: ['file-none'] })).code).toBe('unknown_conversation');
  const turns = Array.from({ length: 300 }, (_, i) => turn({ say: `${'word '.repeat(900)}${i}` }));
  const large = [await add({ turns })];
  const refused = refusal(await exportScenario(library, { ids: large }));
  expect(refused.code).toBe('scenario_too_large');
  expect(must(await exportScenario(library, { ids: large, maxTurns: 5 })).text).toContain('word word');
});
