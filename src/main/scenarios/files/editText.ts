/** Changes single words of a YAML text and leaves everything else as it was, to the letter: comments, order, line ends. */
import { isDeepStrictEqual } from 'node:util';
import { isMap, isPair, isScalar, stringify, visit, type Document, type Scalar } from 'yaml';
import { parseYamlText, type ScenarioSource } from '../source.ts';

/** A text as YAML writes it on one line, in a list or map within brackets too. */
function written(value: string): string {
  const plain = stringify(value, { lineWidth: 0 }).trimEnd();
  return /[\n,[\]{}]/.test(plain) ? JSON.stringify(value) : plain;
}

function plainValue(document: Document): unknown {
  try {
    return document.toJS() as unknown;
  } catch {
    return null;
  }
}

const lines = { lineWidth: 0 } as const;

/** The text with each of these values replaced; the nodes are of the source's own document, which is changed along. */
export function withScalars(source: ScenarioSource, values: ReadonlyMap<Scalar, string>): string {
  let { text } = source;
  const inPlace = [...values].every(([node]) => /^(PLAIN|QUOTE_)/.test(node.type ?? '') && node.range);
  const edits = [...values].sort(([a], [b]) => (b.range?.[0] ?? 0) - (a.range?.[0] ?? 0));
  for (const [node, value] of edits) {
    const [from, to] = node.range ?? [0, 0];
    text = text.slice(0, from) + written(value) + text.slice(to);
    node.value = value;
    // Over several lines it would stay there.
    if (!inPlace) delete node.type;
  }
  if (inPlace) {
    const again = parseYamlText(source.path, text);
    if (
      'source' in again &&
      isDeepStrictEqual(plainValue(again.source.document), plainValue(source.document))
    )
      return text;
  }
  return source.document.toString(lines);
}

/** The scenario's text under another name. */
export function withName(source: ScenarioSource, name: string): string {
  const { document, text } = source;
  const node = document.get('name', true);
  if (isScalar(node)) return node.value === name ? text : withScalars(source, new Map([[node, name]]));
  const map = document.contents;
  if (isMap(map) && node === undefined) {
    const at = map.items.findIndex((pair) => isScalar(pair.key) && pair.key.value === 'version');
    map.items.splice(at + 1, 0, document.createPair('name', name));
  } else document.set('name', name);
  return document.toString(lines);
}

/** Keys whose text is the path of a file or folder, and the key around them (null: any). */
const pathKeys: Record<string, string | null> = {
  clip: null,
  clips: null,
  cache: 'audio',
  ca: 'tls',
  cert: 'tls',
  key: 'tls',
};

/** Maps whose keys are the operator's own words. */
const ownWords = new Set(['headers', 'variables', 'expect']);

function keyOf(pair: unknown): string {
  return isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : '';
}

/** The scenario's text with every path in it replaced: those of clips, folders of clips and certificates. */
export function withPaths(source: ScenarioSource, move: (path: string) => string): string {
  const values = new Map<Scalar, string>();
  visit(source.document, {
    Pair(_key, pair, parents) {
      const key = keyOf(pair);
      if (!Object.hasOwn(pathKeys, key) || !isScalar(pair.value) || typeof pair.value.value !== 'string')
        return;
      const within = keyOf(parents.findLast(isPair));
      const wanted = pathKeys[key] ?? null;
      const path = pair.value.value;
      if ((wanted ?? within) !== within || ownWords.has(within) || path.includes('${')) return;
      const moved = move(path);
      if (moved !== path) values.set(pair.value, moved);
    },
  });
  return values.size === 0 ? source.text : withScalars(source, values);
}
