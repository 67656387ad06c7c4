/** Edits through the YAML library's own tree, for texts that cannot be cut: comments and the order of keys stay, spacing may not. */
import { type Alias, Document, isAlias, isMap, isNode, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { ValuePath } from '#contract/scenario/shape';
import type { PlainEdit } from './plain.ts';
import type { Style } from './render.ts';

function read(text: string): Document {
  return parseDocument(text, { prettyErrors: false, stringKeys: true, version: '1.2' });
}

/** What an alias stands for, as a part of its own. */
function copyOf(alias: Alias, document: Document): unknown {
  const found = alias.resolve(document);
  if (!isNode(found)) return null;
  const copy = document.createNode(found.clone());
  visit(copy, {
    Node(_key, node) {
      if ('anchor' in node) delete node.anchor;
    },
  });
  return copy;
}

/** Makes everything on the way to a place its own: an edit there must not change what other aliases show. */
function ownPath(document: Document, path: ValuePath): void {
  for (let depth = 1; depth <= path.length; depth++) {
    const at = path.slice(0, depth);
    const node: unknown = document.getIn(at, true);
    if (isAlias(node)) document.setIn(at, copyOf(node, document));
  }
}

function ownAll(document: Document): void {
  let found = true;
  for (let round = 0; found && round < 100; round++) {
    found = false;
    visit(document, {
      Alias(_key, alias) {
        found = true;
        return document.createNode(copyOf(alias, document));
      },
    });
  }
}

function keyOf(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function apply(document: Document, edit: PlainEdit): void {
  const { path } = edit;
  if (edit.kind === 'set') {
    setThrough(document, path, edit.value);
    return;
  }
  if (edit.kind === 'remove') {
    document.deleteIn(path);
    return;
  }
  if (edit.kind === 'rename') {
    const map: unknown = document.getIn(path.slice(0, -1), true);
    const pair = isMap(map) ? map.items.find((item) => keyOf(item.key) === String(path.at(-1))) : undefined;
    if (pair) pair.key = document.createNode(edit.name);
    return;
  }
  const list: unknown = document.getIn(path, true);
  if (edit.kind === 'insert') {
    if (isSeq(list)) list.items.splice(edit.index, 0, document.createNode(edit.value));
    else setThrough(document, path, [edit.value]);
  } else if (isSeq(list)) {
    const [item] = list.items.splice(edit.from, 1);
    list.items.splice(edit.to, 0, item);
  }
}

function setThrough(document: Document, path: ValuePath, value: unknown): void {
  // What is no map or list on the way gives way.
  for (let depth = 1; depth < path.length; depth++) {
    const at = path.slice(0, depth);
    const node: unknown = document.getIn(at, true);
    const fits = typeof path[depth] === 'number' ? isSeq(node) : isMap(node);
    if (node !== undefined && !fits) document.deleteIn(at);
  }
  const before: unknown = document.getIn(path, true);
  const node = document.createNode(value);
  if (isNode(before)) {
    if (isScalar(node)) node.comment = before.comment;
    else node.commentBefore = before.comment;
  }
  document.setIn(path, node);
}

/** The text after an edit, written anew; null when it cannot be written. `expand`: every alias becomes what it stands for. */
export function rewrite(text: string, edit: PlainEdit, style: Style, expand: boolean): string | null {
  try {
    const document = read(text);
    if (expand) ownAll(document);
    else ownPath(document, edit.path);
    apply(document, edit);
    return written(document, style, text);
  } catch {
    return null;
  }
}

/** A value as a text of its own: the last way out. */
export function writeAnew(value: unknown, style: Style, text: string): string {
  return written(new Document(value), style, text);
}

function written(document: Document, style: Style, text: string): string {
  const { indent, indentSeq, eol } = style;
  const out = document.toString({ indent, indentSeq, lineWidth: 0 });
  const broken = eol === '\n' ? out : out.replaceAll('\n', eol);
  return text.startsWith('\uFEFF') ? `\uFEFF${broken}` : broken;
}
