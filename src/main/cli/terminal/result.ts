/** The result of a run as the terminal shows it, at its end and later again by `runs show`. */
import { latencyMetrics } from '#contract/metrics';
import type { BreakingPoint, HeldStep, ImportedRun, RunSummary, Verdict } from '#contract/run';
import {
  formatCount,
  formatElapsed,
  formatInUnit,
  formatMetric,
  formatMs,
  formatShare,
} from '../../reports/quantities.ts';
import {
  checksText,
  hasRequests,
  hasVoice,
  iterationsText,
  requestsText,
  statusesText,
} from '../../reports/requestWords.ts';
import { isForeign, requestName, sourceNames } from '../../reports/importedFrom.ts';
import { arrivalsText, heldSpan, heldText } from '../../reports/load.ts';
import { thresholdName } from '../../reports/threshold.ts';
import type { Style } from './style.ts';
import { formatTable, type Column } from './table.ts';
import { pad, printable, truncate } from './text.ts';

/** Always shown, even without a value: they are what the run was for. */
const headline: ReadonlySet<string> = new Set(['ttfa', 'barge_in', 'connect']);
const requestHeadline: ReadonlySet<string> = new Set(['request']);
const exampleWidth = 90;
const nameWidth = 'error rate'.length;

/** A verdict with its mark and colour. */
export function verdictText(verdict: Verdict, style: Style): string {
  if (verdict === 'pass') return style.green('✓ pass');
  return verdict === 'warn' ? style.yellow('! warn') : style.red('✕ fail');
}

function thresholds(summary: RunSummary, style: Style): string {
  const columns: Column[] = [
    { head: 'threshold' },
    { head: 'value', align: 'right' },
    { head: 'target', align: 'right' },
    { head: 'acceptable', align: 'right' },
    { head: 'status' },
  ];
  const rows = summary.thresholds.map((row) => [
    printable(thresholdName(row)),
    row.value === null ? 'no sample' : formatMetric(row.metric, row.stat, row.value),
    `${row.condition} ${formatMetric(row.metric, row.stat, row.target)}`,
    formatMetric(row.metric, row.stat, row.acceptable),
    verdictText(row.status, style),
  ]);
  return formatTable(columns, rows, { indent: 2, head: style.dim });
}

function heldWords(step: HeldStep, style: Style): string {
  const text = heldText(step);
  if (step.result === 'pass') return style.green(`✓ ${text}`);
  if (step.result === 'fail') return style.red(`✕ ${text}`);
  return step.result === 'warn' || step.result === 'generator' ? style.yellow(`! ${text}`) : `  ${text}`;
}

/** What the search found, and every number that was held. */
function breakingPoint(found: BreakingPoint, style: Style): string {
  const columns: Column[] = [
    { head: 'calls', align: 'right' },
    { head: 'when' },
    { head: 'ttfa p95', align: 'right' },
    { head: 'barge_in p95', align: 'right' },
    { head: 'result' },
  ];
  const rows = found.steps.map((step) => [
    String(step.users),
    heldSpan(step),
    formatMs(step.ttfa_p95),
    formatMs(step.barge_in_p95),
    heldWords(step, style),
  ]);
  const table = rows.length === 0 ? '' : `\n${formatTable(columns, rows, { indent: 2, head: style.dim })}`;
  return `  ${style.bold(printable(found.sentence))}\n${table}`;
}

function latencies(summary: RunSummary, style: Style, foreign: boolean): string {
  const numbers = ['count', 'min', 'mean', 'p50', 'p95', 'p99', 'max'];
  const isShown = (name: string) =>
    !foreign &&
    ((hasVoice(summary) && headline.has(name)) || (hasRequests(summary) && requestHeadline.has(name)));
  const rows = latencyMetrics.flatMap((name) => {
    const m = summary.metrics[name];
    if (m.count === 0 && m.p95 === null && !isShown(name)) return [];
    const values = [m.min, m.mean, m.p50, m.p95, m.p99, m.max];
    return [[name, formatCount(m.count), ...values.map((value) => formatInUnit(m.unit, value))]];
  });
  if (rows.length === 0) return '';
  return formatTable(
    [{ head: 'latency' }, ...numbers.map((head): Column => ({ head, align: 'right' }))],
    rows,
    {
      indent: 2,
      head: style.dim,
    },
  );
}

/** By name; of another tool with its own percentiles. */
function requests(summary: RunSummary, style: Style): string {
  const numbers = ['count', 'failed', 'min', 'mean', 'p50', 'p95', 'p99', 'max'];
  const rows = (summary.requests ?? []).map((request) => {
    const { min, mean, p50, p95, p99, max } = request.latency;
    return [
      truncate(printable(requestName(request)), exampleWidth),
      formatCount(request.count),
      formatCount(request.failures),
      ...[min, mean, p50, p95, p99, max].map(formatMs),
    ];
  });
  return formatTable(
    [{ head: 'request' }, ...numbers.map((head): Column => ({ head, align: 'right' }))],
    rows,
    { indent: 2, head: style.dim },
  );
}

function errors(summary: RunSummary, examples: ReadonlyMap<string, string>, style: Style): string {
  const rows = Object.entries(summary.counts.errors)
    .sort((a, b) => b[1] - a[1])
    .map(([kind, count]) => [
      printable(kind),
      formatCount(count),
      truncate(printable(examples.get(kind) ?? ''), exampleWidth),
    ]);
  return formatTable([{ head: 'errors' }, { head: 'count', align: 'right' }, { head: 'example' }], rows, {
    indent: 2,
    head: style.dim,
  });
}

