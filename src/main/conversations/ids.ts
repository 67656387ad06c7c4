/** Ids of conversations: opaque to a screen, and never more than a name in the library's folder or a place in a listed scenario. */
import { createHash } from 'node:crypto';
import { isPlainName } from '../audio/names.ts';

export type ConversationPlace =
  | { origin: 'library'; filename: string }
  /** `scenario` and `conversation` are digests: they can be looked for among what is listed, and lead nowhere else. */
  | { origin: 'scenario'; scenario: string; user: number; conversation: string };

const digestLength = 16;

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digestLength);
}

/** What a save is compared with: the whole text of a file. */
export function revisionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Whether a file of the library's folder is a conversation, by its name. */
export function isConversationName(name: string): boolean {
  return isPlainName(name) && /^[^.].*\.ya?ml$/i.test(name);
}

export function libraryId(filename: string): string {
  return `file-${Buffer.from(filename).toString('base64url')}`;
}

/** `nth`: tells conversations of one name apart, which a scenario that cannot run may have. */
export function scenarioId(path: string, user: number, name: string, nth: number): string {
  return `scenario-${digest(path)}-${user}-${digest(`${name}\n${nth}`)}`;
}

/** What an id stands for; null for anything that is none. */
export function placeOfId(id: string): ConversationPlace | null {
  const file = /^file-([\w-]+)$/.exec(id)?.[1];
  if (file !== undefined) {
    const filename = Buffer.from(file, 'base64url').toString('utf8');
    return isConversationName(filename) && libraryId(filename) === id
      ? { origin: 'library', filename }
      : null;
  }
  const [, scenario, user, conversation] =
    /^scenario-([0-9a-f]{16})-(\d{1,6})-([0-9a-f]{16})$/.exec(id) ?? [];
  if (scenario === undefined || user === undefined || conversation === undefined) return null;
  return { origin: 'scenario', scenario, user: Number(user), conversation };
}
