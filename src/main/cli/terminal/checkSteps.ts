import { checkStepLabels, type CheckStep } from '../../check/steps.ts';
import { formatMs } from '../../reports/quantities.ts';
import type { Style } from './style.ts';
import { pad, printable } from './text.ts';

const labelWidth = Math.max(...Object.values(checkStepLabels).map((label) => label.length));
const timeWidth = 8;

/** One step as its lines: mark, name, time, what was found; below it the cause. */
export function checkStepText(step: CheckStep, style: Style): string {
  const mark =
    step.status === 'ok' ? style.green('✓') : step.status === 'failed' ? style.red('✕') : style.dim('–');
  const label = pad(checkStepLabels[step.step], labelWidth);
  const time = pad(step.ms === null ? '' : formatMs(step.ms), timeWidth, 'right');
  const line = `${mark} ${step.status === 'skipped' ? style.dim(label) : label}  ${time}  ${step.status === 'skipped' ? style.dim(printable(step.detail)) : printable(step.detail)}\n`;
  if (step.advice === null) return line;
  const advice = `  ${' '.repeat(labelWidth + 2 + timeWidth + 2)}${printable(step.advice)}\n`;
  return (
    line +
    (step.status === 'failed' ? style.yellow(advice.trimEnd()) + '\n' : style.dim(advice.trimEnd()) + '\n')
  );
}
