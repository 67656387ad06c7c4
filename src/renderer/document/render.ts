/** Values written as YAML, to be put into a text at a place with its own indentation and style. */
import { Document, isCollection, isMap, isScalar, type Scalar, visit } from 'yaml';

/** How the text around writes lists and maps. */
export interface Style {
  /** Spaces of one level. */
  indent: number;
  /** Whether the dashes of a list stand further in than its key. */
  indentSeq: boolean;
  eol: string;
}

/** `flow`: `{ a: 1 }`; `block`: a line each; `auto`: flow for small maps and lists of plain words. */
export type Shape = 'flow' | 'block' | 'auto';

const longestFlow = 90;

/** Whether a map or list reads well in one line: few plain words or numbers. */
function small(node: unknown): boolean {
  if (!isCollection(node) || node.items.length > 6) return false;
  const leaves = node.items.map(
    (item) => (isMap(node) ? Reflect.get(Object(item), 'value') : item) as unknown,
  );
  const plain = leaves.every(
    (leaf) => isScalar(leaf) && (typeof leaf.value !== 'string' || /^\S{0,40}$/.test(leaf.value)),
  );
  return plain && JSON.stringify(node).length <= longestFlow;
}

function shaped(value: unknown, shape: Shape): Document {
  const document = new Document(value);
  const root = isCollection(document.contents) ? document.contents.items[0] : null;
  const outer: unknown = isMap(document.contents) ? Reflect.get(Object(root), 'value') : root;
  visit(document, {
    Collection(key, node) {
      if (node === document.contents) return;
      if (node === outer && shape !== 'auto') node.flow = shape === 'flow';
      // An item of one key reads better as `- key: value`.
      else node.flow = small(node) && (typeof key !== 'number' || node.items.length > 1 || !isMap(node));
    },
  });
  return document;
}

const options = {
  lineWidth: 0,
  flowCollectionPadding: true,
  minContentWidth: 0,
  doubleQuotedMinMultiLineLength: 1e9,
} as const;

function indented(text: string, column: number, eol: string): string {
  const pad = ' '.repeat(column);
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line, i) => (i === 0 || line === '' ? line : pad + line))
    .join(eol);
}

/** `key: value` as an entry of a block map at a column; without the first line's indentation and the last line's end. */
export function renderPair(key: string, value: unknown, column: number, style: Style, shape: Shape): string {
  const { indent, indentSeq } = style;
  return indented(
    shaped({ [key]: value }, shape).toString({ ...options, indent, indentSeq }),
    column,
    style.eol,
  );
}

/** `- value` as an entry of a block list. */
export function renderItem(value: unknown, column: number, style: Style, shape: Shape): string {
  const { indent, indentSeq } = style;
  return indented(shaped([value], shape).toString({ ...options, indent, indentSeq }), column, style.eol);
}

/** `key: value` between the braces of a flow map. */
export function renderFlowPair(key: string, value: unknown): string {
  const document = new Document({ [key]: value });
  if (isCollection(document.contents)) document.contents.flow = true;
  return document.toString(options).trim().slice(1, -1).trim();
}

/** `value` between the brackets of a flow list. */
export function renderFlowItem(value: unknown): string {
  const document = new Document([value]);
  if (isCollection(document.contents)) document.contents.flow = true;
  return document.toString(options).trim().slice(1, -1).trim();
}

/** A word, number or the like in the place of another, with its quotes where they fit. Null when it needs several lines. */
export function renderScalar(value: unknown, before: Scalar, flow: boolean): string | null {
  const document = new Document([value]);
  const { contents } = document;
  const scalar = isCollection(contents) ? contents.items[0] : null;
  if (!isCollection(contents) || !isScalar(scalar)) return null;
  // Quotes that were there only because nothing stood between them are not kept.
  if (
    before.value !== '' &&
    typeof value === 'string' &&
    (before.type === 'QUOTE_DOUBLE' || before.type === 'QUOTE_SINGLE')
  ) {
    scalar.type = before.type;
  }
  if (flow && typeof value === 'string' && value.includes('\n')) scalar.type = 'QUOTE_DOUBLE';
  contents.flow = flow;
  const whole = document.toString(options).trim();
  const text = flow ? whole.slice(1, -1).trim() : whole.replace(/^- /, '');
  return text.includes('\n') ? null : text;
}
