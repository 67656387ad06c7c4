/** `k6 run --out json`: a line for each value of each metric, streamed, packed or not. */
import { z } from 'zod';
import { LatencyHistogram } from '#engine/measure/histogram';
import { contentOf, problem, Progress, type Reading, type ResultFile } from '../files.ts';
import type { ForeignRun } from '../foreign.ts';
import { courseWords, RequestTally } from '../requestTally.ts';
import { isLatency } from '../voice.ts';
import { counted, listed, shown } from '../words.ts';
import { asThreshold, holds, parseExpression, thresholdWords, type K6Threshold } from './threshold.ts';

const longestLine = 1_000_000;
const mostMetrics = 500;

const Metric = z.object({
  type: z.literal('Metric'),
  metric: z.string().optional(),
  data: z.object({
    name: z.string().optional(),
    type: z.enum(['trend', 'counter', 'gauge', 'rate']),
    contains: z.string().default('default'),
    thresholds: z.array(z.unknown()).nullish(),
  }),
});
const Point = z.object({
  type: z.literal('Point'),
  metric: z.string(),
  data: z.object({
    time: z.string(),
    value: z.number(),
    tags: z.record(z.string(), z.string()).nullish(),
  }),
});

/** Whether a line is one of k6's. */
export function isK6Line(line: string): boolean {
  const parsed = parseLine(line);
  return parsed !== null && (Metric.safeParse(parsed).success || Point.safeParse(parsed).success);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** What came of one metric. */
interface Seen {
  type: 'trend' | 'counter' | 'gauge' | 'rate';
  contains: string;
  thresholds: string[];
  count: number;
  sum: number;
  /** Of a rate: how often it was true. */
  nonZero: number;
  last: number;
  histogram: LatencyHistogram | null;
}

/** Times of the parts of an HTTP request: they belong to the request itself, which has a row of its own. */
const parts = /^http_req_(blocked|connecting|tls_handshaking|sending|receiving|waiting)$/;

class Reader {
  readonly tally = new RequestTally();
  readonly metrics = new Map<string, Seen>();
  /** Lines that are not k6's. */
  odd = 0;
  users = false;
  readonly others = new Set<string>();

  line(text: string): void {
    if (text.trim() === '') return;
    const parsed = parseLine(text);
    const point = Point.safeParse(parsed);
    if (point.success) return this.#point(point.data);
    const metric = Metric.safeParse(parsed);
    if (metric.success) this.#metric(metric.data);
    else this.odd++;
  }

  #metric({ metric, data }: z.infer<typeof Metric>): void {
    const name = data.name ?? metric;
    if (name === undefined || this.metrics.size >= mostMetrics) return;
    const thresholds = (data.thresholds ?? []).flatMap((one) => {
      if (typeof one === 'string') return [one];
      const read = z
        .object({ source: z.string() })
        .or(z.object({ threshold: z.string() }).transform(({ threshold }) => ({ source: threshold })))
        .safeParse(one);
      return read.success ? [read.data.source] : [];
    });
    this.metrics.set(name, {
      type: data.type,
      contains: data.contains,
      thresholds,
      count: 0,
      sum: 0,
      nonZero: 0,
      last: 0,
      histogram: data.type === 'trend' ? new LatencyHistogram() : null,
    });
  }

  #point({ metric, data }: z.infer<typeof Point>): void {
    const at = Date.parse(data.time);
    const seen = this.metrics.get(metric);
    if (!Number.isFinite(at) || seen === undefined) {
      this.odd++;
      return;
    }
    const { value } = data;
    const tags = data.tags ?? {};
    seen.count++;
    seen.sum += value;
    if (value !== 0) seen.nonZero++;
    seen.last = value;
    seen.histogram?.record(value);
    this.tally.seen(at);
    if (metric === 'vus') {
      this.users = true;
      this.tally.timeline.level('vus', at, value);
    } else if (metric === 'http_req_failed' && value !== 0) {
      const name = shown(tags.name ?? tags.url ?? 'request', 150);
      const why =
        [tags.error, tags.status].find((text) => text !== undefined && text !== '' && text !== '0') ??
        'failed';
      const code = /^[45]\d\d$/.test(tags.status ?? '') ? `http_${tags.status ?? ''}` : shown(why, 40);
      this.tally.failure(`${name}: ${code}`.slice(0, 200), shown(`${tags.method ?? ''} ${name}: ${why}`), at);
    } else if (metric === 'checks' && value === 0) {
      const check = shown(tags.check ?? 'a check', 150);
      this.tally.failure(`check: ${check}`, `The check “${check}” failed.`, at);
    } else if (seen.type === 'trend') {
      this.#trend(metric, seen, at, value, tags);
    }
  }

  #trend(metric: string, seen: Seen, at: number, value: number, tags: Record<string, string>): void {
    if (seen.contains !== 'time') {
      this.others.add(metric);
      return;
    }
    if (parts.test(metric) || value < 0) return;
    const http = metric === 'http_req_duration';
    const name = http ? (tags.name ?? tags.url ?? metric) : metric;
    // k6 stamps a value when it is known, at the end.
    this.tally.add({
      type: http ? (tags.method ?? 'HTTP') : 'trend',
      name: shown(name, 300),
      startMs: at - value,
      elapsed: value,
      failed: http && tags.expected_response === 'false',
    });
  }
}

