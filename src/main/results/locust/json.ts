/** `locust --json`: an array with one object for each request, its response times as a histogram. */
import { z } from 'zod';
import { LatencyHistogram } from '#engine/measure/histogram';
import type { RunSeries } from '#contract/series';
import { Progress, problem, textOf, wholeJson, type Reading, type ResultFile } from '../files.ts';
import { unknownLatency, type ForeignRun, type ReadRequest } from '../foreign.ts';
import { firedByPack, voiceType } from '../voice.ts';
import { counted } from '../words.ts';
import { failedRequests } from './csv.ts';

/** Locust's JSON has no single requests; more than this is something else. */
const largest = 200_000_000;
const mostSeconds = 7 * 86_400;

const amount = z.number().min(0);
const perSecond = z.record(z.string(), amount).default({});

/** One request of the array; what else is in it is left alone. */
const Entry = z.object({
  name: z.string(),
  method: z.string().nullish(),
  start_time: z.number().nullish(),
  last_request_timestamp: z.number().nullish(),
  num_requests: z.number().int().min(0),
  num_none_requests: z.number().int().min(0).default(0),
  num_failures: z.number().int().min(0),
  total_response_time: amount.default(0),
  max_response_time: z.number().nullish(),
  min_response_time: z.number().nullish(),
  response_times: z.record(z.string(), z.number().int().min(0)).default({}),
  num_reqs_per_sec: perSecond,
  num_fail_per_sec: perSecond,
});
type Entry = z.infer<typeof Entry>;

function requestOf(entry: Entry, refused: { values: number }): ReadRequest {
  const histogram = new LatencyHistogram();
  for (const [bucket, count] of Object.entries(entry.response_times)) {
    const ms = Number(bucket);
    if (Number.isFinite(ms) && count > 0) histogram.record(ms, count);
  }
  refused.values += histogram.refused;
  const measured = Math.max(0, entry.num_requests - entry.num_none_requests);
  const { p50, p75, p90, p95, p99, p99_9 } = histogram.summary();
  return {
    type: entry.method ?? '',
    name: entry.name,
    count: entry.num_requests,
    failures: Math.min(entry.num_failures, entry.num_requests),
    coarse: true,
    histogram: histogram.count > 0 ? histogram.encode() : null,
    latency:
      measured === 0
        ? unknownLatency()
        : {
            ...unknownLatency(measured),
            p50,
            p75,
            p90,
            p95,
            p99,
            p99_9,
            // Locust keeps these exactly, beside its buckets.
            min: entry.min_response_time ?? null,
            mean: entry.total_response_time / measured,
            max: entry.max_response_time ?? null,
          },
  };
}

/** Counts by epoch second, of one request or all. */
function bySecond(record: Record<string, number>, into = new Map<number, number>()): Map<number, number> {
  for (const [second, count] of Object.entries(record)) {
    const at = Math.floor(Number(second));
    if (Number.isFinite(at)) into.set(at, (into.get(at) ?? 0) + count);
  }
  return into;
}

function courseOf(
  of: string,
  counts: ReadonlyMap<number, number>,
  failures: ReadonlyMap<number, number>,
  first: number,
  last: number,
): Omit<RunSeries, 'id' | 'problem'>[] {
  const seconds = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const t = seconds.map((second) => second - first);
  const one = (name: string, values: ReadonlyMap<number, number>) => ({
    group: 'imported' as const,
    of,
    name,
    unit: '1/s' as const,
    t,
    values: seconds.map((second) => values.get(second) ?? 0),
  });
  return [one('requests/s', counts), one('failures/s', failures)];
}

/** Reads it. */
export async function readLocustJson(file: ResultFile, name: string, reading: Reading): Promise<ForeignRun> {
  const progress = new Progress([file], reading.onProgress);
  const entries = parseEntries(await textOf(file, reading, progress, largest), file);
  const refused = { values: 0 };
  const requests = entries.map((entry) => requestOf(entry, refused));
  const counts = new Map<number, number>();
  const failures = new Map<number, number>();
  for (const entry of entries) {
    bySecond(entry.num_reqs_per_sec, counts);
    bySecond(entry.num_fail_per_sec, failures);
  }
  const seconds = [...counts.keys()].sort((a, b) => a - b);
  const starts = entries.flatMap(({ start_time: at }) => (at == null || at <= 0 ? [] : [at]));
  const ends = entries.flatMap(({ last_request_timestamp: at }) => (at == null || at <= 0 ? [] : [at]));
  const start = starts.length > 0 ? starts.reduce((a, b) => Math.min(a, b)) : (seconds[0] ?? null);
  const end = ends.length > 0 ? ends.reduce((a, b) => Math.max(a, b)) : (seconds.at(-1) ?? null);
  const first = start === null ? 0 : Math.floor(start);
  const last = Math.max(first, end === null ? 0 : Math.floor(end), seconds.at(-1) ?? 0);
  const drawn = start !== null && last - first <= mostSeconds && seconds.length > 0;
  const notes: string[] = [];
  if (start !== null && last - first > mostSeconds)
    notes.push('Its requests lie more than a week apart; their course over time was left out.');
  if (refused.values > 0)
    notes.push(
      `${counted(refused.values, 'response time')} longer than 10 minutes ${refused.values === 1 ? 'is' : 'are'} not in the percentiles.`,
    );
  const failed = requests.reduce((sum, request) => sum + request.failures, 0);
  const voice = requests.filter(({ type, name: own }) => type === voiceType && firedByPack(own));
  return {
    kind: 'locust_json',
    source: 'locust',
    name,
    environment: 'Locust',
    startedMs: start === null ? null : start * 1000,
    durationS: start === null || end === null ? 0 : Math.max(0, end - start),
    requests,
    failures:
      failed === 0
        ? []
        : [
            {
              kind: 'failed_request',
              message: 'A request failed; Locust’s --json does not say why.',
              count: failed,
              firstMs: null,
              lastMs: null,
            },
          ],
    // How many users there were is not known, and a moment without them would show none.
    moments: [],
    series: drawn
      ? [
          ...courseOf('Aggregated', counts, failures, first, last),
          ...entries
            .slice(0, 30)
            .flatMap((entry) =>
              courseOf(
                `${entry.method ?? ''} ${entry.name}`.trim(),
                bySecond(entry.num_reqs_per_sec),
                bySecond(entry.num_fail_per_sec),
                first,
                last,
              ),
            ),
        ]
      : [],
    thresholds: [],
    failed:
      failed > 0
        ? [
            failedRequests(
              failed,
              requests.reduce((sum, { count }) => sum + count, 0),
            ),
          ]
        : [],
    voice,
    missing: [
      'Locust’s --json holds no single requests or turns: percentiles come from its histogram, whose values are rounded to two digits.',
      'How many users there were, and percentiles over time, are not in it.',
      'Why requests failed is not in it.',
      ...(voice.length === 0
        ? [
            'There are no calls and turns: none of the requests is fired by a pack of Crosstalk, so ttfa, barge-in and the other metrics are empty.',
          ]
        : []),
    ],
    notes,
  };
}

function parseEntries(text: string, file: ResultFile): Entry[] {
  const content = wholeJson(text, file, 'Write it again with locust --json.');
  const parsed = z.array(Entry).safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw problem(
      'unknown_results',
      `${file.name} looks like locust --json, but ${issue?.path.join('.') ?? 'its content'} is not what it should be (${issue?.message ?? 'unknown'}).`,
    );
  }
  if (parsed.data.length === 0)
    throw problem('empty_results', `${file.name} is empty: Locust measured not one request.`);
  return parsed.data;
}
