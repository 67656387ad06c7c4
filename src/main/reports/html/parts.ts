/** The written parts of a report: what ran, how it went, why to believe it. */
import { formatDuration } from '#contract/quantities';
import type { RequestSummary, RunDetail, RunSummary, ThresholdResult, Verdict } from '#contract/run';
import { isForeign, sourceNames } from '../importedFrom.ts';
import { arrivalsText, heldSpan, heldText } from '../load.ts';
import {
  answersText,
  formatCount,
  formatElapsed,
  formatMetric,
  formatMs,
  formatPerSecond,
  formatShare,
} from '../quantities.ts';
import { hasRequests, hasVoice, iterationsText } from '../requestWords.ts';
import { thresholdName } from '../threshold.ts';
import { exact, markup, tableOf, type Column, type Markup } from './markup.ts';

const verdictWords: Record<Verdict, string> = { pass: '✓ Passed', warn: '! Warning', fail: '✕ Failed' };
const statusWords: Record<Verdict, string> = { pass: '✓ met', warn: '! acceptable', fail: '✕ not met' };
const endings: Record<string, string> = {
  completed: 'ended as planned',
  stopped: 'stopped early',
  aborted: 'aborted',
  threshold: 'ended by a threshold',
  crashed: 'crashed',
};

export const right = (head: string): Column => ({ head, right: true });
export const wide = (head: string): Column => ({ head, wide: true });

