/** A comparison as Markdown, for a pull request or a job summary. */
import type { ComparedCell, ComparedRow, Comparison } from '#contract/comparison';
import type { ComparisonVerdict } from '#contract/run';
import { markdownText } from '../reports/markdown.ts';
import { formatChange, formatDifference, formatInterval, rowName } from './differenceText.ts';
import { formatValue } from './valueText.ts';

const marks: Record<ComparisonVerdict, string> = {
  regressed: '❌ regressed',
  improved: '✅ improved',
  no_difference: '➖ no difference shown',
  unclear: '❔ unclear',
};

function cellText(row: ComparedRow, cell: ComparedCell, first: boolean): string {
  const value = formatValue(row.kind, cell.value);
  if (first || cell.difference === null) return value;
  const change = row.kind === 'latency' ? formatChange(cell.share) : '';
  const parts = [
    `${formatDifference(row.kind, cell.difference)}${change === '' ? '' : ` (${change})`}`,
    cell.interval === null ? '' : `95 %: ${formatInterval(row.kind, cell.interval)}`,
    cell.verdict === 'regressed' || cell.verdict === 'improved' ? `**${cell.verdict}**` : '',
  ].filter((text) => text !== '');
  return `${value}<br>${parts.join('<br>')}`;
}

/** The table metric × run, with what each run's verdict rests on above it. */
export function comparisonMarkdown({ runs, rows }: Comparison): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const names = runs.map(({ row }, i) => `${markdownText(row.name)}${i === 0 ? ' (baseline)' : ''}`);
  const said = runs.flatMap(({ row, verdict, sentence, remarks }, i) => {
    const head =
      verdict === null || i === 0
        ? []
        : [`- ${marks[verdict]} · ${markdownText(row.name)}: ${markdownText(sentence ?? '')}\n`];
    const prefix = i === 0 ? `- ${markdownText(row.name)} (baseline): ` : '  - ';
    return [...head, ...remarks.map((remark) => `${prefix}${markdownText(remark)}\n`)];
  });
  const table = [
    line(['metric', ...names]),
    line(['---', ...names.map(() => '---:')]),
    ...rows.map((row) =>
      line([
        row.headline ? `**${markdownText(rowName(row))}**` : markdownText(rowName(row)),
        ...row.cells.map((cell, i) => cellText(row, cell, i === 0)),
      ]),
    ),
  ];
  return `### Comparison\n\n${said.join('')}${said.length > 0 ? '\n' : ''}${table.join('')}`;
}
