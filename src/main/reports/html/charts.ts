/** The charts of a report: columns of the run's samples and of what was sampled beside it. */
import type { LatencyMetric } from '#contract/metrics';
import type { ChartUnit, ReportChart, ReportCurve, ReportPage } from '#contract/reportPage';
import type { RunDetail, Sample } from '#contract/run';
import type { RunSeries, SeriesInfo } from '#contract/series';
import { decodeHistogram } from '../histograms.ts';
import { isForeign } from '../importedFrom.ts';
import { formatMetric } from '../quantities.ts';
import { hasVoice } from '../requestWords.ts';

/** Most points of a chart. */
export const mostPoints = 1800;
const mostErrorKinds = 7;

/** Three digits behind the point say more than was measured. */
const rounded = (value: number | null) => (value === null ? null : Number(value.toFixed(3)));

const errorColours = ['vermillion', 'sky', 'purple', 'yellow', 'green', 'orange', 'neutral'].map(
  (name) => `--series-${name}`,
);
const resourceColours = ['blue', 'orange', 'green', 'purple', 'vermillion', 'sky', 'yellow', 'neutral'].map(
  (name) => `--series-${name}`,
);

/** Everything that is drawn. `samples` are merged to `mostPoints` already. */
export function reportPage(
  detail: RunDetail,
  samples: readonly Sample[],
  series: readonly RunSeries[],
  histograms: Readonly<Record<string, string>>,
): ReportPage {
  const t = samples.map((sample) => Number(sample.t.toFixed(1)));
  const resources = resourceCharts(series);
  const ends = [t.at(-1) ?? 0, ...resources.map((chart) => chart.t?.at(-1) ?? 0)];
  return {
    t,
    toS: Math.max(10, ...ends),
    charts: [...(samples.length === 0 ? [] : ownCharts(detail, samples)), ...resources],
    curves: curves(histograms),
    markers: detail.markers.map(({ t: at, text }) => ({ t: at, text })),
  };
}

/** Of another tool's run only what its files have values for. */
function ownCharts(detail: RunDetail, samples: readonly Sample[]): ReportChart[] {
  const isVoice = detail.summary === null || hasVoice(detail.summary);
  const charts = [
    ...sampleCharts(detail, samples).filter(({ name }) => isVoice || !ofVoice.has(name)),
    ...requestCharts(detail, samples),
  ];
  if (!isForeign(detail.imported)) return charts;
  return charts.filter(({ series }) => series.some(({ values }) => values.some((value) => !!value)));
}

/** Charts that say nothing of users that make requests. */
const ofVoice: ReadonlySet<string> = new Set(['ttfa', 'barge-in', 'throughput', 'lateness']);

/** Of users that make requests. */
function requestCharts(detail: RunDetail, samples: readonly Sample[]): ReportChart[] {
  if (!samples.some(({ requestsOk, requestsFailed }) => requestsOk + requestsFailed > 0)) return [];
  const column = (of: (sample: Sample) => number | null) => samples.map((sample) => rounded(of(sample)));
  const perSecond = (of: (sample: Sample) => number) =>
    column((sample) => of(sample) / Math.max(1, sample.span));
  const percentiles = (name: 'request' | 'firstToken') => [
    { label: 'p50', colour: '--series-sky', values: column((s) => s[name].p50) },
    { label: 'p95', colour: '--series-orange', width: 2, values: column((s) => s[name].p95) },
    { label: 'p99', colour: '--series-vermillion', values: column((s) => s[name].p99) },
  ];
  const hasTokens = samples.some(({ firstToken }) => firstToken.count > 0);
  return [
    {
      name: 'request',
      title: 'Response time',
      about: 'From when a request was to begin until its answer was over, over the last 10 s.',
      kind: 'lines',
      unit: 'ms',
      tall: true,
      least: 10,
      marks: targetMarks(detail, 'request'),
      series: percentiles('request'),
    },
    ...(hasTokens
      ? [
          {
            name: 'first-token',
            title: 'Time to first token',
            about: 'From when a request was sent until the first token of its answer, over the last 10 s.',
            kind: 'lines' as const,
            unit: 'ms' as const,
            least: 10,
            marks: targetMarks(detail, 'first_token'),
            series: percentiles('firstToken'),
          },
        ]
      : []),
    {
      name: 'requests',
      title: 'Requests per second',
      about: 'Requests that ended and iterations that ended, each second.',
      kind: 'lines',
      unit: 'rate',
      least: 1,
      marks: [],
      series: [
        { label: 'ok', colour: '--series-green', width: 2, values: perSecond((s) => s.requestsOk) },
        { label: 'failed', colour: '--series-vermillion', values: perSecond((s) => s.requestsFailed) },
        { label: 'iterations', colour: '--series-blue', values: perSecond((s) => s.iterations) },
      ],
    },
  ];
}

