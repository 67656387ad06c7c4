/** Runs side by side in the terminal. */
import type { ComparedCell, ComparedRow, Comparison } from '#contract/comparison';
import type { ComparisonVerdict } from '#contract/run';
import { formatChange, formatDifference, formatInterval, rowName } from '../../comparing/differenceText.ts';
import { formatValue } from '../../comparing/valueText.ts';
import type { Style } from './style.ts';
import { formatTable, type Column } from './table.ts';
import { localTime, printable, truncate } from './text.ts';

const words: Record<
  ComparisonVerdict,
  { mark: string; word: string; style: 'red' | 'green' | 'yellow' | 'dim' }
> = {
  regressed: { mark: '✕', word: 'regressed', style: 'red' },
  improved: { mark: '✓', word: 'improved', style: 'green' },
  no_difference: { mark: '=', word: 'no difference shown', style: 'dim' },
  unclear: { mark: '?', word: 'unclear', style: 'yellow' },
};

/** `✕ regressed`: a verdict with its mark and colour. */
export function comparisonVerdictText(verdict: ComparisonVerdict, style: Style): string {
  const { mark, word, style: name } = words[verdict];
  return style[name](`${mark} ${word}`);
}

function differenceCells(row: ComparedRow, cell: ComparedCell, style: Style): string[] {
  const change = row.kind === 'latency' && cell.share !== null ? ` (${formatChange(cell.share)})` : '';
  return [
    formatValue(row.kind, cell.value),
    cell.difference === null ? '' : `${formatDifference(row.kind, cell.difference)}${change}`,
    cell.interval === null ? '' : formatInterval(row.kind, cell.interval),
    cell.verdict === null ? '' : comparisonVerdictText(cell.verdict, style),
  ];
}

const right = (head: string): Column => ({ head, align: 'right' });

interface Shown {
  /** Its headline metrics alone. */
  brief?: boolean;
  /** What stands side by side; left out: runs. */
  what?: 'run' | 'period';
}

/** How one run stands to the baseline: its verdict with the sentence, then every metric. */
function oneRun(comparison: Comparison, at: number, style: Style, { brief = false, what }: Shown): string {
  const run = comparison.runs[at];
  if (run === undefined || run.verdict === null) return '';
  const columns: Column[] = [
    { head: 'metric' },
    right('baseline'),
    right(`this ${what ?? 'run'}`),
    right('difference'),
    right('95 % interval'),
    { head: 'verdict' },
  ];
  const rows = comparison.rows.flatMap((row) => {
    const [from] = row.cells;
    const to = row.cells[at];
    if (brief && !row.headline) return [];
    if (from === undefined || to === undefined || (from.value === null && to.value === null)) return [];
    const name = printable(rowName(row));
    return [
      [
        row.headline ? style.bold(name) : name,
        formatValue(row.kind, from.value),
        ...differenceCells(row, to, style),
      ],
    ];
  });
  const changes = run.scenarioDiff.filter(({ kind }) => kind === 'added' || kind === 'removed').length;
  const environment = run.environmentDiff.filter(({ kind }) => kind === 'added' || kind === 'removed').length;
  const lines = (n: number) => `${n} ${n === 1 ? 'line differs' : 'lines differ'}`;
  const remarks = [
    ...run.remarks,
    ...(changes > 0 ? [`In the scenario ${lines(changes)}.`] : []),
    ...(environment > 0 ? [`In the environment ${lines(environment)}.`] : []),
  ];
  return [
    `${comparisonVerdictText(run.verdict, style)}  ${printable(run.row.name)} ${style.dim(run.row.id)}\n`,
    `  ${printable(run.sentence ?? '')}\n`,
    ...remarks.map((remark) => `  ${style.yellow('!')} ${printable(remark)}\n`),
    '\n',
    formatTable(columns, rows, { indent: 2, head: style.dim }),
  ].join('');
}

/** The baseline, then each run or period against it. */
export function comparisonText(comparison: Comparison, style: Style, shown: Shown = {}): string {
  const [baseline] = comparison.runs;
  if (baseline === undefined) return '';
  const { row, remarks } = baseline;
  const about = [row.environment, localTime(row.startedAt)].map(printable).join(' · ');
  return [
    `Baseline  ${truncate(printable(row.name), 60)} ${style.dim(row.id)}  ${about}\n`,
    ...remarks.map((remark) => `  ${style.yellow('!')} ${printable(remark)}\n`),
    ...comparison.runs.map((_, at) => (at === 0 ? '' : `\n${oneRun(comparison, at, style, shown)}`)),
  ].join('');
}
