/** Where the entries of a list or map stand in the text they were read from. */
import type { CST, Pair } from 'yaml';
import { isAlias, isCollection, isMap, isPair, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';

/** One `key: value` or `- value`. Offsets are of the text; `end` is after its last character, without a comment behind it. */
export interface Entry {
  /** Of the key; of the dash in a block list; of the value in a flow list. */
  start: number;
  end: number;
  /** Null in a list. */
  key: string | null;
  value: unknown;
  /** Of the comma before it, in flow style. */
  comma: number | null;
}

type Token = CST.Token;

function rangeOf(node: unknown): readonly [number, number] | null {
  if (!(isScalar(node) || isAlias(node) || isCollection(node)) || !node.range) return null;
  return [node.range[0], node.range[1]];
}

/** Whether nothing is written where a value may stand. */
export function isUnwritten(node: unknown): boolean {
  return (
    node === null || node === undefined || (isScalar(node) && node.source === '' && !isQuoted(node.type))
  );
}

function isQuoted(type: unknown): boolean {
  return type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE' || isBlockScalar(type);
}

export function isBlockScalar(type: unknown): boolean {
  return type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED';
}

export function isFlow(node: YAMLMap | YAMLSeq): boolean {
  const token: Token | undefined = node.srcToken;
  return token?.type === 'flow-collection';
}

/** Where a node's last character is; null when that is not known. */
export function endOf(node: unknown): number | null {
  if (!isMap(node) && !isSeq(node)) return rangeOf(node)?.[1] ?? null;
  if (!node.range || !node.srcToken) return null;
  if (isFlow(node)) return node.range[1];
  const last = node.items.at(-1);
  if (isPair(last)) return endOfPair(last);
  if (!isUnwritten(last)) return endOf(last);
  const dash = dashesOf(node.srcToken).at(-1);
  return dash === undefined ? null : dash + 1;
}

function endOfPair(pair: Pair): number | null {
  if (!isUnwritten(pair.value)) return endOf(pair.value);
  const colon = offsetOf(pair.srcToken?.sep, 'map-value-ind');
  return colon === null ? (rangeOf(pair.key)?.[1] ?? null) : colon + 1;
}

/** Where the dashes of a block list are. */
function dashesOf(token: Token): number[] {
  if (token.type !== 'block-seq') return [];
  return token.items.flatMap((item) => offsetOf(item.start, 'seq-item-ind') ?? []);
}

function offsetOf(tokens: readonly CST.SourceToken[] | undefined, type: string): number | null {
  return tokens?.find((token) => token.type === type)?.offset ?? null;
}

/** The entries of a list or map in their order; null when they are written in a way that is not cut apart here. */
export function entriesOf(node: YAMLMap | YAMLSeq): Entry[] | null {
  const token: Token | undefined = node.srcToken;
  if (!token || !('items' in token)) return null;
  const entries = isMap(node) ? entriesOfMap(node) : entriesOfList(node, token);
  if (entries?.length !== node.items.length) return null;
  return entries;
}

function entriesOfMap(map: YAMLMap): Entry[] | null {
  const entries: Entry[] = [];
  for (const pair of map.items) {
    const token = pair.srcToken;
    const keyRange = rangeOf(pair.key);
    if (!token || !keyRange || 'explicitKey' in token || !isScalar(pair.key)) return null;
    const unwritten = isUnwritten(pair.value);
    const end = endOfPair(pair);
    if (end === null) return null;
    entries.push({
      start: keyRange[0],
      end,
      key: String(pair.key.value),
      value: unwritten ? null : pair.value,
      comma: offsetOf(token.start, 'comma'),
    });
  }
  return entries;
}

function entriesOfList(
  list: YAMLSeq,
  token: CST.BlockMap | CST.BlockSequence | CST.FlowCollection,
): Entry[] | null {
  if (list.items.some((item) => isPair(item))) return null;
  if (token.type === 'flow-collection') {
    const entries: Entry[] = [];
    const written = token.items.filter((item) => item.value !== undefined);
    for (const [i, value] of list.items.entries()) {
      const range = rangeOf(value);
      if (!range || written[i]?.key) return null;
      entries.push({
        start: range[0],
        end: range[1],
        key: null,
        value,
        comma: offsetOf(written[i]?.start, 'comma'),
      });
    }
    return entries;
  }
  const dashes = dashesOf(token);
  if (dashes.length !== list.items.length) return null;
  const entries: Entry[] = [];
  for (const [i, start] of dashes.entries()) {
    const value = list.items[i];
    const unwritten = isUnwritten(value);
    const end = unwritten ? start + 1 : endOf(value);
    if (end === null) return null;
    entries.push({ start, end, key: null, value: unwritten ? null : value, comma: null });
  }
  return entries;
}