/** Reads it line by line. */
export async function readK6Ndjson(file: ResultFile, name: string, reading: Reading): Promise<ForeignRun> {
  const reader = new Reader();
  const progress = new Progress([file], reading.onProgress);
  let rest = '';
  let tooLong = 0;
  const decoder = new TextDecoder();
  for await (const part of contentOf(file, reading, progress)) {
    const lines = (rest + decoder.decode(part, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine) {
      rest = '';
      tooLong++;
    }
    for (const line of lines) reader.line(line);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const cut = rest.trim() !== '' && parseLine(rest) === null;
  if (!cut) reader.line(rest);
  reader.odd += tooLong;
  return runOf(reader, file, name, cut);
}

function runOf(reader: Reader, file: ResultFile, name: string, cut: boolean): ForeignRun {
  const { startMs, endMs, requests, failures, moments, series, notes, span } = reader.tally.outcome(
    reader.users,
  );
  if (startMs === null || endMs === null)
    throw problem('empty_results', `${file.name} has lines of k6 but not one value; nothing was measured.`);
  const thresholds = evaluated(reader.metrics);
  const unknown = [...reader.metrics].flatMap(([metric, { thresholds: texts }]) =>
    texts
      .filter((text) => !thresholds.some((one) => one.metric === metric && one.text === text))
      .map((text) => thresholdWords({ metric, text })),
  );
  const mapped = thresholds.map((threshold) => ({ threshold, own: asThreshold(threshold) }));
  const passed = mapped.filter(({ threshold, own }) => threshold.passed && own === null);
  if (passed.length > 0)
    notes.push(
      `Thresholds of k6 that hold: ${listed(
        passed.map(({ threshold }) => thresholdWords(threshold)),
        20,
      )}.`,
    );
  if (unknown.length > 0)
    notes.push(
      `Thresholds that were not judged, because they are on a part of a metric or not understood: ${listed(unknown, 20)}.`,
    );
  if (thresholds.length === 0 && unknown.length === 0)
    notes.push('The test has no thresholds: a run of k6 without any passes, whatever failed in it.');
  if (reader.odd > 0)
    notes.push(
      `${counted(reader.odd, 'line')} of ${file.name} ${reader.odd === 1 ? 'is' : 'are'} not k6’s and ${reader.odd === 1 ? 'was' : 'were'} left out.`,
    );
  if (cut) notes.push(`The last line of ${file.name} is cut off and was left out.`);
  if (reader.others.size > 0)
    notes.push(
      `${listed([...reader.others])} ${reader.others.size === 1 ? 'is' : 'are'} not in milliseconds and ${reader.others.size === 1 ? 'was' : 'were'} left out.`,
    );
  return {
    kind: 'k6_ndjson',
    source: 'k6',
    name,
    environment: 'k6',
    startedMs: startMs,
    durationS: (endMs - startMs) / 1000,
    requests,
    failures,
    moments,
    series,
    thresholds: mapped.flatMap(({ own }) => (own === null ? [] : [own])),
    failed: mapped
      .filter(({ threshold, own }) => !threshold.passed && own === null)
      .map(({ threshold }) => `the threshold ${thresholdWords(threshold)} of k6 does not hold`),
    voice: requests.filter((request) => request.type === 'trend' && isLatency(request.name)),
    missing: [
      'How k6 itself judged its thresholds is not in its NDJSON: they were judged here, from the values.',
      'Calls and turns are not in it: which values belong to one call is not known.',
      ...(reader.users ? [] : ['How many users there were is not in it.']),
    ],
    notes: [...notes, courseWords(span)],
  };
}

/** Thresholds on whole metrics; those on a part of one (`metric{tag:value}`) and those without values are left. */
function evaluated(metrics: ReadonlyMap<string, Seen>): K6Threshold[] {
  return [...metrics].flatMap(([metric, seen]) =>
    seen.thresholds.flatMap((text) => {
      const said = parseExpression(text);
      const value = said === null ? null : valueOf(seen, said.aggregation, said.percentile);
      return said === null || value === null ? [] : [{ metric, text, passed: holds(value, said), value }];
    }),
  );
}

function valueOf(seen: Seen, aggregation: string, percentile: number | null): number | null {
  if (seen.count === 0) return null;
  if (seen.histogram !== null) {
    if (percentile !== null) return seen.histogram.percentile(percentile);
    const { min, max, mean, p50 } = seen.histogram.summary();
    return { min, max, avg: mean, med: p50, count: seen.count }[aggregation] ?? null;
  }
  if (seen.type === 'rate') return aggregation === 'rate' ? seen.nonZero / seen.count : null;
  if (seen.type === 'counter') return aggregation === 'count' ? seen.sum : null;
  return aggregation === 'value' ? seen.last : null;
}
