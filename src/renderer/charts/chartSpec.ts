/** What one chart of a list shows, without the group it is drawn in. */
import type { ChartMark, ChartSeries, ChartSpan } from './plotOptions.ts';

export interface ChartSpec {
  name: string;
  title: string;
  /** What the title means, for a hover. */
  about: string;
  kind: 'lines' | 'piled bars';
  series: ChartSeries[];
  data: () => { t: readonly number[]; columns: readonly (readonly (number | null)[])[] };
  format: (value: number) => string;
  exact: (value: number) => string;
  /** Least height of the y axis. */
  least: number;
  /** Whether y values are whole numbers. */
  whole: boolean;
  marks: ChartMark[];
  spans: () => readonly ChartSpan[];
  /** Shown over it while it has no value. */
  empty: string;
  grow: number;
  height: number;
  startsFolded: boolean;
}
