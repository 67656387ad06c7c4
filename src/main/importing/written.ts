/** A draft as YAML that is pleasant to read: short maps on one line, and comments that say where a value came from. */
import { Document, isCollection, isScalar, YAMLMap, YAMLSeq, type Node, Scalar, Pair } from 'yaml';
import type { ImportKind } from '#contract/api/scenarios';
import { formatPath, valueAt, type ValuePath } from '#contract/scenario/shape';
import type { ScenarioDraft } from './draft.ts';
import { oneLine } from './notes.ts';

const longestLine = 100;
const longestComment = 150;
/** In the file; the screen shows all of them. */
const mostLeftOut = 30;

const keyOrder = ['version', 'name', 'seed', 'environment', 'audio', 'users', 'load', 'warm_up', 'periods', 'thresholds']; // prettier-ignore

const imported: Record<ImportKind, string> = {
  env: 'Imported from environment variables.',
  locust: 'Imported from a Locust command line.',
  k6: 'Imported from the options of a k6 script.',
};

/** Lists whose entries stand on one line each. */
const rowLists = new Set(['stages', 'thresholds', 'periods']);
/** Maps that are read more easily one key a line. */
const alwaysBlock = new Set(['environment', 'headers', 'variables']);

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

/** Whether a map or list stands on one line. */
function onOneLine(value: unknown, path: ValuePath): boolean {
  const key = path.at(-1);
  const parent = path.at(-2);
  if (path.length === 0) return false;
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof key === 'number') return typeof parent === 'string' && rowLists.has(parent);
  if (key === undefined || alwaysBlock.has(key)) return false;
  return isMap(value) && Object.values(value).every(isPlain) && JSON.stringify(value).length < longestLine;
}

class Writer {
  readonly #document: Document;
  readonly #comments: ReadonlyMap<string, readonly string[]>;

  constructor(document: Document, comments: ReadonlyMap<string, readonly string[]>) {
    this.#document = document;
    this.#comments = comments;
  }

  /** The comments of a place, with those of everything on its line. */
  #commentOf(path: ValuePath, withParts: boolean): string | null {
    const place = formatPath(path);
    const found = [...this.#comments].flatMap(([at, texts]) =>
      at === place || (withParts && (at.startsWith(`${place}.`) || at.startsWith(`${place}[`))) ? texts : [],
    );
    const text = [...new Set(found)].join(', ').replaceAll(', from ', ', ');
    return text === '' ? null : ` ${oneLine(text, longestComment)}`;
  }

  node(value: unknown, path: ValuePath): Node {
    if (isPlain(value)) return this.#document.createNode(value);
    const flow = onOneLine(value, path);
    if (Array.isArray(value)) {
      const list = new YAMLSeq<Node>(this.#document.schema);
      list.flow = flow;
      list.items = value.map((entry: unknown, i) => this.#entry(entry, [...path, i], flow));
      return list;
    }
    const map = new YAMLMap<Scalar, Node>(this.#document.schema);
    map.flow = flow;
    for (const [key, entry] of Object.entries(value ?? {})) {
      if (entry === undefined) continue;
      map.add(this.#pair(key, entry, [...path, key], flow));
    }
    return map;
  }

  #entry(value: unknown, path: ValuePath, within: boolean): Node {
    const node = this.node(value, path);
    const comment = within ? null : this.#commentOf(path, true);
    if (comment !== null && (isScalar(node) || (isCollection(node) && node.flow === true)))
      node.comment = comment;
    return node;
  }

  #pair(key: string, value: unknown, path: ValuePath, within: boolean): Pair<Scalar, Node> {
    const name = new Scalar(key);
    const node = this.node(value, path);
    if (!within) {
      const beside = isScalar(node) || (isCollection(node) && node.flow === true);
      const comment = this.#commentOf(path, beside);
      if (comment !== null && beside) node.comment = comment;
      else if (comment !== null) name.commentBefore = comment;
      if (path.length === 1 && ['users', 'load', 'thresholds'].includes(key)) name.spaceBefore = true;
    }
    return new Pair(name, node);
  }
}

/** A text over several lines, those after the first set in. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < longestLine)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${lines.length === 0 ? '- ' : '  '}${word}`);
  }
  return lines;
}

/** What stands in for what an import does not say. */
const standIns: { path: ValuePath; comment: string }[] = [
  {
    path: ['users', 0, 'conversations'],
    comment: 'the conversations that come with Crosstalk: put in what your callers say',
  },
  { path: ['load'], comment: 'not in what was imported: the baseline' },
  { path: ['thresholds'], comment: 'not in what was imported: the usual ones' },
];

/** The YAML of a draft, with what was left out in the comment at its top. */
export function yamlOf(draft: ScenarioDraft): string {
  for (const { path, comment } of standIns) {
    const isGone = valueAt(draft.value, path) === undefined;
    if (!isGone && !draft.touches(path)) draft.comment(path, comment);
  }
  const document = new Document();
  const entries = Object.entries(draft.value).sort(([a], [b]) => keyOrder.indexOf(a) - keyOrder.indexOf(b));
  document.contents = new Writer(document, draft.comments).node(Object.fromEntries(entries), []);
  const leftOut = draft.notes.list.filter((note) => note.level === 'left_out');
  const lines = [imported[draft.kind]];
  if (leftOut.length > 0) lines.push('Left out:');
  for (const { from, text } of leftOut.slice(0, mostLeftOut)) lines.push(...wrapped(`${from}: ${text}`));
  if (leftOut.length > mostLeftOut) lines.push(`  - and ${leftOut.length - mostLeftOut} more`);
  document.commentBefore = lines.map((line) => ` ${line}`).join('\n');
  return document.toString({ lineWidth: 0 });
}
