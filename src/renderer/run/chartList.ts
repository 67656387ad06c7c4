/** The charts of a run, as data: what each shows, of which columns, and the run's own figure beside each line. */
import type { ChartSpec } from '../charts/chartSpec.ts';
import type { ChartMark } from '../charts/plotOptions.ts';
import { arrivalsOver } from '../charts/sampleSeries.ts';
import { errorKindColours, seriesColours } from '../charts/seriesColours.ts';
import {
  exactBytes,
  exactCount,
  exactMs,
  exactShare,
  formatCount,
  formatMs,
  formatShare,
} from '../format/quantities.ts';
import type { Workload } from '../runs/rowWorkload.ts';
import {
  bytesPerSecond,
  type ChartSource,
  drawn,
  latency,
  type Line,
  type Listed,
  mean,
  peak,
  perSecond,
  usual,
} from './chartParts.ts';
import {
  requestArrivals,
  requestLatencies,
  requestTraffic,
  requestUsers,
  timeToFirstToken,
} from './requestCharts.ts';

/** Kinds of errors that have a colour of their own in a chart; the rest is one more. */
const shownKinds = 9;

const latencies: Listed[] = [
  {
    name: 'ttfa',
    title: 'Time to first audio',
    about:
      'From end of speech to the first agent audio of the answer, over the last 10 s. Drag to zoom, shift-drag to move, Ctrl-wheel zooms, double-click shows everything.',
    lines: [
      { label: 'p50', colour: seriesColours['ttfa.p50'], column: 'ttfaP50', whole: latency('ttfa', 'p50') },
      {
        label: 'p95',
        colour: seriesColours['ttfa.p95'],
        width: 2,
        column: 'ttfaP95',
        whole: latency('ttfa', 'p95'),
      },
      { label: 'p99', colour: seriesColours['ttfa.p99'], column: 'ttfaP99', whole: latency('ttfa', 'p99') },
    ],
    format: formatMs,
    exact: exactMs,
    least: 100,
    empty: 'No answer measured yet',
    grow: 2.2,
    height: 130,
  },
  {
    name: 'barge-in',
    title: 'Barge-in',
    about: 'From the onset of an interruption until the agent is silent, over the last 10 s.',
    lines: [
      {
        label: 'p50',
        colour: seriesColours['barge_in.p50'],
        column: 'bargeInP50',
        whole: latency('barge_in', 'p50'),
      },
      {
        label: 'p95',
        colour: seriesColours['barge_in.p95'],
        width: 2,
        column: 'bargeInP95',
        whole: latency('barge_in', 'p95'),
      },
    ],
    format: formatMs,
    exact: exactMs,
    least: 100,
    empty: 'No interruption measured',
  },
];

const calls: Listed = {
  name: 'calls',
  title: 'Calls',
  about: 'Calls the load profile asks for, calls connected, and calls being connected.',
  lines: [
    { label: 'asked', colour: seriesColours['calls.asked'], dashed: true, column: 'asked' },
    {
      label: 'active',
      colour: seriesColours['calls.active'],
      width: 2,
      area: true,
      column: 'active',
      whole: peak,
    },
    { label: 'connecting', colour: seriesColours['calls.connecting'], column: 'connecting' },
  ],
  format: formatCount,
  exact: exactCount,
  least: 2,
  whole: true,
  empty: 'No call placed yet',
};

const arrivals: Listed = {
  name: 'arrivals',
  title: 'Arrivals',
  about: `Calls that were to begin each second, those that did (a call that connects again counts once more), and those dropped because all users were busy: over the last ${arrivalsOver} s.`,
  lines: [
    {
      label: 'asked /s',
      colour: seriesColours['arrivals.asked'],
      dashed: true,
      column: 'arrivalsAsked',
      whole: mean('arrivalsAsked', perSecond, 'calls asked for'),
    },
    {
      label: 'achieved /s',
      colour: seriesColours['arrivals.started'],
      width: 2,
      column: 'arrivalsStarted',
      whole: mean('callsAttempted', perSecond, 'calls begun'),
    },
    { label: 'dropped /s', colour: seriesColours['arrivals.dropped'], column: 'arrivalsDropped' },
  ],
  format: formatCount,
  exact: exactCount,
  empty: 'No call has arrived yet',
};

const callTraffic: Listed[] = [
  {
    name: 'throughput',
    title: 'Calls and turns',
    about: `Calls begun, and turns that ended ok or failed, each second: over the last ${arrivalsOver} s.`,
    lines: [
      {
        label: 'calls /s',
        colour: seriesColours['rate.calls'],
        column: 'arrivalsStarted',
        whole: mean('callsAttempted', perSecond, 'calls begun'),
      },
      {
        label: 'turns ok /s',
        colour: seriesColours['rate.turns_ok'],
        width: 2,
        column: 'turnsOk',
        whole: mean('turnsOk', perSecond, 'turns ok'),
      },
      {
        label: 'turns failed /s',
        colour: seriesColours['rate.turns_failed'],
        column: 'turnsFailed',
        whole: mean('turnsFailed', perSecond, 'turns failed'),
      },
    ],
    format: perSecond,
    exact: exactCount,
    empty: 'No call has begun yet',
  },
];

