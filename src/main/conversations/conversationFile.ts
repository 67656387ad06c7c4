import { readFile, stat } from 'node:fs/promises';
import { fail, ok, type Result } from '#contract/errors';
import { diskRefused } from './diskErrors.ts';

/** A thousand turns of the longest text have less. */
export const largestFileBytes = 32 * 1024 * 1024;

function unreadable(message: string): Result<never> {
  return fail('invalid_input', 'conversation_unreadable', message);
}

/** What an id that leads nowhere comes to. */
export function unknownConversation(): Result<never> {
  return fail(
    'not_found',
    'unknown_conversation',
    'This conversation is not there any more; it may have been removed or renamed on disk.',
  );
}

/** The text of a conversation's file. `name` stands in messages. Errors: `unknown_conversation`, `conversation_unreadable`, `disk_refused`. */
export async function readConversationText(path: string, name: string): Promise<Result<string>> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return unreadable(`${name} is not a file; move it away.`);
    if (found.size > largestFileBytes)
      return unreadable(
        `${name} has more than ${largestFileBytes / 2 ** 20} MB, which is no conversation; move it away.`,
      );
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)));
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return unknownConversation();
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      return unreadable(`${name} is not text in UTF-8; save it as UTF-8.`);
    return diskRefused(`${name} cannot be read`, thrown);
  }
}
