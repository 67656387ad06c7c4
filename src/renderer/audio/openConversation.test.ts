import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConversationDocument } from '#contract/api/conversations';
import type { ConversationDraft } from '#contract/audio/conversation';
import { fail, ok, type Result } from '#contract/errors';
import { emptyDraft } from './draft.ts';

type Answer<T> = Promise<Result<T>>;

const fake = vi.hoisted(() => ({
  conversations: {
    get: vi.fn<(input: { id: string }) => Answer<ConversationDocument>>(),
    save: vi.fn<(input: { draft: ConversationDraft; overwrite: boolean }) => Answer<ConversationDocument>>(),
  },
  clips: { ofConversation: vi.fn<(input: { draft: ConversationDraft }) => Answer<{ turns: unknown[] }>>() },
}));
vi.mock('../api/index.ts', () => ({ api: fake }));
const { OpenConversation } = await import('./openConversation.svelte.ts');
const { messages } = await import('../frame/messages.svelte.ts');

const kept = { ...emptyDraft('kept'), turns: [{ ...emptyDraft('').turns[0]!, key: 'stored', say: 'Hello' }] };

function document(draft: ConversationDraft, revision: string, origin: 'library' | 'scenario' = 'library') {
  const entry = {
    id: 'file-1',
    name: draft.name,
    origin,
    scenario: null,
    bundled: false,
    path: '/a.yaml',
    turns: draft.turns.length,
    problem: null,
  };
  return { entry, revision, draft };
}

beforeEach(() => {
  fake.conversations.get.mockResolvedValue(ok(document(kept, 'r1')));
  fake.conversations.save.mockImplementation(({ draft }) => Promise.resolve(ok(document(draft, 'r2'))));
  fake.clips.ofConversation.mockResolvedValue(ok({ turns: [] }));
});

async function opened() {
  const conversation = new OpenConversation({ id: 'file-1' });
  await conversation.load();
  return conversation;
}

describe('an open conversation', () => {
  it('has something to save as long as it differs from its file', async () => {
    const conversation = await opened();
    expect(conversation.dirty).toBe(false);
    conversation.changeTurn('stored', { say: 'Hello!' }, 'say');
    expect(conversation.dirty).toBe(true);
    conversation.undo();
    expect(conversation.dirty).toBe(false);
    conversation.redo();
    expect(await conversation.save()).toBe(true);
    expect(conversation.dirty).toBe(false);
    expect(fake.conversations.save).toHaveBeenLastCalledWith(
      expect.objectContaining({ id: 'file-1', revision: 'r1', overwrite: false }),
    );
  });

  it('keeps the rows it shows when the file gives them other keys', async () => {
    fake.conversations.save.mockImplementation(({ draft }) =>
      Promise.resolve(
        ok(
          document(
            { ...draft, name: 'tidied', turns: draft.turns.map((t) => ({ ...t, key: 'other' })) },
            'r2',
          ),
        ),
      ),
    );
    const conversation = await opened();
    conversation.changeTurn('stored', { say: 'Bye' });
    await conversation.save();
    expect(conversation.draft?.name).toBe('tidied');
    expect(conversation.draft?.turns[0]?.key).toBe('stored');
  });

  it('keeps what is written while it is being saved', async () => {
    const conversation = await opened();
    conversation.changeTurn('stored', { say: 'first' });
    const saving = conversation.save();
    conversation.changeTurn('stored', { say: 'second' });
    await saving;
    expect(conversation.draft?.turns[0]?.say).toBe('second');
    expect(conversation.dirty).toBe(true);
  });

  it('asks when its file was changed, and overwrites only when told to', async () => {
    fake.conversations.save.mockResolvedValueOnce(fail('conflict', 'changed_on_disk', 'a.yaml was changed'));
    const conversation = await opened();
    conversation.changeTurn('stored', { say: 'mine' });
    expect(await conversation.save()).toBe(false);
    expect(conversation.conflict?.code).toBe('changed_on_disk');
    expect(conversation.draft?.turns[0]?.say).toBe('mine');
    expect(await conversation.save(true)).toBe(true);
    expect(fake.conversations.save).toHaveBeenLastCalledWith(expect.objectContaining({ overwrite: true }));
    expect(conversation.conflict).toBeNull();
  });

  it('follows its file only while nothing was written', async () => {
    const conversation = await opened();
    fake.conversations.get.mockResolvedValue(ok(document({ ...kept, name: 'renamed elsewhere' }, 'r9')));
    conversation.changeTurn('stored', { say: 'mine' });
    await conversation.follow();
    expect(conversation.draft?.name).toBe('kept');
    conversation.undo();
    await conversation.follow();
    expect(conversation.draft?.name).toBe('renamed elsewhere');
    expect(conversation.canUndo).toBe(false);
  });

  it('stays on screen when its file is gone', async () => {
    const conversation = await opened();
    conversation.changeTurn('stored', { say: 'mine' });
    fake.conversations.get.mockResolvedValue(fail('not_found', 'unknown_conversation', 'There is none.'));
    await conversation.load();
    expect(conversation.error).toBeNull();
    expect(conversation.draft?.turns[0]?.say).toBe('mine');
    expect(messages.list.some((message) => message.text === 'There is none.')).toBe(true);
  });

  it('does not change what belongs to a scenario', async () => {
    fake.conversations.get.mockResolvedValue(ok(document(kept, 'r1', 'scenario')));
    const conversation = await opened();
    conversation.changeTurn('stored', { say: 'mine' });
    expect(conversation.readOnly).toBe(true);
    expect(conversation.draft).toEqual(kept);
    expect(await conversation.save()).toBe(false);
    expect(fake.conversations.save).not.toHaveBeenCalled();
  });
});

it('takes only the newest answer about its clips', async () => {
  const conversation = await opened();
  const answers: ((answer: Result<{ turns: unknown[] }>) => void)[] = [];
  fake.clips.ofConversation.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
  const first = conversation.refreshAudio();
  const second = conversation.refreshAudio();
  const clip = (state: string) => ok({ turns: [{ state, clip: null, problem: null, peaks: [] }] });
  answers[1]?.(clip('ready'));
  await second;
  answers[0]?.(clip('missing'));
  await first;
  expect(conversation.audio.byKey.get('stored')?.state).toBe('ready');
});
