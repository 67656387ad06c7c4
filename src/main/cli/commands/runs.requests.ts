/** The requests of a kept run as the terminal shows them: by name, and by phase and period where there are any. */
import type { RequestBy, RequestRow } from '#contract/requests';
import type { RunDetail } from '#contract/run';
import type { History } from '../../history/history.ts';
import { formatCount, formatMs, formatPerSecond } from '../../reports/quantities.ts';
import { must } from '../must.ts';
import type { Style } from '../terminal/style.ts';
import { formatTable, type Column } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';

const nameWidth = 60;
const heads: readonly [by: RequestBy, head: string][] = [
  ['step', 'requests by name'],
  ['phase', 'by phase'],
  ['period', 'by period'],
];

function table(head: string, rows: readonly RequestRow[], style: Style): string {
  const numbers = ['count', 'failed', 'p50', 'p95', 'p99', 'rate'];
  const cells = rows.map((row) => [
    truncate(printable(row.key), nameWidth),
    formatCount(row.count),
    formatCount(row.failed),
    ...[row.p50, row.p95, row.p99].map(formatMs),
    formatPerSecond(row.perSecond),
  ]);
  return formatTable([{ head }, ...numbers.map((name): Column => ({ head: name, align: 'right' }))], cells, {
    indent: 2,
    head: style.dim,
  });
}

/** Empty for a run without http and grpc users; what its result told by name is not told again. */
export async function requestTables(
  history: History,
  { row, summary }: RunDetail,
  style: Style,
): Promise<string> {
  const { steps } = must(await history.requestPlan(row.id));
  if (steps.length === 0) return '';
  const tables: string[] = [];
  for (const [by, head] of heads) {
    if (by === 'step' && summary !== null) continue;
    const rows = must(await history.requestSummary({ runId: row.id, by })).filter(({ count }) => count > 0);
    if (rows.length > 0) tables.push(table(head, rows, style));
  }
  return tables.join('\n');
}
