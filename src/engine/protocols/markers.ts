import type { IncomingMessage, MarkerWords } from './adapter.ts';

/** Letters and digits make words; `assistant_final` holds the word `final`, `sender` does not hold `end`. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
}

/** Classes an operator's marker words may not overrule: they carry a meaning of their own. */
const fixed: ReadonlySet<string> = new Set([
  'audio',
  'stop',
  'user_transcript',
  'tool_start',
  'tool_end',
  'session_end',
  'error',
]);

/**
 * Applies the scenario's extra marker words, matched as whole words on a decoded message's kind and text only,
 * never on raw JSON or base64 (where "end" would match the key "sender" and, by chance, a fortieth of all audio frames).
 */
export function createMarkers(markers: MarkerWords): (message: IncomingMessage) => IncomingMessage {
  const end = new Set(markers.end.map((w) => w.trim().toLowerCase()));
  const response = new Set(markers.response.map((w) => w.trim().toLowerCase()));
  if (end.size === 0 && response.size === 0) return (message) => message;
  return (message) => {
    if (fixed.has(message.class)) return message;
    const words = wordsOf(`${message.kind} ${message.text ?? ''}`);
    if (words.some((w) => end.has(w))) return { ...message, class: 'response_end', ended: 'completed' };
    if (words.some((w) => response.has(w))) return { ...message, class: 'response_start' };
    return message;
  };
}
