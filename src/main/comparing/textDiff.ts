/** What changed between two texts, line by line. */
import { diffLines } from 'diff';
import type { DiffLine } from '#contract/comparison';

/** Equal lines shown on either side of a change. */
const context = 3;
/** Texts that differ so much that finding it out takes longer are shown one after the other. */
const longestMs = 500;

function linesOf(text: string): string[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Changed lines with three equal ones around them; equal stretches between are `skipped`. Empty where the texts are equal. */
export function textDiff(from: string, to: string): DiffLine[] {
  const [before, after] = [linesOf(from), linesOf(to)];
  const asText = (lines: string[]) => lines.map((line) => `${line}\n`).join('');
  const changes = diffLines(asText(before), asText(after), { timeout: longestMs }) ?? [
    { value: asText(before), removed: true, added: false },
    { value: asText(after), removed: false, added: true },
  ];
  const lines = changes.flatMap(({ value, added, removed }): DiffLine[] => {
    const kind = added ? 'added' : removed ? 'removed' : 'same';
    return linesOf(value).map((text) => ({ kind, text }));
  });
  return lines.some(({ kind }) => kind !== 'same') ? shorten(lines) : [];
}

function shorten(lines: readonly DiffLine[]): DiffLine[] {
  const near = new Set<number>();
  lines.forEach(({ kind }, at) => {
    if (kind === 'same') return;
    for (let i = at - context; i <= at + context; i++) near.add(i);
  });
  const shown: DiffLine[] = [];
  let skipped = 0;
  const close = () => {
    if (skipped > 0)
      shown.push({ kind: 'skipped', text: `${skipped} equal ${skipped === 1 ? 'line' : 'lines'}` });
    skipped = 0;
  };
  lines.forEach((line, at) => {
    if (!near.has(at)) skipped++;
    else {
      close();
      shown.push(line);
    }
  });
  close();
  return shown;
}