/** A time of day with its zone, as the reader's machine would not change it. */
export function momentText(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function verdictBadge(detail: RunDetail): Markup {
  const { row, summary } = detail;
  if (summary !== null)
    return markup`<span class="verdict ${summary.verdict}">${verdictWords[summary.verdict]}</span>${
      !summary.trusted && markup` <span class="verdict fail">✕ Untrusted</span>`
    }`;
  const words = { running: '… Going on', stopping: '… Ending', cut_off: '! Cut off', finished: 'No verdict' };
  return markup`<span class="verdict warn">${words[row.state]}</span>`;
}

/** Verdict, name, and when, where, how long. */
export function headPart(detail: RunDetail): Markup {
  const { row, summary, origin } = detail;
  const title = row.name === '' ? row.scenario : row.name;
  const lengthMs = summary === null ? row.durationMs : summary.duration_s * 1000;
  const facts: [string, string | null][] = [
    ['Scenario', row.scenario],
    ['Environment', row.environment],
    ['Started', momentText(row.startedAt)],
    ['Length', lengthMs === null ? null : formatElapsed(lengthMs)],
    ['Ended', summary === null ? null : (endings[summary.ended] ?? summary.ended)],
    ['Most calls at once', formatCount(row.peakCalls)],
    [
      isForeign(detail.imported) ? 'Imported by' : 'By',
      isForeign(detail.imported)
        ? origin.user
        : `${origin.user} on ${origin.host} (${origin.os}, ${origin.cpus} ${origin.cpus === 1 ? 'core' : 'cores'})`,
    ],
    ['Tags', row.tags.length === 0 ? null : row.tags.join(', ')],
    ['Commit', origin.gitCommit],
    ['CI', origin.ciUrl],
    ['Run', row.id],
    ['Seed', isForeign(detail.imported) ? null : String(detail.seed)],
  ];
  return markup`<header class="top">
<p class="brand">Crosstalk run report</p>
<h1>${verdictBadge(detail)} <span>${title}</span></h1>
<dl class="facts">${facts.map(([name, value]) => value !== null && markup`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>
</header>`;
}

/** Why it failed, what was imported, how it stands to its baseline, and what was written about it. */
export function remarksPart(detail: RunDetail): Markup {
  const { row, summary, imported, note } = detail;
  const reasons = summary?.verdict_reasons ?? [];
  return markup`${
    imported !== null &&
    markup`<section class="box"><h2>Imported from ${sourceNames[imported.source]}</h2><p>${imported.files.join(', ')}</p>${listOf(imported.missing)}</section>`
  }${reasons.length > 0 && markup`<section class="box fail"><h2>Why it failed</h2>${listOf(reasons)}</section>`}${
    row.delta?.sentence != null &&
    markup`<section class="box"><h2>Against its baseline: ${row.delta.verdict?.replace('_', ' ') ?? 'not compared'}</h2><p>${row.delta.sentence}</p><p class="muted">Baseline: run ${row.delta.baselineId}</p></section>`
  }${note.trim() !== '' && markup`<section class="box"><h2>Note</h2><p class="text">${note}</p></section>`}`;
}

export function listOf(lines: readonly string[]): Markup | false {
  return lines.length > 0 && markup`<ul>${lines.map((line) => markup`<li>${line}</li>`)}</ul>`;
}

function breachText(row: ThresholdResult): string {
  return row.breached_s === undefined || row.breached_s === 0
    ? '–'
    : formatDuration(Math.round(row.breached_s) * 1000);
}

export function thresholdsPart(detail: RunDetail): Markup | false {
  const thresholds = detail.summary?.thresholds ?? detail.thresholds;
  if (thresholds.length === 0) return false;
  const value = (row: ThresholdResult, n: number | null) => exact(formatMetric(row.metric, row.stat, n), n);
  const rows = thresholds.map((row) => [
    thresholdName(row),
    value(row, row.value),
    markup`${row.condition === 'below' ? '≤ ' : '≥ '}${value(row, row.target)}`,
    value(row, row.acceptable),
    breachText(row),
    markup`<span class="status ${row.status}">${statusWords[row.status]}</span>`,
  ]);
  const columns = [
    wide('Threshold'),
    right('Value'),
    right('Target'),
    right('Acceptable'),
    right('In breach'),
    { head: 'Status' },
  ];
  return markup`<section><h2>Thresholds</h2>${tableOf('Thresholds', columns, rows)}</section>`;
}

function figure(name: string, shown: string, full: string | number | null, more?: string): Markup {
  return markup`<div class="figure"><dt>${name}</dt><dd class="num">${exact(shown, full)}</dd>${
    more !== undefined && markup`<dd class="more">${more}</dd>`
  }</div>\n`;
}

export function figuresPart(detail: RunDetail): Markup {
  const { row, summary } = detail;
  const ms = (name: string, value: number | null, more?: string) =>
    figure(name, formatMs(value), value === null ? null : `${value} ms`, more);
  const figures =
    summary === null
      ? [
          ms('ttfa p50', row.ttfaP50),
          ms('ttfa p95', row.ttfaP95),
          ms('barge-in p95', row.bargeInP95),
          figure('turns ok', formatShare(row.turnSuccess), row.turnSuccess),
          figure('errors', formatCount(row.errors), row.errors),
        ]
      : hasRequests(summary)
        ? [
            ...(hasVoice(summary) ? summaryFigures(summary, ms) : []),
            ...ownRequestFigures(summary, ms, hasVoice(summary)),
          ]
        : summary.metrics.ttfa.count === 0 && (summary.requests?.length ?? 0) > 0
          ? requestFigures(summary)
          : summaryFigures(summary, ms);
  return markup`<section><h2>Key figures</h2><dl class="figures">${figures}</dl></section>`;
}

/** Of a run whose tool knows only requests. */
function requestFigures({ requests = [], counts }: RunSummary): Markup[] {
  const sum = (of: (request: RequestSummary) => number) =>
    requests.reduce((total, request) => total + of(request), 0);
  const all = sum(({ count }) => count);
  const failed = sum(({ failures }) => failures);
  const errors = Object.values(counts.errors).reduce((total, n) => total + n, 0);
  return [
    figure('requests', formatCount(all), all),
    figure('failed requests', formatCount(failed), failed, formatShare(all === 0 ? null : failed / all)),
    figure('errors', formatCount(errors), errors),
  ];
}

/** Of users that make requests. `beside`: figures of calls stand before, errors among them. */
function ownRequestFigures(
  summary: RunSummary,
  ms: (name: string, value: number | null, more?: string) => Markup,
  beside: boolean,
): Markup[] {
  const { counts, rates, metrics, requests_per_second: perSecond } = summary;
  const { request, first_token: token } = metrics;
  const errors = Object.values(counts.errors).reduce((sum, n) => sum + n, 0);
  return [
    ms('response p50', request.p50, `${formatCount(request.count)} timed`),
    ms('response p95', request.p95, `from when they were sent: ${formatMs(metrics.request_uncorrected.p95)}`),
    ms('response p99', request.p99),
    ...(token.count > 0 ? [ms('first token p95', token.p95)] : []),
    figure('requests', formatCount(counts.requests), counts.requests, iterationsWords(summary)),
    figure('requests a second', formatPerSecond(perSecond), perSecond),
    figure(
      'requests ok',
      formatShare(rates.request_success),
      rates.request_success,
      `${formatCount(counts.requests_failed)} failed (${formatCount(counts.requests_timed_out)} timed out)`,
    ),
    ...(rates.check_success === null
      ? []
      : [figure('checks passed', formatShare(rates.check_success), rates.check_success)]),
    ...(beside ? [] : [figure('errors', formatCount(errors), errors)]),
  ];
}

function iterationsWords(summary: RunSummary): string {
  return `${iterationsText(summary)} iterations`;
}

function summaryFigures(
  summary: RunSummary,
  ms: (name: string, value: number | null, more?: string) => Markup,
): Markup[] {
  const { counts, rates, metrics, load } = summary;
  const errors = Object.values(counts.errors).reduce((sum, n) => sum + n, 0);
  const count = (name: string, n: number, more?: string) => figure(name, formatCount(n), n, more);
  const share = (name: string, n: number | null, more?: string) => figure(name, formatShare(n), n, more);
  return [
    ms('ttfa p50', metrics.ttfa.p50, answersText(counts)),
    ms('ttfa p95', metrics.ttfa.p95),
    ms('ttfa p99', metrics.ttfa.p99),
    ms('barge-in p95', metrics.barge_in.p95, `${formatCount(metrics.barge_in.count)} measured`),
    share(
      'calls connected',
      rates.connection_success,
      `${counts.calls_connected} of ${counts.calls_attempted}`,
    ),
    count('calls dropped', counts.calls_dropped),
    share(
      'turns ok',
      rates.turn_success,
      `${counts.turns_ok} ok, ${counts.turns_failed} failed (${counts.turns_timed_out} timed out)`,
    ),
    count('errors', errors),
    ...(load?.arrivals
      ? [figure('arrivals', formatCount(load.arrivals.started), null, arrivalsText(load.arrivals))]
      : []),
  ];
}

export function breakingPointPart({ summary }: RunDetail): Markup | false {
  const found = summary?.load?.breaking_point;
  if (!found) return false;
  const rows = found.steps.map((step) => [
    step.users,
    heldSpan(step),
    formatMs(step.ttfa_p95),
    formatMs(step.barge_in_p95),
    heldText(step),
  ]);
  const columns = [
    right('Calls'),
    { head: 'When' },
    right('ttfa p95'),
    right('barge-in p95'),
    wide('Result'),
  ];
  return markup`<section><h2>Breaking point</h2><p>${found.sentence}</p>${tableOf('Held numbers of calls', columns, rows)}</section>`;
}

export function markersPart({ markers, notices }: RunDetail): Markup {
  const rows = markers.map(({ t, text }) => [formatElapsed(t * 1000), text]);
  return markup`${
    markers.length > 0 &&
    markup`<section><h2>Markers</h2>${tableOf('Markers', [right('At'), wide('Text')], rows)}</section>`
  }${notices.length > 0 && markup`<section><h2>Notices during the run</h2>${listOf(notices)}</section>`}`;
}

/** How far the numbers can be believed, and what that rests on. */
export function trustPart({ summary, origin, imported }: RunDetail): Markup {
  if (isForeign(imported))
    return markup`<section><h2>How far it can be trusted</h2><p>Another tool measured this run; Crosstalk cannot tell how its generator fared.</p></section>`;
  if (summary === null)
    return markup`<section><h2>How far it can be trusted</h2><p>The run has no summary; whether its generator kept up was not judged.</p></section>`;
  const { engine, metrics, counts } = summary;
  const lateness = metrics.frame_lateness;
  const judged = summary.trusted
    ? markup`<p>The generator kept up with its schedule: these numbers are the target’s and the network’s, not the generator’s.</p>`
    : markup`<div class="box fail"><p><strong>✕ These numbers cannot be trusted:</strong></p>${listOf(summary.untrusted_reasons)}</div>`;
  const facts: [string, string][] = [
    ...(hasVoice(summary)
      ? ([
          [
            'Frames sent late (p99)',
            `${formatMs(lateness.p99)} (limit 10 ms), at most ${formatMs(lateness.max)}`,
          ],
          ['Calls that slipped', formatCount(counts.slipped)],
          ['Turns excluded', `${formatCount(counts.turns_excluded)} (warm-up, or the generator fell behind)`],
          ['Ambiguous turns', formatCount(counts.turns_ambiguous)],
        ] satisfies [string, string][])
      : []),
    ...(hasRequests(summary)
      ? ([
          [
            'Requests excluded',
            `${formatCount(counts.requests_excluded)} (warm-up, or the generator fell behind)`,
          ],
        ] satisfies [string, string][])
      : []),
    ['Threads', String(engine.workers)],
    [
      'CPU and memory',
      `${(engine.cpu_user_s + engine.cpu_system_s).toFixed(1)} s of CPU, at most ${engine.peak_rss_mb.toFixed(0)} MB`,
    ],
    ['Program', `Crosstalk ${origin.version}, Node.js ${engine.node}, ${origin.os}, ${origin.cpus} cores`],
  ];
  return markup`<section><h2>How far it can be trusted</h2>${judged}<dl class="facts">${facts.map(
    ([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>\n`,
  )}</dl></section>`;
}

function yamlPart(title: string, yaml: string): Markup {
  return markup`<details><summary>${title}</summary><pre>${yaml}</pre></details>`;
}

export function filesPart(detail: RunDetail): Markup {
  const { scenarioYaml, environmentYaml, applied, origin } = detail;
  return markup`<section class="files"><h2>Scenario and environment as they were</h2>${
    applied.length > 0 && markup`<p>Overridden for this run:</p>${listOf(applied)}`
  }${origin.commandLine !== null && markup`<p>The same from a terminal: <code>${origin.commandLine}</code></p>`}${
    scenarioYaml.trim() !== '' && yamlPart('Scenario', scenarioYaml)
  }${environmentYaml !== null && yamlPart('Environment', environmentYaml)}</section>`;
}
