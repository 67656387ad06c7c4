/** An edit of a YAML text: the smallest change that says the same as the edit of its value. */
import { cut, cutWord, type KeyOrder } from './surgery.ts';
import { styleOf } from './ways.ts';
import { parsedLater, type ParsedText, parseText } from './parse.ts';
import { editPlain, editsBetween, type PlainEdit, sameValue } from './plain.ts';
import { rewrite, writeAnew } from './rebuild.ts';
import { valueAt } from '#contract/scenario/shape';

function reads(text: string | null, wanted: unknown): ParsedText | null {
  if (text === null) return null;
  const parsed = parseText(text);
  return 'document' in parsed && sameValue(parsed.value, wanted) ? parsed : null;
}

function editOnce(parsed: ParsedText, edit: PlainEdit, order: KeyOrder): ParsedText {
  const wanted = editPlain(parsed.value, edit);
  if (sameValue(wanted, parsed.value)) return parsed;
  const word = edit.kind === 'set' ? cutWord(parsed, edit.path, edit.value) : null;
  if (word !== null) return parsedLater(word, wanted);
  const style = styleOf(parsed);
  const found =
    reads(cut(parsed, edit, order), wanted) ??
    reads(rewrite(parsed.text, edit, style, false), wanted) ??
    reads(rewrite(parsed.text, edit, style, true), wanted) ??
    reads(writeAnew(wanted, style, parsed.text), wanted);
  // Nothing in YAML says such a value (a key given twice, say): the text stays as it is.
  return found ?? parsed;
}

/** The text, tree and value after an edit. A value that is set over a map or list changes only what differs in it. */
export function editText(parsed: ParsedText, edit: PlainEdit, order: KeyOrder): ParsedText {
  if (edit.kind !== 'set') return editOnce(parsed, edit, order);
  const edits = editsBetween(valueAt(parsed.value, edit.path), edit.value, edit.path);
  return edits.reduce((at, one) => editOnce(at, one, order), parsed);
}
