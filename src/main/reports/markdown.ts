/** A run as Markdown, for a pull request or a job summary. */
import type { ErrorGroup } from '#contract/api/runs';
import { latencyMetrics } from '#contract/metrics';
import type { CheckRow } from '#contract/requests';
import type { BreakdownRow } from '#contract/review';
import type {
  BaselineDelta,
  BreakingPoint,
  ComparisonVerdict,
  ImportedRun,
  RequestSummary,
  RunSummary,
  Verdict,
} from '#contract/run';
import { isForeign, requestName, sourceNames } from './importedFrom.ts';
import { arrivalsText, heldSpan, heldText } from './load.ts';
import {
  answersText,
  formatCount,
  formatElapsed,
  formatInUnit,
  formatMetric,
  formatMs,
  formatShare,
} from './quantities.ts';
import { hasRequests, hasVoice, iterationsText, requestsText, statusesText } from './requestWords.ts';
import { thresholdName } from './threshold.ts';

const marks: Record<Verdict, string> = { pass: '✅ pass', warn: '⚠️ warn', fail: '❌ fail' };

/** Text that must not act as Markdown or HTML, in a table cell or a line. */
export function markdownText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]{}|~#!@]/g, (c) => `\\${c}`)
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/^(\s*)([-+]|\d+\.)(?=\s)/, '$1\\$2');
}

/** Columns whose head ends in `>` are aligned right. */
function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |\n`;
  const heads = head.map((text) => text.replace(/>$/, ''));
  return (
    line(heads) + line(head.map((text) => (text.endsWith('>') ? '---:' : '---'))) + rows.map(line).join('')
  );
}

function metricsTable(summary: RunSummary, foreign: boolean): string {
  const rows = latencyMetrics.flatMap((name) => {
    const m = summary.metrics[name];
    const isHeadline = !foreign && hasVoice(summary) && (name === 'ttfa' || name === 'barge_in');
    if (m.count === 0 && m.p95 === null && !isHeadline) return [];
    const values = [m.min, m.p50, m.p95, m.p99, m.max].map((value) => formatInUnit(m.unit, value));
    return [[markdownText(name), formatCount(m.count), ...values]];
  });
  return rows.length === 0 ? '' : table(['metric', 'count>', 'min>', 'p50>', 'p95>', 'p99>', 'max>'], rows);
}

function requestsPart(requests: readonly RequestSummary[]): string {
  const rows = requests.map((request) => [
    markdownText(requestName(request)),
    formatCount(request.count),
    formatCount(request.failures),
    ...[request.latency.p50, request.latency.p95, request.latency.p99, request.latency.max].map(formatMs),
  ]);
  return `### Requests\n\n${table(['request', 'count>', 'failed>', 'p50>', 'p95>', 'p99>', 'max>'], rows)}`;
}

function checksPart(checks: readonly CheckRow[]): string {
  const rows = checks.map(({ step, name, passed, failed }) => [
    markdownText(step),
    markdownText(name),
    formatCount(passed),
    formatCount(failed),
  ]);
  return `### Checks that failed\n\n${table(['request', 'check', 'passed>', 'failed>'], rows)}`;
}

function importedPart({ source, files, missing }: ImportedRun): string {
  const from = `Imported from ${sourceNames[source]}: ${files.map(markdownText).join(', ')}\n`;
  return missing.length === 0 ? from : `${from}\n${missing.map((m) => `- ${markdownText(m)}\n`).join('')}`;
}

function breakingPointPart(found: BreakingPoint): string {
  const rows = found.steps.map((step) => [
    String(step.users),
    heldSpan(step),
    formatMs(step.ttfa_p95),
    formatMs(step.barge_in_p95),
    markdownText(heldText(step)),
  ]);
  const steps = table(['calls>', 'when', 'ttfa p95>', 'barge\\_in p95>', 'result'], rows);
  return `### Breaking point\n\n**${markdownText(found.sentence)}**\n${rows.length === 0 ? '' : `\n${steps}`}`;
}

const comparisonMarks: Record<ComparisonVerdict, string> = {
  regressed: '❌ regressed',
  improved: '✅ improved',
  no_difference: '➖ no difference shown',
  unclear: '❔ unclear',
};

function deltaPart({ baselineId, sentence, verdict }: BaselineDelta): string {
  if (sentence === null) return '';
  const mark = verdict === null ? '' : `**${comparisonMarks[verdict]}** · `;
  return `### Against the baseline\n\n${mark}${markdownText(sentence)} (baseline: run \`${baselineId}\`)\n`;
}

function breakdownPart(rows: readonly BreakdownRow[]): string {
  const cells = rows.map((row) => [
    markdownText(row.key),
    formatCount(row.turns),
    formatShare(row.success),
    ...[row.ttfaP50, row.ttfaP95, row.recognitionP95, row.processingP95, row.turnP95, row.bargeInP95].map(
      formatMs,
    ),
  ]);
  const head = ['turn>', 'turns>', 'ok>', 'ttfa p50>', 'ttfa p95>', 'recognition p95>', 'processing p95>', 'turn p95>', 'barge\\_in p95>']; // prettier-ignore
  return `### By turn\n\n${table(head, cells)}`;
}

