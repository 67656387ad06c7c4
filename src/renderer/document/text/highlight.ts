/** YAML told apart by colour: keys, comments, names of anchors. By class, so that the theme says which. */
import { syntaxTree } from '@codemirror/language';
import { type Range, RangeSetBuilder } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';

const classes: Record<string, string> = {
  Comment: 'yaml-comment',
  Key: 'yaml-key',
  Anchor: 'yaml-name',
  Alias: 'yaml-name',
  Tag: 'yaml-name',
  QuotedLiteral: 'yaml-text',
  BlockLiteralContent: 'yaml-text',
};

const marks = new Map(
  Object.entries(classes).map(([name, word]) => [name, Decoration.mark({ class: word })]),
);

function decorate(view: EditorView): DecorationSet {
  const found: Range<Decoration>[] = [];
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(view.state).iterate({
      from,
      to,
      enter(node) {
        const mark = marks.get(node.name);
        if (!mark || node.from === node.to) return true;
        found.push(mark.range(node.from, node.to));
        return false;
      },
    });
  }
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to, value } of found.sort((a, b) => a.from - b.from)) builder.add(from, to, value);
  return builder.finish();
}

export const yamlHighlighting = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = decorate(view);
    }

    update(update: ViewUpdate): void {
      const treeGrew = syntaxTree(update.startState) !== syntaxTree(update.state);
      if (update.docChanged || update.viewportChanged || treeGrew) this.decorations = decorate(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);
