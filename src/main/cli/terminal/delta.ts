import type { BaselineDelta } from '#contract/run';
import { comparisonVerdictText } from './comparison.ts';
import type { Style } from './style.ts';
import { printable } from './text.ts';

/** How a run stands to its marked baseline, in one line without an end; null: nothing was compared. */
export function deltaText(delta: BaselineDelta | null, style: Style): string | null {
  if (delta?.sentence == null) return null;
  const verdict = delta.verdict === null ? '' : `${comparisonVerdictText(delta.verdict, style)}: `;
  return `${verdict}${printable(delta.sentence)} (${delta.baselineId})`;
}
