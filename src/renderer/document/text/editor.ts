import { defaultKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { Annotation, Compartment, EditorState, Prec } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import type { ScenarioProblem } from '#contract/api/scenarios';
import { changeBetween, toEditor } from './exchange.ts';
import { yamlHighlighting } from './highlight.ts';
import { look } from './look.ts';
import { problemMarks } from './problemMarks.ts';
import { matchMarks } from './search.ts';

/** What the editor asks of whoever owns its text. */
export interface EditorOwner {
  label: string;
  typed: (text: string) => void;
  undo: () => void;
  redo: () => void;
  find: () => void;
}

const fromOutside = Annotation.define<boolean>();

/** A text editor for YAML. History and search belong to its owner; Tab leaves it. */
export class TextEditor {
  readonly view: EditorView;
  #locked = new Compartment();

  /** In a shadow root its styles are constructed, not inline: the page's policy allows no others. */
  constructor(host: HTMLElement, text: string, owner: EditorOwner) {
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
    const does = (act: () => void) => () => {
      act();
      return true;
    };
    this.view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: toEditor(text),
        extensions: [
          Prec.highest(
            keymap.of([
              { key: 'Mod-z', run: does(owner.undo), shift: does(owner.redo), preventDefault: true },
              { key: 'Mod-y', run: does(owner.redo), preventDefault: true },
              { key: 'Mod-f', run: does(owner.find), preventDefault: true },
              // Elsewhere it runs the scenario; here it must not put in a line.
              { key: 'Mod-Enter', run: () => false, stopPropagation: false },
            ]),
          ),
          EditorView.domEventHandlers({
            beforeinput(event) {
              if (event.inputType !== 'historyUndo' && event.inputType !== 'historyRedo') return false;
              event.preventDefault();
              if (event.inputType === 'historyUndo') owner.undo();
              else owner.redo();
              return true;
            },
          }),
          lineNumbers(),
          lintGutter(),
          highlightSpecialChars(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          drawSelection(),
          bracketMatching(),
          indentOnInput(),
          yaml(),
          yamlHighlighting,
          matchMarks,
          keymap.of([...defaultKeymap.filter(({ key }) => key !== 'Mod-Enter'), ...lintKeymap]),
          EditorView.contentAttributes.of({ 'aria-label': owner.label, spellcheck: 'false' }),
          EditorView.updateListener.of((update) => {
            const outside = update.transactions.some((t) => t.annotation(fromOutside));
            if (update.docChanged && !outside) owner.typed(update.state.doc.toString());
          }),
          this.#locked.of([]),
          look,
        ],
      }),
    });
  }

  /** Shows the document's text; the caret goes to what changed. */
  show(text: string): void {
    const change = changeBetween(this.view.state.doc.toString(), toEditor(text));
    if (!change) return;
    const anchor = change.from + change.insert.length;
    this.view.dispatch({
      changes: change,
      ...(this.view.hasFocus ? { selection: { anchor }, scrollIntoView: true } : {}),
      annotations: fromOutside.of(true),
    });
  }

  mark(problems: readonly ScenarioProblem[]): void {
    this.view.dispatch(setDiagnostics(this.view.state, problemMarks(this.view.state.doc, problems)));
  }

  lock(locked: boolean): void {
    this.view.dispatch({
      effects: this.#locked.reconfigure(locked ? [EditorState.readOnly.of(true)] : []),
    });
  }

  /** Puts the caret at a line and column (from 1) and shows it. */
  goTo(line: number, column: number | null, focus: boolean): void {
    const { doc } = this.view.state;
    const found = doc.line(Math.max(1, Math.min(line, doc.lines)));
    const anchor = Math.min(found.from + Math.max(0, (column ?? 1) - 1), found.to);
    this.view.dispatch({
      selection: { anchor },
      effects: EditorView.scrollIntoView(anchor, { y: 'center' }),
    });
    if (focus) this.view.focus();
  }

  destroy(): void {
    this.view.destroy();
  }
}
