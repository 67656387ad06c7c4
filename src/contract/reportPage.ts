/** What the program inside a self-contained report draws; the application writes it beside the tables (main/reports/html). */

export const chartUnits = ['ms', 'count', 'share', 'rate', 'bytes', 'bytes/s', 'cores', 'none'] as const;
export type ChartUnit = (typeof chartUnits)[number];

/** One line, or one layer of piled bars. `colour` is the name of a CSS variable. */
export interface ReportSeries {
  label: string;
  colour: string;
  width?: number;
  dashed?: boolean;
  area?: boolean;
  values: readonly (number | null)[];
}

export interface ReportChart {
  name: string;
  title: string;
  /** What it shows, in a sentence. */
  about: string;
  kind: 'lines' | 'bars';
  unit: ChartUnit;
  /** Seconds since the start of the load; absent: those of the page. */
  t?: readonly number[];
  series: readonly ReportSeries[];
  /** Level lines: thresholds. */
  marks: readonly { value: number; label: string }[];
  /** Least height of its axis. */
  least: number;
  tall?: boolean;
}

/** A metric's percentile curve, in rising order; values in ms. */
export interface ReportCurve {
  label: string;
  colour: string;
  percentiles: readonly number[];
  values: readonly number[];
}

export interface ReportPage {
  /** Seconds since the start of the load. */
  t: readonly number[];
  /** How far the time axis reaches, seconds. */
  toS: number;
  charts: readonly ReportChart[];
  curves: readonly ReportCurve[];
  markers: readonly { t: number; text: string }[];
}

/** Id of the element that holds the page's data. */
export const reportDataId = 'report-data';