const longestExample = 200;

/** An example of an error, not longer than a table bears. */
function exampleText(text: string): string {
  return markdownText(text.length > longestExample ? `${text.slice(0, longestExample)}…` : text);
}

/** What a report may tell beyond the summary. */
export interface MarkdownMore {
  delta?: BaselineDelta | null;
  /** By turn. */
  breakdown?: readonly BreakdownRow[];
  errors?: readonly ErrorGroup[];
  /** The command that does the same. */
  commandLine?: string | null;
  imported?: ImportedRun | null;
}

/** The whole report. */
export function markdownReport(summary: RunSummary, more: MarkdownMore = {}): string {
  const { counts, rates } = summary;
  const imported = more.imported ?? null;
  const foreign = isForeign(imported);
  const parts = [
    `## ${marks[summary.verdict]} · ${markdownText(summary.scenario)}\n`,
    [
      `Environment ${markdownText(summary.environment)}`,
      `${formatElapsed(summary.duration_s * 1000)} long`,
      `ended: ${summary.ended}`,
      ...(foreign ? [] : [`seed ${summary.seed}`]),
      `run \`${summary.run_id}\``,
    ].join(' · ') + '\n',
  ];
  if (summary.verdict_reasons.length > 0)
    parts.push(summary.verdict_reasons.map((r) => `- ${markdownText(r)}\n`).join(''));
  if (!summary.trusted) {
    const reasons = summary.untrusted_reasons.map((r) => `> - ${markdownText(r)}\n`).join('');
    parts.push(`> **These numbers cannot be trusted:**\n>\n${reasons}`);
  }
  if (imported !== null) parts.push(importedPart(imported));
  if (more.delta) parts.push(deltaPart(more.delta));
  if (summary.load?.breaking_point) parts.push(breakingPointPart(summary.load.breaking_point));
  if (summary.thresholds.length > 0) {
    const rows = summary.thresholds.map((row) => [
      markdownText(thresholdName(row)),
      formatMetric(row.metric, row.stat, row.value),
      `${row.condition} ${formatMetric(row.metric, row.stat, row.target)}`,
      formatMetric(row.metric, row.stat, row.acceptable),
      marks[row.status],
    ]);
    parts.push(
      `### Thresholds\n\n${table(['threshold', 'value>', 'target>', 'acceptable>', 'status'], rows)}`,
    );
  }
  const called = !foreign || counts.calls_attempted > 0 || counts.turns_ok > 0;
  const latencies = metricsTable(summary, foreign);
  if (latencies !== '') parts.push(`### Latency\n\n${latencies}`);
  const voice = called && hasVoice(summary);
  if (voice) parts.push(`ttfa: ${answersText(counts)}\n`);
  if ((summary.requests ?? []).length > 0) parts.push(requestsPart(summary.requests ?? []));
  const rateRows = Object.entries(rates)
    .filter(([, value]) => value !== null || voice)
    .map(([name, value]) => [markdownText(name), formatShare(value)]);
  if (called) parts.push(`### Rates and counts\n\n${table(['rate', 'value>'], rateRows)}`);
  if (summary.load?.arrivals) parts.push(`arrivals: ${arrivalsText(summary.load.arrivals)}\n`);
  if (hasRequests(summary)) {
    parts.push(
      [
        `requests: ${requestsText(summary)}`,
        `iterations: ${iterationsText(summary)}`,
        `statuses: ${markdownText(statusesText(counts.statuses))}`,
      ].join(' · ') + '\n',
    );
    const checks = summary.checks?.filter(({ failed }) => failed > 0) ?? [];
    if (checks.length > 0) parts.push(checksPart(checks));
  }
  if (voice)
    parts.push(
      `${counts.calls_connected} of ${counts.calls_attempted} calls connected, ${counts.calls_dropped} dropped · ` +
        `turns: ${counts.turns_ok} ok, ${counts.turns_failed} failed, ${counts.turns_timed_out} timed out, ${counts.turns_ambiguous} ambiguous\n`,
    );
  if (more.breakdown && more.breakdown.length > 1) parts.push(breakdownPart(more.breakdown));
  const examples = new Map(more.errors?.map(({ kind, example }) => [kind, example]));
  const errors = Object.entries(counts.errors).sort((a, b) => b[1] - a[1]);
  if (errors.length > 0) {
    parts.push(
      `### Errors\n\n${table(
        examples.size === 0 ? ['kind', 'count>'] : ['kind', 'count>', 'example'],
        errors.map(([kind, n]) => [
          markdownText(kind),
          String(n),
          ...(examples.size === 0 ? [] : [exampleText(examples.get(kind) ?? '')]),
        ]),
      )}`,
    );
  }
  if (more.commandLine)
    parts.push(`<sub>The same from a terminal: ${markdownText(more.commandLine)}</sub>\n`);
  return parts.filter((part) => part !== '').join('\n');
}
