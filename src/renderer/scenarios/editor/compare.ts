/** Two texts line by line. */

export interface ComparedLine {
  kind: 'same' | 'mine' | 'theirs';
  text: string;
}

/** Beyond this many pairs of lines the middle is told as all different. */
const mostPairs = 4_000_000;

/** The lines of both texts in one order: what both have, and what only one of them has. */
export function compareLines(mine: string, theirs: string): ComparedLine[] {
  const a = mine.split(/\r?\n/);
  const b = theirs.split(/\r?\n/);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const same = (text: string): ComparedLine => ({ kind: 'same', text });
  return [
    ...a.slice(0, head).map(same),
    ...compareMiddle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(same),
  ];
}

function compareMiddle(a: readonly string[], b: readonly string[]): ComparedLine[] {
  if (a.length * b.length > mostPairs) {
    return [
      ...a.map((text): ComparedLine => ({ kind: 'mine', text })),
      ...b.map((text): ComparedLine => ({ kind: 'theirs', text })),
    ];
  }
  // common[i][j]: longest common run of lines of a from i and b from j.
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: ComparedLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      lines.push({ kind: 'same', text: left });
      i++;
      j++;
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: 'mine', text: left });
      i++;
    } else if (right !== undefined) {
      lines.push({ kind: 'theirs', text: right });
      j++;
    }
  }
  return lines;
}