function targetMarks(detail: RunDetail, metric: LatencyMetric): { value: number; label: string }[] {
  return detail.thresholds
    .filter(
      (row) => row.metric === metric && row.stat !== 'count' && Object.keys(row.where ?? {}).length === 0,
    )
    .map((row) => ({
      value: row.target,
      label: `${row.stat} target ${formatMetric(row.metric, row.stat, row.target)}`,
    }));
}

function sampleCharts(detail: RunDetail, samples: readonly Sample[]): ReportChart[] {
  const column = (of: (sample: Sample) => number | null) => samples.map((sample) => rounded(of(sample)));
  const perSecond = (of: (sample: Sample) => number) =>
    column((sample) => of(sample) / Math.max(1, sample.span));
  const any = (of: (sample: Sample) => number) => samples.some((sample) => of(sample) > 0);
  const marksOf = (metric: LatencyMetric) => targetMarks(detail, metric);
  return [
    {
      name: 'ttfa',
      title: 'Time to first audio',
      about: 'Time to first audio over the last 10 s.',
      kind: 'lines',
      unit: 'ms',
      tall: true,
      least: 100,
      marks: marksOf('ttfa'),
      series: [
        { label: 'p50', colour: '--series-sky', values: column((s) => s.ttfa.p50) },
        { label: 'p95', colour: '--series-orange', width: 2, values: column((s) => s.ttfa.p95) },
        { label: 'p99', colour: '--series-vermillion', values: column((s) => s.ttfa.p99) },
      ],
    },
    {
      name: 'barge-in',
      title: 'Barge-in',
      about: 'From an interruption until the agent is silent, over the last 10 s.',
      kind: 'lines',
      unit: 'ms',
      least: 100,
      marks: marksOf('barge_in'),
      series: [
        { label: 'p50', colour: '--series-green', values: column((s) => s.bargeIn.p50) },
        { label: 'p95', colour: '--series-purple', width: 2, values: column((s) => s.bargeIn.p95) },
      ],
    },
    {
      name: 'calls',
      title: 'Calls',
      about: 'Asked for by the load, connected, and being connected.',
      kind: 'lines',
      unit: 'count',
      least: 2,
      marks: [],
      series: [
        { label: 'asked', colour: '--series-neutral', dashed: true, values: column((s) => s.asked) },
        { label: 'active', colour: '--series-blue', width: 2, area: true, values: column((s) => s.active) },
        { label: 'connecting', colour: '--series-yellow', values: column((s) => s.connecting) },
      ],
    },
    {
      name: 'throughput',
      title: 'Calls and turns per second',
      about: 'Calls attempted and turns that ended, each second.',
      kind: 'lines',
      unit: 'rate',
      least: 1,
      marks: [],
      series: [
        { label: 'calls', colour: '--series-blue', values: perSecond((s) => s.callsAttempted) },
        { label: 'turns', colour: '--series-green', values: perSecond((s) => s.turnsOk + s.turnsFailed) },
        ...(any((s) => s.arrivalsDropped)
          ? [{ label: 'dropped', colour: '--series-vermillion', values: perSecond((s) => s.arrivalsDropped) }]
          : []),
      ],
    },
    ...errorChart(samples),
    {
      name: 'lateness',
      title: 'Generator: frame lateness',
      about: 'How late the generator sent its frames: its own error. Above 10 ms a run is not to be trusted.',
      kind: 'lines',
      unit: 'ms',
      least: 2,
      marks: [{ value: 10, label: 'untrusted above 10 ms' }],
      series: [{ label: 'p99', colour: '--series-purple', values: column((s) => s.generator.latenessP99) }],
    },
    {
      name: 'generator',
      title: 'Generator: event loop and CPU',
      about: 'The busiest thread’s event loop, and the CPU of the whole program (100 % is one core).',
      kind: 'lines',
      unit: 'share',
      least: 1,
      marks: [],
      series: [
        { label: 'event loop', colour: '--series-blue', values: column((s) => s.generator.eventLoop) },
        { label: 'CPU', colour: '--series-orange', values: column((s) => s.generator.cpu) },
      ],
    },
  ];
}

