/** A summary of k6: its trends are requests, its thresholds and checks say how it went. */
import { Progress, problem, textOf, wholeJson, type Reading, type ResultFile } from '../files.ts';
import { unknownLatency, type FailureGroup, type ForeignRun, type ReadRequest } from '../foreign.ts';
import { isLatency } from '../voice.ts';
import { counted, listed, shown } from '../words.ts';
import { readShape, type Summary, type SummaryMetric } from './shapes.ts';
import { asThreshold, thresholdWords } from './threshold.ts';

/** A summary has no single values; more than this is something else. */
export const largestSummary = 50_000_000;

/** What says how many values a trend has, where the trend itself does not. */
const counters: Record<string, string> = {
  http_req_duration: 'http_reqs',
  http_req_waiting: 'http_reqs',
  http_req_blocked: 'http_reqs',
  http_req_connecting: 'http_reqs',
  http_req_tls_handshaking: 'http_reqs',
  http_req_sending: 'http_reqs',
  http_req_receiving: 'http_reqs',
  iteration_duration: 'iterations',
  ws_connecting: 'ws_sessions',
};

const shapeNames: Record<Summary['shape'], string> = {
  summary_export: '--summary-export',
  handle_summary: 'handleSummary',
  machine_readable: 'the machine-readable summary',
};

function countOf(metric: SummaryMetric, metrics: readonly SummaryMetric[]): number | null {
  const own = metric.values.count;
  if (own !== undefined) return Math.round(own);
  const counter = Object.hasOwn(counters, metric.name) ? counters[metric.name] : undefined;
  const found = metrics.find(({ name }) => name === counter)?.values.count;
  return found === undefined ? null : Math.round(found);
}

function requestOf(metric: SummaryMetric, count: number | null, failures: number): ReadRequest {
  const at = (key: string) => metric.values[key] ?? null;
  return {
    type: 'trend',
    name: metric.name,
    count: count ?? 0,
    failures: Math.min(failures, count ?? 0),
    coarse: false,
    histogram: null,
    latency: {
      ...unknownLatency(count ?? 0),
      min: at('min'),
      mean: at('avg'),
      p50: at('med') ?? at('p(50)'),
      p75: at('p(75)'),
      p90: at('p(90)'),
      p95: at('p(95)'),
      p99: at('p(99)'),
      p99_9: at('p(99.9)'),
      max: at('max'),
    },
  };
}

/** Reads it in whichever shape it is. */
export async function readK6Summary(file: ResultFile, name: string, reading: Reading): Promise<ForeignRun> {
  const text = await textOf(file, reading, new Progress([file], reading.onProgress), largestSummary);
  const content = wholeJson(text, file, 'Have k6 write the summary again.');
  const summary = readShape(content);
  if (summary === null)
    throw problem('unknown_results', `${file.name} is JSON, but none of the three shapes of a k6 summary.`);
  return runOf(summary, name);
}

function runOf(summary: Summary, name: string): ForeignRun {
  const { metrics, checks } = summary;
  const trends = metrics.filter(({ type }) => type === 'trend');
  const times = trends.filter(({ contains }) => contains === null || contains === 'time');
  const others = trends.filter((trend) => !times.includes(trend)).map((trend) => trend.name);
  const failedRate = metrics.find((metric) => metric.name === 'http_req_failed')?.values ?? {};
  // A rate counts what was true, and true is a failure here.
  const failed = Math.round(failedRate.passes ?? failedRate.matches ?? 0);
  const requests = times.map((trend) =>
    requestOf(trend, countOf(trend, metrics), trend.name === 'http_req_duration' ? failed : 0),
  );
  const unsure = times.filter((trend) => countOf(trend, metrics) === null).map((trend) => trend.name);
  const assumed =
    summary.shape === 'summary_export'
      ? times
          .filter((trend) => !/^(http_|ws_|grpc_|iteration_|group_)/.test(trend.name))
          .map((trend) => trend.name)
      : [];
  const failures: FailureGroup[] = [
    ...(failed > 0
      ? [group('http_req_failed', 'An HTTP request failed; a summary does not say why.', failed)]
      : []),
    ...checks
      .filter(({ fails }) => fails > 0)
      .map((check) => group(`check: ${check.name}`, `The check “${check.name}” failed.`, check.fails)),
  ];
  const mapped = summary.thresholds.map((threshold) => ({ threshold, own: asThreshold(threshold) }));
  const crossed = mapped.filter(({ threshold, own }) => !threshold.passed && own === null);
  const kept = mapped.filter(({ threshold, own }) => threshold.passed && own === null);
  const notes: string[] = [];
  if (kept.length > 0)
    notes.push(
      `Thresholds of k6 that passed: ${listed(
        kept.map(({ threshold }) => thresholdWords(threshold)),
        20,
      )}.`,
    );
  if (summary.thresholds.length === 0)
    notes.push('The test has no thresholds: a run of k6 without any passes, whatever failed in it.');
  if (others.length > 0)
    notes.push(
      `${listed(others)} ${others.length === 1 ? 'is' : 'are'} not in milliseconds and ${others.length === 1 ? 'was' : 'were'} left out.`,
    );
  if (assumed.length > 0)
    notes.push(
      `${listed(assumed)} ${assumed.length === 1 ? 'is' : 'are'} the script’s own: this shape does not say their unit, milliseconds were taken.`,
    );
  const users = metrics.find((metric) => metric.name === 'vus_max' || metric.name === 'vus')?.values;
  const most = users?.max ?? users?.value;
  if (most !== undefined) notes.push(`There were at most ${counted(Math.round(most), 'virtual user')}.`);
  const { durationMs, writtenMs } = summary;
  if (durationMs === null) notes.push('How long it took is not in the summary.');
  else if (summary.shape === 'summary_export')
    notes.push('How long it took is worked out from a count and its rate.');
  return {
    kind: 'k6_summary',
    source: 'k6',
    name: shown(summary.script?.split(/[\\/]/).at(-1) ?? name, 200),
    environment: 'k6',
    startedMs: writtenMs === null ? null : writtenMs - (durationMs ?? 0),
    durationS: (durationMs ?? 0) / 1000,
    requests: [...requests, ...checks.map(checkRequest)],
    failures,
    moments: [],
    series: [],
    thresholds: mapped.flatMap(({ own }) => (own === null ? [] : [own])),
    failed: crossed.map(({ threshold }) => `the threshold ${thresholdWords(threshold)} of k6 was crossed`),
    voice: requests.filter((request) => isLatency(request.name)),
    missing: [
      `A summary of k6 (${shapeNames[summary.shape]}) holds no single values and no course over time: only the statistics it was asked for.`,
      ...(unsure.length > 0
        ? [
            `How many values ${listed(unsure)} ${unsure.length === 1 ? 'rests' : 'rest'} on is not in it: 0 stands there.`,
          ]
        : []),
      'Why requests failed is not in it.',
      'Calls and turns are not in it.',
    ],
    notes,
  };
}

function group(kind: string, message: string, count: number): FailureGroup {
  return {
    kind: shown(kind, 200),
    message: shown(message),
    count: Math.round(count),
    firstMs: null,
    lastMs: null,
  };
}

function checkRequest({ name, passes, fails }: { name: string; passes: number; fails: number }): ReadRequest {
  const count = Math.round(passes + fails);
  return {
    type: 'check',
    name,
    count,
    failures: Math.round(fails),
    coarse: false,
    histogram: null,
    latency: unknownLatency(),
  };
}
