/** Which charts what was sampled beside a run is drawn in: one for each kind of value, the same source in the same colour. */
import type { SeriesInfo } from '#contract/series';
import {
  exactCount,
  exactMs,
  exactShare,
  formatBytes,
  formatCount,
  formatMs,
  formatShare,
  none,
} from '../format/quantities.ts';

export type SeriesUnit = SeriesInfo['unit'];

/** How values of a unit are written; `least` is the least height of an axis. */
export interface UnitLook {
  format: (value: number) => string;
  exact: (value: number) => string;
  least: number;
}

const cores = (value: number, text: string) => `${text} ${value === 1 ? 'core' : 'cores'}`;

export const unitLooks: Record<SeriesUnit, UnitLook> = {
  cores: {
    format: (value) => formatCount(Math.round(value * 100) / 100),
    exact: (value) => cores(value, exactCount(value)),
    least: 0.1,
  },
  bytes: { format: formatBytes, exact: (value) => `${exactCount(Math.round(value))} bytes`, least: 1e6 },
  'bytes/s': {
    format: (value) => `${formatBytes(value)}/s`,
    exact: (value) => `${exactCount(Math.round(value))} bytes per second`,
    least: 1000,
  },
  share: { format: formatShare, exact: exactShare, least: 0.1 },
  ms: { format: formatMs, exact: exactMs, least: 10 },
  '1/s': {
    format: (value) => `${formatCount(Math.round(value * 100) / 100)}/s`,
    exact: (value) => `${exactCount(value)} per second`,
    least: 1,
  },
  none: { format: formatCount, exact: exactCount, least: 1 },
};

/** A value as a legend has it; a dash where there is none. */
export function shownValue(unit: SeriesUnit, value: number | null): string {
  return value === null ? none : unitLooks[unit].format(value);
}

export interface ResourceLine {
  id: number;
  label: string;
  colour: string;
  /** Set where there are more series than colours. */
  dashed: boolean;
}

export interface ResourceChart {
  key: string;
  title: string;
  about: string;
  unit: SeriesUnit;
  lines: ResourceLine[];
}

const colours = [
  '--series-sky',
  '--series-orange',
  '--series-green',
  '--series-purple',
  '--series-vermillion',
  '--series-blue',
  '--series-yellow',
  '--series-neutral',
] as const;

const order: readonly SeriesInfo['group'][] = ['requests', 'imported', 'process', 'gpu', 'prometheus'];

const titles: Record<SeriesInfo['group'], Record<SeriesUnit, string>> = {
  process: {
    cores: 'CPU',
    bytes: 'Memory',
    'bytes/s': 'Processes, bytes per second',
    share: 'Processes, share',
    ms: 'Processes, time',
    '1/s': 'Processes, per second',
    none: 'Processes',
  },
  gpu: {
    cores: 'GPU',
    bytes: 'GPU memory',
    'bytes/s': 'GPU, bytes per second',
    share: 'GPU',
    ms: 'GPU, time',
    '1/s': 'GPU, per second',
    none: 'GPU',
  },
  prometheus: {
    cores: 'Metrics, cores',
    bytes: 'Metrics, bytes',
    'bytes/s': 'Metrics, bytes per second',
    share: 'Metrics, share',
    ms: 'Metrics, time',
    '1/s': 'Metrics, per second',
    none: 'Metrics',
  },
  imported: {
    cores: 'Imported, cores',
    bytes: 'Imported, bytes',
    'bytes/s': 'Bytes per second',
    share: 'Imported, share',
    ms: 'Response times',
    '1/s': 'Requests',
    none: 'Users',
  },
  requests: {
    cores: 'Requests, cores',
    bytes: 'Requests, bytes',
    'bytes/s': 'Bytes per second',
    share: 'Requests, share',
    ms: 'Response time p95 by request',
    '1/s': 'Requests per second by request',
    none: 'Requests',
  },
};

function aboutOf(group: SeriesInfo['group'], unit: SeriesUnit): string {
  switch (group) {
    case 'process':
      if (unit === 'cores')
        return 'CPU of the watched processes with their children; 1 is one core busy all the time.';
      return 'Memory of the watched processes with their children. Where the system tells the proportional set size, memory that is shared counts once.';
    case 'gpu':
      return unit === 'bytes' ? 'Memory in use on each GPU.' : 'How busy each GPU is.';
    case 'prometheus':
      return 'Series read from Prometheus endpoints beside the run; counters are shown as rates.';
    case 'requests':
      return unit === 'ms'
        ? 'From when requests of this name were to begin until their answers had ended, 95th percentile.'
        : 'Requests of this name that ended each second.';
    case 'imported':
      return 'The course of the run as its files have it.';
  }
}

/** A process's series are all told apart by the process; others by their own names too. */
function labelOf(info: SeriesInfo): string {
  return info.group === 'process' || info.group === 'requests' ? info.of : `${info.of} ${info.name}`;
}

/** More lines than these are no chart any more; the tables have every request. */
const mostRequests = 12;
/** Of requests one series of each unit is drawn; failures have a chart of their own over all requests. */
const drawnOfRequests: ReadonlySet<string> = new Set(['p95', 'requests/s']);

/** What is drawn: of requests by name only the first few names. */
function drawable(infos: readonly SeriesInfo[]): SeriesInfo[] {
  const names = [...new Set(infos.filter(({ group }) => group === 'requests').map(({ of }) => of))];
  const shown = new Set(names.slice(0, mostRequests));
  return infos.filter(
    ({ group, of, name }) => group !== 'requests' || (shown.has(of) && drawnOfRequests.has(name)),
  );
}

/** One chart for each group and unit, in a fixed order. */
export function resourceCharts(infos: readonly SeriesInfo[]): ResourceChart[] {
  const charts = new Map<string, ResourceChart>();
  const places = new Map<string, number>();
  for (const info of drawable(infos).toSorted((a, b) => order.indexOf(a.group) - order.indexOf(b.group))) {
    const key = `${info.group}-${info.unit.replace('/', '-per-')}`;
    const chart = charts.get(key) ?? {
      key,
      title: titles[info.group][info.unit],
      about: aboutOf(info.group, info.unit),
      unit: info.unit,
      lines: [],
    };
    charts.set(key, chart);
    const label = labelOf(info);
    const named = `${info.group} ${label}`;
    const taken = [...places.keys()].filter((other) => other.startsWith(`${info.group} `)).length;
    const place = places.get(named) ?? taken;
    places.set(named, place);
    chart.lines.push({
      id: info.id,
      label,
      colour: colours[place % colours.length] ?? colours[0],
      dashed: place >= colours.length,
    });
  }
  return [...charts.values()];
}