function countLines(summary: RunSummary, style: Style): string {
  const { counts, rates } = summary;
  const line = (name: string, text: string) => `  ${style.dim(pad(name, nameWidth))} ${text}\n`;
  const calls = `${counts.calls_attempted} attempted, ${counts.calls_connected} connected (${formatShare(rates.connection_success)}), ${counts.calls_failed} failed, ${counts.calls_dropped} dropped`;
  const special = [
    counts.turns_timed_out > 0 ? `${counts.turns_timed_out} timed out` : '',
    counts.turns_cut > 0 ? `${counts.turns_cut} cut by the end of the run` : '',
    counts.turns_ambiguous > 0 ? `${counts.turns_ambiguous} ambiguous` : '',
    counts.turns_excluded > 0 ? `${counts.turns_excluded} excluded` : '',
  ].filter((text) => text !== '');
  const turns = `${counts.turns_ok} ok (${formatShare(rates.turn_success)}), ${[`${counts.turns_failed} failed`, ...special].join(', ')}`;
  const ttfa = `${counts.ttfa_answered} answered, ${counts.ttfa_timed_out} timed out, ${counts.ttfa_lost} lost`;
  const outcomes = Object.entries(counts.barge_in_outcomes).map(
    ([name, n]) => `${n} ${name.replaceAll('_', ' ')}`,
  );
  return [
    ...(summary.stages ?? []).map(({ name, problem, requests: made, failed }) =>
      line(
        'stage',
        printable(
          `${name}: ${made} ${made === 1 ? 'request' : 'requests'}${failed > 0 ? `, ${failed} failed` : ''}${problem === null ? '' : `: ${problem}`}`,
        ),
      ),
    ),
    summary.load?.arrivals ? line('arrivals', arrivalsText(summary.load.arrivals)) : '',
    ...(hasRequests(summary)
      ? [
          line('requests', requestsText(summary)),
          line('iterations', iterationsText(summary)),
          counts.checks_passed + counts.checks_failed > 0 ? line('checks', checksText(summary)) : '',
          Object.keys(counts.statuses).length > 0 ? line('statuses', statusesText(counts.statuses)) : '',
        ]
      : []),
    ...(hasVoice(summary) ? [line('calls', calls), line('turns', turns), line('ttfa', ttfa)] : []),
    outcomes.length > 0
      ? line('barge-in', `${outcomes.join(', ')} (success ${formatShare(rates.barge_in_success)})`)
      : '',
    line('error rate', formatShare(rates.error_rate)),
  ].join('');
}

function trust(summary: RunSummary, style: Style, imported: ImportedRun | null): string {
  if (isForeign(imported) && summary.trusted)
    return `  ${style.dim(pad('generator', nameWidth))} ? ${sourceNames[imported.source]} measured this run; Crosstalk cannot tell how its generator fared\n`;
  const { engine } = summary;
  const cpu = (engine.cpu_user_s + engine.cpu_system_s).toFixed(1);
  const effort = isForeign(imported)
    ? `measured by ${sourceNames[imported.source]}`
    : `${engine.workers} worker${engine.workers === 1 ? '' : 's'}, ${cpu} s of CPU, at most ${Math.round(engine.peak_rss_mb)} MB`;
  const lateness = summary.metrics.frame_lateness.p99;
  if (summary.trusted) {
    const late = lateness === null ? '' : `, frames at most ${formatMs(lateness)} late (p99)`;
    return `  ${style.dim(pad('generator', nameWidth))} ${style.green('✓')} the numbers can be trusted: ${effort}${late}\n`;
  }
  const reasons = summary.untrusted_reasons
    .map((reason) => `${' '.repeat(nameWidth + 3)}- ${printable(reason)}\n`)
    .join('');
  return `  ${style.dim(pad('generator', nameWidth))} ${style.red('✕ the numbers cannot be trusted')} (${effort}):\n${reasons}`;
}

function setUpFailed({ ended, stages = [] }: RunSummary): boolean {
  return ended === 'stopped' && stages.some(({ stage, problem }) => stage === 'setup' && problem !== null);
}

const endingWords: Record<RunSummary['ended'], string> = {
  completed: 'completed',
  stopped: 'stopped by the operator',
  aborted: 'aborted',
  threshold: 'ended by a threshold',
  crashed: 'crashed',
};

export interface ResultOptions {
  style: Style;
  /** An example message by kind of error. */
  examples: ReadonlyMap<string, string>;
  /** What was imported: how another tool fared is not known, nor are its calls. */
  imported?: ImportedRun | null;
}

/** The whole result, ending in a line break. */
export function resultText(summary: RunSummary, { style, examples, imported = null }: ResultOptions): string {
  const foreign = isForeign(imported);
  const title = [
    summary.scenario,
    summary.environment,
    formatElapsed(summary.duration_s * 1000),
    setUpFailed(summary) ? 'the set-up failed' : endingWords[summary.ended],
    ...(foreign ? [] : [`seed ${summary.seed}`]),
  ];
  const reasons = summary.verdict_reasons.map((reason) => `  - ${printable(reason)}\n`).join('');
  const parts = [
    `${style.bold(verdictText(summary.verdict, style))}  ${printable(title.join(' · '))}\n${reasons}`,
  ];
  if (summary.load?.breaking_point) parts.push(breakingPoint(summary.load.breaking_point, style));
  if (summary.thresholds.length > 0) parts.push(thresholds(summary, style));
  const measured = latencies(summary, style, foreign);
  if (measured !== '') parts.push(measured);
  if ((summary.requests ?? []).length > 0) parts.push(requests(summary, style));
  if (Object.keys(summary.counts.errors).length > 0) parts.push(errors(summary, examples, style));
  const called = !foreign || summary.counts.calls_attempted > 0 || summary.counts.turns_ok > 0;
  parts.push((called ? countLines(summary, style) : '') + trust(summary, style, imported));
  return parts.join('\n');
}
