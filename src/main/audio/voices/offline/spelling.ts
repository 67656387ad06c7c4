/**
 * The offline voice reads ASCII. Typographic marks become their plain form and accents are dropped.
 * Returns the first character it cannot say (another script, an emoji), or the text to speak.
 */
export function spellForOfflineVoice(text: string): { text: string } | { unspeakable: string } {
  const plain = text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[‘’‚‛′]/g, "'")
    .replaceAll(/[“”„‟″«»]/g, '"')
    .replaceAll(/[‐‑‒–—―−]/g, '-')
    .replaceAll('…', '...')
    .replaceAll('ß', 'ss')
    .replaceAll(/[øØ]/g, 'o')
    .replaceAll(/[æÆ]/g, 'ae')
    .replaceAll(/[\s\p{C}]+/gu, ' ')
    .trim();
  const unspeakable = /[^ -~]/u.exec(plain)?.[0];
  return unspeakable === undefined ? { text: plain } : { unspeakable };
}
