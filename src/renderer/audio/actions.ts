/** What can be done with whole conversations, from wherever on screen it was asked for. */
import type { ConversationEntry } from '#contract/api/conversations';
import type { ConversationDraft } from '#contract/audio/conversation';
import { api } from '../api/index.ts';
import { messages } from '../frame/messages.svelte.ts';
import { place } from '../navigation/place.svelte.ts';
import { conversationList } from './conversationList.svelte.ts';
import { generation } from './generation.svelte.ts';
import { openConversations } from './openConversations.svelte.ts';

/** Goes to a conversation; null: to the screen. */
export function goTo(conversation: string | null): void {
  place.go({ screen: 'audio', conversation });
}

/** Begins a new conversation. */
export function createConversation(): void {
  goTo(openConversations.create());
}

/** An editable copy in the library. */
export async function duplicateConversation(id: string): Promise<void> {
  const answer = await api.conversations.duplicate({ id });
  if (!answer.ok) {
    messages.error(answer.error);
    return;
  }
  await conversationList.load();
  goTo(answer.value.entry.id);
}

/** Deletes a conversation; it can be taken back for a while. */
export async function removeConversation(entry: ConversationEntry): Promise<void> {
  const answer = await api.conversations.remove({ id: entry.id });
  if (!answer.ok) {
    messages.error(answer.error);
    return;
  }
  const wasOpen = place.route.screen === 'audio' && place.route.conversation === entry.id;
  const open = openConversations.get(entry.id);
  const unsaved = open?.dirty ? open.draft : null;
  openConversations.close(entry.id);
  if (wasOpen) place.adjust({ screen: 'audio', conversation: null });
  messages.offer(`“${entry.name}” was deleted.`, 'Undo', () => void restore(answer.value.trashed, unsaved));
  await conversationList.load();
}

/** Brings a deleted conversation back, with what was written in it and not saved. */
async function restore(trashed: string, unsaved: ConversationDraft | null): Promise<void> {
  const answer = await api.conversations.restore({ trashed });
  if (!answer.ok) {
    messages.error(answer.error);
    return;
  }
  await conversationList.load();
  if (unsaved !== null) await openConversations.openWith(answer.value.entry.id, unsaved);
  goTo(answer.value.entry.id);
}

/** Gives a conversation of the library another name. One with unsaved changes only has its draft renamed. */
export async function renameConversation(entry: ConversationEntry, name: string): Promise<void> {
  const trimmed = name.trim();
  const open = openConversations.get(entry.id);
  if (trimmed === '' || trimmed === (open?.draft?.name ?? entry.name)) return;
  if (open?.draft) {
    const onlyName = !open.dirty;
    open.change({ ...open.draft, name: trimmed });
    if (onlyName) await saveConversation(entry.id);
    return;
  }
  const read = await api.conversations.get({ id: entry.id });
  const answer = read.ok
    ? await api.conversations.save({
        id: entry.id,
        revision: read.value.revision,
        draft: { ...read.value.draft, name: trimmed },
      })
    : read;
  if (answer.ok) await conversationList.load();
  else messages.error(answer.error);
}

/** Saves what is open at a place; true when it is saved. Its place becomes that of its id. */
export async function saveConversation(at: string, overwrite = false): Promise<boolean> {
  const open = openConversations.get(at);
  if (!open || !(await open.save(overwrite)) || open.id === null) return false;
  const { id } = open;
  openConversations.moved(at, id);
  if (place.route.screen === 'audio' && place.route.conversation === at) {
    place.adjust({ screen: 'audio', conversation: id });
  }
  await conversationList.load();
  return true;
}

/** Has every missing clip of the library spoken. */
export function generateLibrary(): void {
  const library = conversationList.entries.filter((entry) => entry.origin === 'library' && !entry.problem);
  if (library.length === 0) {
    messages.info('The library has no conversations yet. Create or duplicate one first.');
    return;
  }
  void generation.generate({ conversations: library.map((entry) => entry.id) });
}

/** How many came in, as a sentence. */
export function importedWords(count: number): string {
  if (count === 0) return 'No conversation was imported.';
  return count === 1 ? 'One conversation was imported.' : `${count} conversations were imported.`;
}

/** Lists what came in, and goes to the first of it. */
export async function showImported(ids: readonly string[]): Promise<void> {
  await conversationList.load();
  const [first] = ids;
  if (first !== undefined) goTo(first);
}
