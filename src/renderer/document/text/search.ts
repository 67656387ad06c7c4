/** Words looked for in a text: all of them marked, one of them the present one. */
import { StateEffect, StateField, type Text } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';

export interface Match {
  from: number;
  to: number;
}

/** More are not marked: whoever looks for `e` is not helped by them. */
const most = 2000;

/** Where a word stands in a text, whatever its case. */
export function findAll(doc: Text, word: string): Match[] {
  if (word === '') return [];
  const text = doc.toString().toLowerCase();
  const wanted = word.toLowerCase();
  const found: Match[] = [];
  for (
    let at = text.indexOf(wanted);
    at >= 0 && found.length < most;
    at = text.indexOf(wanted, at + wanted.length)
  ) {
    found.push({ from: at, to: at + wanted.length });
  }
  return found;
}

const plain = Decoration.mark({ class: 'cm-found' });
const present = Decoration.mark({ class: 'cm-found-now' });

export const setMatches = StateEffect.define<{ matches: readonly Match[]; now: number }>();

/** Shows what was found until the text changes. */
export const matchMarks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = transaction.docChanged ? marks.map(transaction.changes) : marks;
    for (const effect of transaction.effects) {
      if (!effect.is(setMatches)) continue;
      const { matches, now } = effect.value;
      next = Decoration.set(matches.map(({ from, to }, i) => (i === now ? present : plain).range(from, to)));
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});
