/** Why a comparison ended as it did, in one sentence with the figures it rests on. */
import type { ComparedCell, ComparedRow } from '#contract/comparison';
import type { ComparisonVerdict } from '#contract/run';
import { changeText, countsText, groundsText, rowName } from './differenceText.ts';
import { isMoreThanNoise, leastValues, valuesNeeded } from './judging.ts';

/** A headline metric of one run beside that of the baseline. */
export interface HeadlineCell {
  row: ComparedRow;
  from: ComparedCell;
  to: ComparedCell;
}

function judgedText({ row, from, to }: HeadlineCell): string {
  const grounds = groundsText(row, from, to);
  const change = changeText(row, to);
  if (to.verdict === 'regressed' || to.verdict === 'improved')
    return `${change}, more than noise (${grounds})`;
  if (to.interval !== null && isMoreThanNoise(to.interval))
    return `${change}: more than noise, but too little to matter (${grounds})`;
  return `${change}, within noise (${grounds})`;
}

function unclearText({ row, from, to }: HeadlineCell): string {
  const name = rowName(row);
  if (from.value === null) return `the baseline has no ${name}`;
  if (to.value === null) return `the run has no ${name}`;
  const needed = row.kind === 'rate' ? leastValues : valuesNeeded(row.stat);
  const counts = countsText(row.metric, from.count, to.count);
  if (Math.min(from.count, to.count) < needed)
    return `${changeText(row, to)}, but ${counts} are too few to say anything (at least ${needed} in each)`;
  return `${changeText(row, to)} (${groundsText(row, from, to)})`;
}

/** Greatest change first: by how far it is from the baseline's value. */
function byChange(a: HeadlineCell, b: HeadlineCell): number {
  return Math.abs(b.to.share ?? 0) - Math.abs(a.to.share ?? 0);
}

/**
 * The sentence of a verdict. `distrust`: why nothing can be said whatever the figures; null: they can be believed.
 */
export function verdictSentence(
  verdict: ComparisonVerdict,
  headline: readonly HeadlineCell[],
  distrust: string | null,
): string {
  const known = headline.filter(({ to }) => to.verdict !== null);
  const [first] = known;
  if (distrust !== null)
    return first === undefined || first.to.difference === null
      ? distrust
      : `${distrust}; ${changeText(first.row, first.to)} (${groundsText(first.row, first.from, first.to)})`;
  if (first === undefined) return 'The runs have no metric in common that could be compared.';
  if (verdict === 'unclear') return unclearText(first);
  const decisive = known.filter(({ to }) => to.verdict === verdict);
  if (verdict === 'no_difference') return judgedText(decisive[0] ?? first);
  return decisive.toSorted(byChange).map(judgedText).join('; ');
}
