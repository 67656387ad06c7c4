/** Looks at the chosen series of one Prometheus endpoint. */
import type { PrometheusEndpoint, WatchedSeries } from '#contract/scenario/resources';
import { nearest } from '#contract/scenario/nearest';
import { parseSelector, selectorTest } from '#contract/scenario/selector';
import type { Result } from '#contract/errors';
import type { SeriesPoint } from '#contract/series';
import type { NewSeries, SeriesBook } from '../book.ts';
import { askEndpoint, type AskedEndpoint } from './ask.ts';
import { isCumulative, type ExposedSample, type Exposition } from './exposition.ts';
import { labelText, unitOf } from './naming.ts';
import { CounterRate } from './rate.ts';

/** More series than this are no chart that anybody can read. */
const mostPerSelector = 12;

interface Selected {
  written: WatchedSeries;
  metric: string;
  fits: ReturnType<typeof selectorTest>;
  rates: Map<string, CounterRate>;
  /** The series found until now, by their labels; of those that are added up one. */
  found: Map<string, NewSeries>;
}

/** A value that can be kept; null: it is none. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

export class EndpointWatch {
  readonly #name: string;
  readonly #endpoint: Result<AskedEndpoint>;
  readonly #book: SeriesBook;
  readonly #selected: Selected[];
  readonly #signal: AbortSignal;

  /** `endpoint`: with its placeholders filled in, or why that is not possible. */
  constructor(
    { name, series }: Pick<PrometheusEndpoint, 'name' | 'series'>,
    endpoint: Result<AskedEndpoint>,
    book: SeriesBook,
    signal: AbortSignal,
  ) {
    this.#name = name;
    this.#endpoint = endpoint;
    this.#book = book;
    this.#signal = signal;
    this.#selected = series.flatMap((written) => {
      const parsed = parseSelector(written.series);
      if ('problem' in parsed) return [];
      const fits = selectorTest(parsed.selector);
      return [{ written, metric: parsed.selector.metric, fits, rates: new Map(), found: new Map() }];
    });
  }

  /** Values at `t` seconds since the start of the load. */
  async look(t: number): Promise<SeriesPoint[]> {
    const wanted = new Set(this.#selected.map(({ metric }) => metric));
    const names = new Set<string>();
    const answer = this.#endpoint.ok
      ? await askEndpoint(this.#endpoint.value, {
          signal: this.#signal,
          wanted: (name) => {
            names.add(name);
            return wanted.has(name);
          },
        })
      : this.#endpoint;
    if (this.#signal.aborted) return [];
    const atMs = performance.now();
    return this.#selected.flatMap((selected) => {
      if (!answer.ok) return this.#without(selected, t, answer.error.message.replace(/\.$/, ''));
      const samples = answer.value.samples.filter(({ name, labels }) => selected.fits(name, labels));
      if (samples.length === 0) return this.#without(selected, t, notOffered(selected, names));
      return selected.written.sum
        ? this.#summed(selected, answer.value, samples, t, atMs)
        : this.#each(selected, answer.value, samples, t, atMs);
    });
  }

  /** No value of any of them. */
  #without(selected: Selected, t: number, problem: string): SeriesPoint[] {
    if (selected.found.size > 0)
      return [...selected.found.values()].map((series) => ({
        id: this.#book.id(series, problem),
        t,
        value: null,
      }));
    this.#book.id(this.#placeholder(selected), problem);
    return [];
  }

  /** Stands for what was never found. */
  #placeholder({ written, metric }: Selected): NewSeries {
    const rate = written.as === 'rate' || (written.as === undefined && metric.endsWith('_total'));
    const name = written.label ?? written.series;
    return {
      group: 'prometheus',
      of: this.#name,
      name: `${name} (not found)`,
      unit: unitOf(metric, rate).unit,
    };
  }

  #each(
    selected: Selected,
    exposition: Exposition,
    samples: readonly ExposedSample[],
    t: number,
    atMs: number,
  ): SeriesPoint[] {
    const points: SeriesPoint[] = [];
    const seen = new Set<string>();
    const more =
      samples.length > mostPerSelector
        ? `${selected.written.series} fits ${samples.length} series, of which ${mostPerSelector} are kept; say more labels, or add them up with sum: true`
        : null;
    for (const sample of samples) {
      const key = labelText(sample.labels);
      if (seen.has(key) || (!selected.found.has(key) && selected.found.size >= mostPerSelector)) continue;
      seen.add(key);
      const { value, unit } = this.#drawn(selected, exposition, sample, atMs);
      const series = selected.found.get(key) ?? {
        group: 'prometheus',
        of: this.#name,
        name: this.#nameOf(selected, sample, samples.length),
        unit,
      };
      selected.found.set(key, series);
      points.push({ id: this.#book.id(series, more), t, value });
    }
    for (const [key, series] of selected.found) {
      if (seen.has(key)) continue;
      points.push({ id: this.#book.id(series, 'it is not offered any more'), t, value: null });
    }
    return this.#settled(selected, points);
  }

  #summed(
    selected: Selected,
    exposition: Exposition,
    samples: readonly ExposedSample[],
    t: number,
    atMs: number,
  ): SeriesPoint[] {
    const drawn = samples.map((sample) => this.#drawn(selected, exposition, sample, atMs));
    const values = drawn.map(({ value }) => value).filter((value) => value !== null);
    const series: NewSeries = selected.found.get('') ?? {
      group: 'prometheus',
      of: this.#name,
      name: selected.written.label ?? `sum of ${selected.written.series}`,
      unit: drawn[0]?.unit ?? 'none',
    };
    selected.found.set('', series);
    const value = values.length === 0 ? null : values.reduce((sum, one) => sum + one, 0);
    return this.#settled(selected, [{ id: this.#book.id(series, null), t, value }]);
  }

  /** What stood for it before it was found is not missing any more. */
  #settled(selected: Selected, points: SeriesPoint[]): SeriesPoint[] {
    const placeholder = this.#placeholder(selected);
    if (this.#book.knows(placeholder)) this.#book.id(placeholder, null);
    return points;
  }

  #drawn(
    { written, rates }: Selected,
    exposition: Exposition,
    sample: ExposedSample,
    atMs: number,
  ): { value: number | null; unit: NewSeries['unit'] } {
    const rate = written.as === 'rate' || (written.as === undefined && isCumulative(exposition, sample));
    const { unit, factor } = unitOf(sample.name, rate);
    const value = finite(sample.value);
    if (value === null) return { value: null, unit };
    if (!rate) return { value: value * factor, unit };
    const key = labelText(sample.labels);
    const counter = rates.get(key) ?? new CounterRate();
    rates.set(key, counter);
    const risen = counter.look(value, atMs);
    return { value: risen === null ? null : risen * factor, unit };
  }

  #nameOf({ written, metric }: Selected, { labels }: ExposedSample, found: number): string {
    if (written.label === undefined) return `${metric}${labelText(labels)}`;
    return found === 1 ? written.label : `${written.label} ${labelText(labels)}`;
  }
}

/** Why there is nothing to see of what was selected. */
function notOffered({ written, metric }: Selected, names: ReadonlySet<string>): string {
  if (names.has(metric)) return `it offers ${metric}, but none with the labels of ${written.series}`;
  const near = nearest(metric, [...names]);
  return `it offers no series ${metric}${near === null ? '' : `; did you mean ${near}?`}`;
}