const wire: Listed[] = [
  {
    name: 'frames',
    title: 'Frames',
    about: 'Audio frames sent to the agent and received from it, each second.',
    lines: [
      {
        label: 'out /s',
        colour: seriesColours['traffic.out'],
        width: 2,
        column: 'framesSent',
        whole: mean('framesSent', perSecond, 'frames sent'),
      },
      {
        label: 'in /s',
        colour: seriesColours['traffic.in'],
        column: 'framesReceived',
        whole: mean('framesReceived', perSecond, 'frames received'),
      },
    ],
    format: perSecond,
    exact: exactCount,
    empty: 'No frame sent yet',
    startsFolded: true,
  },
  {
    name: 'bytes',
    title: 'Bytes',
    about: 'Bytes sent and received each second, as they are on the wire.',
    lines: [
      {
        label: 'out',
        colour: seriesColours['traffic.out'],
        width: 2,
        column: 'bytesSent',
        whole: mean('bytesSent', bytesPerSecond, 'bytes sent'),
      },
      {
        label: 'in',
        colour: seriesColours['traffic.in'],
        column: 'bytesReceived',
        whole: mean('bytesReceived', bytesPerSecond, 'bytes received'),
      },
    ],
    format: bytesPerSecond,
    exact: (value) => `${exactBytes(value)} a second`,
    least: 1000,
    empty: 'Nothing sent yet',
    startsFolded: true,
  },
];

const generator: Listed[] = [
  {
    name: 'lateness',
    title: 'Frame lateness',
    about: 'How late the generator sent its frames: its own error. Above 10 ms the run is not to be trusted.',
    lines: [
      {
        label: 'p99',
        colour: seriesColours['generator.lateness'],
        column: 'latenessP99',
        whole: latency('frame_lateness', 'p99'),
      },
    ],
    format: formatMs,
    exact: exactMs,
    least: 2,
    empty: 'Nothing sent yet',
  },
  {
    name: 'generator',
    title: 'Event loop and CPU',
    about:
      "How busy the busiest worker's event loop is, the CPU of the whole program (100 % is one core), and how long a worker had work but no core (Linux).",
    lines: [
      { label: 'event loop', colour: seriesColours['generator.event_loop'], column: 'eventLoop' },
      { label: 'CPU', colour: seriesColours['generator.cpu'], column: 'cpu' },
      { label: 'waited for a core', colour: seriesColours['generator.run_queue'], column: 'runQueue' },
    ],
    format: formatShare,
    exact: exactShare,
    empty: 'Nothing measured yet',
    height: 100,
  },
];

/** What a run has that others have not. */
export interface RunShape extends Workload {
  /** Calls or users arrive at a rate. */
  arrivals: boolean;
  /** Answers came in tokens. */
  tokens: boolean;
}

/** Limits drawn into the chart of that name. */
export type ChartMarks = Readonly<Record<string, ChartMark[]>>;

/** The charts of every run, from what callers and users feel to what goes over the wire. */
export function runCharts(source: ChartSource, shape: RunShape, marks: ChartMarks): ChartSpec[] {
  const { voice, requests } = shape;
  return charts(
    [
      ...(requests ? [...requestLatencies, ...(shape.tokens ? [timeToFirstToken] : [])] : []),
      ...(voice ? latencies : []),
      ...(requests ? requestTraffic : []),
      voice ? (requests ? { ...calls, title: 'Calls and users' } : calls) : requestUsers,
      ...(shape.arrivals ? [voice ? arrivals : requestArrivals] : []),
      ...(voice ? [...callTraffic, ...wire] : wire.filter(({ name }) => name !== 'frames')),
    ],
    source,
    marks,
  );
}

/** The charts of a run that another tool made: only those its files have values for. */
export function importedCharts(source: ChartSource, marks: ChartMarks): ChartSpec[] {
  const { series } = source;
  const frame = series.frame(1);
  const measured = (line: Line) =>
    series
      .columnOf(frame, line.column)
      .some((value) => value !== null && Number.isFinite(value) && value !== 0);
  return charts(
    [...latencies, calls, ...callTraffic, ...wire].filter(({ lines }) => lines.some(measured)),
    source,
    marks,
  );
}

function charts(listed: readonly Listed[], source: ChartSource, marks: ChartMarks): ChartSpec[] {
  return listed.map((chart) => drawn(source, chart, marks[chart.name] ?? []));
}

/** How the generator itself fared. Without calls there are no frames to be late. */
export function generatorCharts(source: ChartSource, { voice }: Workload): ChartSpec[] {
  const marks = { lateness: [{ value: 10, label: 'untrusted above 10 ms' }] };
  return charts(voice ? generator : generator.filter(({ name }) => name !== 'lateness'), source, marks);
}

function sumOf(columns: readonly (readonly (number | null)[])[]): (number | null)[] {
  return (columns[0] ?? []).map((_, i) => columns.reduce((sum, column) => sum + (column[i] ?? 0), 0));
}

/** Errors by kind, piled up; kinds beyond those that have a colour of their own stand together. */
export function errorChart(source: ChartSource, kinds: readonly string[]): ChartSpec {
  const { series, group } = source;
  const colours = errorKindColours(kinds);
  const own = kinds.length <= shownKinds + 1 ? kinds : kinds.slice(0, shownKinds);
  const rest = kinds.slice(own.length);
  return {
    ...usual,
    name: 'errors',
    title: 'Errors',
    about: 'Errors by kind, piled up: in each second, or in each few seconds where they stand together.',
    kind: 'piled bars',
    series: [
      ...own.map((kind) => ({ label: kind, colour: colours.get(kind) ?? '--series-neutral' })),
      ...(rest.length > 0 ? [{ label: `${rest.length} other kinds`, colour: '--series-neutral' }] : []),
    ],
    data: () => {
      const frame = series.frame(group.step);
      const columns = own.map((kind) => series.errorsOf(frame, kind));
      const others = rest.map((kind) => series.errorsOf(frame, kind));
      return { t: frame.t, columns: rest.length > 0 ? [...columns, sumOf(others)] : columns };
    },
    format: formatCount,
    exact: exactCount,
    least: 2,
    whole: true,
    marks: [],
    spans: () => [],
    empty: 'No errors',
  };
}
