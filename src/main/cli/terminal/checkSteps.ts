import { checkStepLabels, type CheckStep } from '#contract/checks';
import { formatMs } from '../../reports/quantities.ts';
import type { Style } from './style.ts';
import { pad, printable } from './text.ts';

const labelWidth = Math.max(...Object.values(checkStepLabels).map((label) => label.length));
const timeWidth = 8;
/** Where what was found begins. */
const indent = ' '.repeat(2 + labelWidth + 2 + timeWidth + 2);

/** One step as its lines: mark, name, time, what was found; below it the cause, and with `facts` (or when it failed) everything else. */
export function checkStepText(step: CheckStep, style: Style, facts = false): string {
  const { advice, detail, status } = step;
  const mark = status === 'ok' ? style.green('✓') : status === 'failed' ? style.red('✕') : style.dim('–');
  const label = pad(checkStepLabels[step.step], labelWidth);
  const time = pad(step.ms === null ? '' : formatMs(step.ms), timeWidth, 'right');
  const quiet = status === 'skipped' ? style.dim : (text: string) => text;
  const lines = [`${mark} ${quiet(label)}  ${time}  ${quiet(printable(detail))}`];
  if (advice !== null) {
    const tone = status === 'failed' ? style.yellow : style.dim;
    lines.push(`${indent}${tone(printable(advice))}`);
  }
  if (facts || status === 'failed')
    for (const { name, value } of step.facts)
      lines.push(`${indent}${style.dim(`${printable(name)}: ${printable(value)}`)}`);
  return lines.map((line) => `${line}\n`).join('');
}
