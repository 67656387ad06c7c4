import { type ValuePath, valueAt } from '#contract/scenario/shape';
import { editText } from './edit.ts';
import { type ParsedText, parseText, type SyntaxProblem } from './parse.ts';
import { isPlainMap, keepSame, type PlainEdit } from './plain.ts';
import type { KeyOrder } from './surgery.ts';
import { TextHistory } from './textHistory.ts';

export type { SyntaxProblem } from './parse.ts';

export type DocumentPath = (string | number)[];

/** Texts up to this length are read at every keystroke; longer ones when the typing pauses. */
const readAtOnce = 8_000;
const readAfterMs = 200;

function now(): number {
  return performance.now();
}

/**
 * A YAML text that a form and a text editor change alike. Edits of values change the text as little as they can:
 * comments, the order of keys, quotes and the style of what is not edited stay as they are. One history for both.
 */
export class YamlDocument {
  #text: string = $state('');
  #savedText: string = $state('');
  #value: unknown = $state.raw(undefined);
  #lastValue: unknown = $state.raw(undefined);
  #problem: SyntaxProblem | null = $state.raw(null);
  #steps = $state(0);
  #parsed: ParsedText | null = null;
  #readText: string | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #history = new TextHistory();
  #order: KeyOrder;
  /** The place that was edited last: another value there is put into the text as it was before, so that nothing of it wears off. */
  #last: { place: string; before: ParsedText; after: string } | null = null;
  #readOnly = $state(false);
  /** What the file was when it was last read or written, as its owner tells it. */
  revision: string | null = null;

  /** `order`: where new keys of the map at a path belong; otherwise they come last. */
  constructor(text: string, order: KeyOrder = () => null) {
    this.#order = order;
    this.#text = text;
    this.#savedText = text;
    this.#read();
  }

  get text(): string {
    return this.#text;
  }

  /** The plain value; undefined while the text is no YAML. Parts that an edit left alone stay the same objects. */
  get value(): unknown {
    return this.#value;
  }

  /** The plain value as it was when the text could last be read: what a form goes on showing. */
  get lastValue(): unknown {
    return this.#lastValue;
  }

  /** Why the text is no YAML, or null. */
  get syntaxProblem(): SyntaxProblem | null {
    return this.#problem;
  }

  /** Whether the text differs from what was saved. */
  get changed(): boolean {
    return this.#text !== this.#savedText;
  }

  /** Whether a form can change it: not while it is read-only or no YAML. */
  get editable(): boolean {
    return !this.#readOnly && this.#problem === null;
  }

  /** Nothing changes what is read-only, but `reload`. */
  get readOnly(): boolean {
    return this.#readOnly;
  }

  set readOnly(value: boolean) {
    this.#readOnly = value;
  }

  get canUndo(): boolean {
    return this.#steps >= 0 && this.#history.canUndo;
  }

  get canRedo(): boolean {
    return this.#steps >= 0 && this.#history.canRedo;
  }

  /** What the form shows at a place; undefined where there is nothing. */
  at(path: ValuePath): unknown {
    return valueAt(this.#lastValue, path);
  }

  /** Puts a value at a place; the maps that lead there are made. Over a map or list only what differs is changed. */
  set(path: ValuePath, value: unknown): void {
    if (value === undefined) this.remove(path);
    else this.#edit({ kind: 'set', path, value });
  }

  remove(path: ValuePath): void {
    this.#edit({ kind: 'remove', path });
  }

  /** Removes a key, and the maps around it that have nothing else. Setting it again puts it where it was. */
  clear(path: ValuePath): void {
    this.#flush();
    if (valueAt(this.#value, path) === undefined) return;
    let end = path.length;
    while (end > 1 && typeof path[end - 2] === 'string') {
      const around = valueAt(this.#value, path.slice(0, end - 1));
      if (!isPlainMap(around) || Object.keys(around).length > 1) break;
      end -= 1;
    }
    this.#edit({ kind: 'remove', path: path.slice(0, end) }, path);
  }

  /** Gives a key of a map another name, in its place. A name that is there already is refused. */
  rename(path: ValuePath, name: string): void {
    this.#edit({ kind: 'rename', path, name });
  }

  /** Puts a value into the list at a path; the list is made when there is none. */
  insert(path: ValuePath, index: number, value: unknown): void {
    this.#edit({ kind: 'insert', path, index, value });
  }

  /** Moves an entry of the list at a path, with the comments directly above it. */
  move(path: ValuePath, from: number, to: number): void {
    this.#edit({ kind: 'move', path, from, to });
  }

  /** Puts another text in its place: a step of its own. */
  setText(text: string): void {
    if (text === this.#text || this.#readOnly) return;
    this.#history.remember(this.#text, '', now());
    this.#take(text);
    this.#read();
  }

  /** The same while it is typed: keystrokes that follow closely are one step, and a long text is read when they pause. */
  type(text: string): void {
    if (text === this.#text || this.#readOnly) return;
    this.#history.remember(this.#text, 'text', now());
    this.#take(text);
    if (text.length <= readAtOnce) this.#read();
    else this.#readSoon();
  }

  undo(): void {
    this.#goTo(this.#history.undo(this.#text));
  }

  redo(): void {
    this.#goTo(this.#history.redo(this.#text));
  }

  /** Takes what the file has now in place of everything, as a step that can be taken back. */
  reload(text: string, revision: string | null): void {
    if (text !== this.#text) {
      this.#history.remember(this.#text, '', now());
      this.#take(text);
      this.#read();
    }
    this.saved(text, revision);
  }

  /** Goes back to what was saved last, as a step that can be taken back. */
  revert(): void {
    this.reload(this.#savedText, this.revision);
  }

  /** This text is what the file has now. */
  saved(text: string, revision: string | null = this.revision): void {
    this.#savedText = text;
    this.revision = revision;
  }

  #goTo(text: string | null): void {
    if (text === null) return;
    this.#take(text);
    this.#read();
  }

  #take(text: string): void {
    this.#text = text;
    this.#steps += 1;
    this.#last = null;
  }

  /** Edits need the tree of the present text; one that is no YAML is left alone. `place`: what one step of typing is about. */
  #edit(edit: PlainEdit, place: ValuePath = edit.path): void {
    this.#flush();
    const parsed = this.#parsed;
    if (!parsed || this.#readOnly) return;
    // Removed twice from one place of a list are two entries.
    const typed = (edit.kind === 'set' || edit.kind === 'remove') && typeof edit.path.at(-1) === 'string';
    const name = typed ? JSON.stringify(place) : '';
    const again = typed && this.#last?.place === name && this.#last.after === this.#text;
    const before = again && this.#last ? this.#last.before : parsed;
    const next = editText(before, edit, this.#order);
    if (next.text === this.#text) return;
    this.#history.remember(this.#text, name, now());
    this.#take(next.text);
    this.#show(next);
    this.#last = typed ? { place: name, before, after: next.text } : null;
  }

  #flush(): void {
    if (this.#readText !== this.#text) this.#read();
  }

  #readSoon(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flush(), readAfterMs);
  }

  #read(): void {
    const parsed = parseText(this.#text);
    if ('document' in parsed) {
      this.#show(parsed);
      return;
    }
    this.#readText = this.#text;
    this.#parsed = null;
    this.#value = undefined;
    this.#problem = parsed.problem;
  }

  #show(parsed: ParsedText): void {
    this.#readText = parsed.text;
    this.#parsed = parsed;
    const value = keepSame(this.#lastValue, parsed.value);
    this.#problem = null;
    this.#value = value;
    this.#lastValue = value;
  }
}
