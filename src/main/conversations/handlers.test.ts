import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { z } from 'zod';
import { conversationsApi, SavedRecording } from '#contract/api/conversations';
import type { Publish } from '#contract/api/index';
import { testHandlers } from '../../../test/fixtures/handlers.ts';
import { eventually } from '../../../test/fixtures/eventually.ts';
import { createDispatch } from '../api/dispatch.ts';
import { ClipShelf } from '../audio/shelf.ts';
import { bytesOf, tone, wavOf } from '../audio/testing/clips.ts';
import { createConversationHandlers, type ConversationHandlers } from './handlers.ts';
import { createLibrary } from './library.ts';
import { draft, must, refusal, turn } from './testing.ts';

let workspace = '';
let events: string[] = [];
let conversations: ConversationHandlers;
let call: (name: string, input?: unknown) => Promise<unknown>;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'crosstalk-conversation-calls-'));
  events = [];
  const publish: Publish = (domain, name) => events.push(`${domain}.${String(name)}`);
  const shelf = new ClipShelf({ workspace, folders: [] });
  conversations = createConversationHandlers({
    library: createLibrary({ workspace, onChange: () => publish('conversations', 'changed', {}) }),
    publish,
    clipFacts: (path) => shelf.factsOf(path),
  });
  const dispatch = createDispatch(testHandlers({ conversations: conversations.handlers }));
  call = async (name, input) => must(await dispatch(`conversations.${name}`, input));
});
afterEach(async () => {
  await conversations.close();
  await rm(workspace, { recursive: true, force: true });
});

/** Calls as a screen does, and checks the answer as the contract declares it. */
async function ask<
  K extends
    | 'list'
    | 'get'
    | 'save'
    | 'remove'
    | 'restore'
    | 'duplicate'
    | 'importYaml'
    | 'importFolder'
    | 'exportYaml'
    | 'saveAsScenario',
>(name: K, input?: unknown): Promise<z.output<(typeof conversationsApi)[K]['output']>> {
  return conversationsApi[name].output.parse(await call(name, input)) as z.output<
    (typeof conversationsApi)[K]['output']
  >;
}

test('a conversation from its first word to a scenario', async () => {
  const made = await ask('save', {
    id: null,
    revision: null,
    draft: draft({ turns: [turn({ say: 'Hello' })] }),
  });
  expect((await ask('list')).filter((entry) => !entry.bundled)).toEqual([made.entry]);
  expect(await ask('get', { id: made.entry.id })).toEqual({
    ...made,
    draft: { ...made.draft, turns: [{ ...made.draft.turns[0], key: 'turn-1' }] },
  });
  const copy = await ask('duplicate', { id: made.entry.id });
  const { trashed } = await ask('remove', { id: copy.entry.id });
  expect((await ask('restore', { trashed })).entry).toEqual(copy.entry);
  const { text, filename } = await ask('exportYaml', { ids: [made.entry.id, copy.entry.id] });
  expect((await ask('importYaml', { text, filename })).ids).toHaveLength(2);
  const { path } = await ask('saveAsScenario', { ids: [made.entry.id], name: 'From the studio' });
  expect(await readFile(path, 'utf8')).toContain('name: From the studio');
  expect(new Set(events)).toEqual(new Set(['conversations.changed']));
});

test('a recording from the page, and what is known of it', async () => {
  const bytes = wavOf(bytesOf(tone(600, { silenceMs: 400 })));
  const begun = (await call('beginRecording', {
    name: 'Hello.wav',
    bytes: bytes.length,
    format: { kind: 'wav' },
  })) as { upload: string };
  await call('addToRecording', { ...begun, data: Buffer.from(bytes).toString('base64') });
  const saved = SavedRecording.parse(await call('finishRecording', { ...begun, text: 'Hello' }));
  expect(saved).toMatchObject({
    clip: '../recordings/hello.wav',
    facts: {
      filename: 'hello.wav',
      folder: join(workspace, 'recordings'),
      text: 'Hello',
      provider: 'recording',
    },
    notes: [expect.stringContaining('quieter') as string, 'Trimmed 0.6 s of silence.'],
  });
  expect(saved.facts.leadingMs).toBeCloseTo(100, 0);
  expect(events).toContain('clips.changed');
  await call('cancelRecording', begun);
});

test('a change on disk is told to whoever has looked at the list', async () => {
  await ask('list');
  await eventually(async () => {
    await writeFile(join(workspace, 'conversations', 'x.yaml'), `# ${Math.random()}`);
    expect(events).toContain('conversations.changed');
  });
});

test('what a screen sends wrong is refused before anything is done', async () => {
  const dispatch = createDispatch(testHandlers({ conversations: conversations.handlers }));
  const turns = Array.from({ length: 1001 }, () => turn({ say: 'x' }));
  const refused = refusal(
    await dispatch('conversations.save', { id: null, revision: null, draft: draft({ turns }) }),
  );
  expect(refused.detail).toContain('at most 1000 turns');
  const format = { kind: 'decoded', sampleRate: 10, channels: 1 };
  expect(refusal(await dispatch('conversations.beginRecording', { name: 'x', bytes: 1, format })).kind).toBe(
    'invalid_input',
  );
  const relative = { text: 'turns: []', filename: 'x', folder: 'here' };
  expect(refusal(await dispatch('conversations.importYaml', relative)).code).toBe('folder_unreadable');
});
