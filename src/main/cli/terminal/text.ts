import { stripVTControlCharacters } from 'node:util';

const joining = /\p{Mark}|\u200d|\ufe0f|\u200b/u;
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

function characterWidth(character: string): number {
  if (joining.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** Columns a text takes in a terminal; colour takes none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) width += characterWidth(character);
  return width;
}

/** Text from elsewhere (a server's message, a file's name) on one line and without anything a terminal would obey. */
export function printable(text: string): string {
  return (
    stripVTControlCharacters(text)
      .replace(/\s*[\r\n\t]+\s*/g, ' ')
      // eslint-disable-next-line no-control-regex -- control characters are what is being removed
      .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
  );
}

/** The text cut to a width, with an ellipsis where it was cut. Keeps colour codes of what stays. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 0) return '';
  let out = '';
  let used = 0;
  let coloured = false;
  // eslint-disable-next-line no-control-regex -- splits at colour codes
  for (const part of text.split(/(\u001b\[[0-9;]*m)/)) {
    if (part.startsWith('\u001b')) {
      coloured = true;
      out += part;
      continue;
    }
    for (const character of part) {
      const next = characterWidth(character);
      if (used + next > width - 1) return `${out}…${coloured ? '\u001b[0m' : ''}`;
      used += next;
      out += character;
    }
  }
  return out;
}

/** Fills up to a width with blanks. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? text + blanks : blanks + text;
}

/** `2026-11-21 10:00`, in this machine's time zone. */
export function localTime(iso: string): string {
  const date = new Date(iso);
  const two = (n: number) => String(n).padStart(2, '0');
  if (Number.isNaN(date.getTime())) return iso;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
