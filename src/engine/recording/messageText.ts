/** What a message says, short enough to be kept. */

const usualCharacters = 4000;
/** Of a long message only its beginning is looked at. */
const mostBytes = 64 * 1024;
/** A run of characters of base64 (or of a token) that is no word of any language. */
const encoded = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{100,}={0,2}/g;
const half = /[\uD800-\uDBFF]$/;
const cutCharacter = /\uFFFD$/;

/** The text of a message without what it carries in base64, cut at `mostCharacters`. */
export function messageText(bytes: Buffer, mostCharacters = usualCharacters): string {
  const cut = bytes.length > mostBytes;
  const whole = bytes.toString('utf8', 0, Math.min(bytes.length, mostBytes));
  const text = (cut ? whole.replace(cutCharacter, '') : whole).replace(
    encoded,
    (run) => `(${run.length} characters)`,
  );
  if (text.length <= mostCharacters && !cut) return text;
  return `${text.slice(0, mostCharacters - 1).replace(half, '')}…`;
}
