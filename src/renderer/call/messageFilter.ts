/** Which messages of a call are listed, and where a moment falls among them. */
import type { RecordedMessage } from '#contract/recording';

export interface MessageFilter {
  direction: RecordedMessage['direction'] | null;
  /** What a message is called in the list; null: anything. */
  kind: string | null;
  /** Leaves out stretches of audio. */
  withoutAudio: boolean;
  /** In its kind, class or text; any case. */
  search: string;
}

export const everything: MessageFilter = { direction: null, kind: null, withoutAudio: false, search: '' };

export function isAudio(message: RecordedMessage): boolean {
  return message.audioMs !== null;
}

export function filterMessages(
  messages: readonly RecordedMessage[],
  filter: MessageFilter,
): RecordedMessage[] {
  const wanted = filter.search.trim().toLowerCase();
  return messages.filter(
    (message) =>
      (filter.direction === null || message.direction === filter.direction) &&
      (filter.kind === null || message.kind === filter.kind) &&
      !(filter.withoutAudio && isAudio(message)) &&
      (wanted === '' ||
        [message.kind, message.class ?? '', message.text ?? ''].some((text) =>
          text.toLowerCase().includes(wanted),
        )),
  );
}

/** Index of the last message at or before a stamp; −1 before the first. Messages are in order of time. */
export function indexAt(messages: readonly RecordedMessage[], stamp: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((messages[middle]?.at ?? Infinity) <= stamp) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The text of a message for reading: JSON with its structure shown, anything else as it is. */
export function readableText(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