function errorChart(samples: readonly Sample[]): ReportChart[] {
  const counts = new Map<string, number>();
  for (const { errors } of samples)
    for (const [kind, count] of Object.entries(errors)) counts.set(kind, (counts.get(kind) ?? 0) + count);
  const kinds = [...counts].sort((a, b) => b[1] - a[1]).map(([kind]) => kind);
  if (kinds.length === 0) return [];
  const own = kinds.length <= mostErrorKinds ? kinds : kinds.slice(0, mostErrorKinds - 1);
  const rest = kinds.slice(own.length);
  const colour = (i: number) => errorColours[i % errorColours.length] ?? '--series-neutral';
  const layers = own.map((kind, i) => ({
    label: kind,
    colour: colour(i),
    values: samples.map(({ errors }) => errors[kind] ?? 0),
  }));
  if (rest.length > 0)
    layers.push({
      label: `${rest.length} other kinds`,
      colour: '--series-neutral',
      values: samples.map(({ errors }) => rest.reduce((sum, kind) => sum + (errors[kind] ?? 0), 0)),
    });
  return [
    {
      name: 'errors',
      title: 'Errors',
      about: 'By kind, piled up, in each second or merged stretch of seconds.',
      kind: 'bars',
      unit: 'count',
      least: 2,
      marks: [],
      series: layers,
    },
  ];
}

const groupTitles: Record<SeriesInfo['group'], string> = {
  process: 'Processes',
  gpu: 'Graphics cards',
  prometheus: 'Prometheus',
  imported: 'Imported',
  requests: 'Requests',
};
const unitTitles: Record<SeriesInfo['unit'], [title: string, unit: ChartUnit]> = {
  cores: ['CPU (1 is one core)', 'cores'],
  bytes: ['memory', 'bytes'],
  'bytes/s': ['throughput', 'bytes/s'],
  share: ['share', 'share'],
  ms: ['latency', 'ms'],
  '1/s': ['per second', 'rate'],
  none: ['values', 'none'],
};

/** One chart for what has the same kind and unit, over the moments of all its series. */
function resourceCharts(all: readonly RunSeries[]): ReportChart[] {
  const groups = new Map<string, RunSeries[]>();
  for (const series of all) {
    if (!series.values.some((value) => value !== null)) continue;
    const key = `${series.group} ${series.unit}`;
    groups.set(key, [...(groups.get(key) ?? []), series]);
  }
  return [...groups].map(([key, group]): ReportChart => {
    const first = group[0];
    const [words, unit] = unitTitles[first?.unit ?? 'none'];
    const title = `${groupTitles[first?.group ?? 'process']}: ${words}`;
    const t = moments(group);
    return {
      name: key.replace(/[^a-z0-9]+/g, '-'),
      title,
      about: 'Sampled beside the run, on its time axis.',
      kind: 'lines',
      unit,
      t,
      least: unit === 'share' || unit === 'cores' ? 1 : 0,
      marks: [],
      series: group.map((series, i) => ({
        label: `${series.of} ${series.name}`,
        colour: resourceColours[i % resourceColours.length] ?? '--series-neutral',
        values: valuesAt(series, t),
      })),
    };
  });
}

/** Seconds at which any of them has a value, at most `mostPoints`. */
function moments(group: readonly RunSeries[]): number[] {
  const end = Math.max(0, ...group.map(({ t }) => t.at(-1) ?? 0));
  const step = Math.max(1, Math.ceil(end / mostPoints));
  return [...new Set(group.flatMap(({ t }) => t.map((at) => Math.round(at / step) * step)))].sort(
    (a, b) => a - b,
  );
}

/** Its greatest value around each of the moments; null where it has none. */
function valuesAt(series: RunSeries, moments: readonly number[]): (number | null)[] {
  const end = moments.at(-1) ?? 0;
  const step = Math.max(1, Math.ceil(end / mostPoints));
  const greatest = new Map<number, number>();
  series.t.forEach((at, i) => {
    const value = series.values[i];
    if (value === null || value === undefined) return;
    const moment = Math.round(at / step) * step;
    greatest.set(moment, Math.max(greatest.get(moment) ?? -Infinity, value));
  });
  return moments.map((moment) => rounded(greatest.get(moment) ?? null));
}

const drawnCurves: readonly [LatencyMetric, string, string][] = [
  ['ttfa', 'Time to first audio', '--series-orange'],
  ['barge_in', 'Barge-in', '--series-purple'],
  ['turn', 'Turn', '--series-green'],
  ['connect', 'Connect', '--series-blue'],
];

/** Percentiles that lie evenly on an axis that stretches towards 100 %. */
function curves(histograms: Readonly<Record<string, string>>): ReportCurve[] {
  return drawnCurves.flatMap(([metric, label, colour]) => {
    const encoded = histograms[metric];
    const histogram = encoded === undefined ? null : decodeHistogram(encoded);
    if (histogram === null || histogram.totalCount < 2) return [];
    const steps = Math.ceil(Math.log10(histogram.totalCount) * 12);
    const percentiles = Array.from({ length: steps + 1 }, (_, k) => 100 * (1 - 10 ** (-k / 12)));
    return [
      {
        label,
        colour,
        percentiles: percentiles.map((p) => Number(p.toFixed(5))),
        values: percentiles.map((p) => Number((histogram.getValueAtPercentile(p) / 1000).toFixed(2))),
      },
    ];
  });
}
